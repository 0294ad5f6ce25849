// `tokenize` and `bench tokenize` as their users start them.
#include "support/program.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::Ended;
using test::runProgram;

namespace {

QJsonObject golden()
{
    QFile file(QStringLiteral(TEST_DATA "/tokenizers/qwen2-form.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

QString written(const QTemporaryDir& folder, const QString& name, const QByteArray& content)
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("can't write %s", qPrintable(name));
    return file.fileName();
}

QString modelIn(const QTemporaryDir& folder)
{
    written(folder, u"tokenizer.json"_s, QJsonDocument(golden()[u"tokenizer"_s].toObject()).toJson());
    return folder.path();
}

}  // namespace

class TokenizeCommandTest : public QObject {
    Q_OBJECT

private slots:
    void everyLineHasItsIds()
    {
        const QTemporaryDir folder;
        QByteArray lines;
        QJsonArray expected;
        for (const QJsonValue& known : golden()[u"cases"_s].toArray()) {
            if (known[u"text"_s].toString().contains(u'\n') || known[u"text"_s].toString().contains(QChar(0)))
                continue;
            lines += known[u"text"_s].toString().toUtf8() + '\n';
            expected.append(known[u"ids"_s]);
        }
        QVERIFY(expected.size() > 20);
        const Ended end = runProgram({u"tokenize"_s, modelIn(folder), written(folder, u"lines.txt"_s, lines + "\n\xff\n"), u"--json"_s});
        QCOMPARE(end.code, 0);
        QJsonArray ids = end.json()[u"ids"_s].toArray();
        QCOMPARE(ids.size(), expected.size() + 2);
        QVERIFY(!ids.takeAt(ids.size() - 1).toArray().isEmpty());
        QVERIFY(ids.takeAt(ids.size() - 1).toArray().isEmpty());
        QCOMPARE(ids, expected);
    }

    void aFieldOfJsonLinesMayHoldLineBreaks()
    {
        const QTemporaryDir folder;
        QByteArray lines;
        QByteArray expected;
        for (const QJsonValue& known : golden()[u"cases"_s].toArray()) {
            lines += QJsonDocument(QJsonObject{{u"t"_s, known[u"text"_s]}}).toJson(QJsonDocument::Compact) + '\n';
            QStringList ids;
            for (const QJsonValue& id : known[u"ids"_s].toArray())
                ids += QString::number(id.toInt());
            expected += ids.join(u' ').toUtf8() + '\n';
        }
        const QString file = written(folder, u"rows.jsonl"_s, lines);
        QCOMPARE(runProgram({u"tokenize"_s, modelIn(folder), file, u"--field"_s, u"t"_s}).out, expected);
        const Ended wrong = runProgram({u"tokenize"_s, folder.path(), file, u"--field"_s, u"other"_s});
        QCOMPARE(wrong.code, 3);
        QVERIFY(wrong.errors.contains("line 1"));
    }

    void theMeasurementIsOneLineWithItsFigures()
    {
        const QTemporaryDir folder;
        const QString file = written(folder, u"lines.txt"_s, QByteArray("one line of text\n").repeated(5000));
        const Ended end = runProgram({u"bench"_s, u"tokenize"_s, modelIn(folder), file});
        QCOMPARE(end.code, 0);
        const QJsonObject line = end.json();
        QCOMPARE(line[u"bench"_s].toString(), u"tokenize"_s);
        QCOMPARE(line[u"rows"_s].toInt(), 5000);
        QVERIFY(line[u"tokens"_s].toInt() >= 5000 * 4);
        for (const QString& name : {u"mib_per_s"_s, u"peak_mib"_s})
            QVERIFY2(line[name].toDouble() > 0, qPrintable(name));
    }

    void aModelThatIsNoneIsRefused()
    {
        const QTemporaryDir folder;
        const QString file = written(folder, u"lines.txt"_s, "x\n");
        for (const QStringList& command : {QStringList{u"tokenize"_s}, {u"bench"_s, u"tokenize"_s}}) {
            const Ended end = runProgram(command + QStringList{folder.path(), file});
            QVERIFY(end.code == 1 || end.code == 3);
            QVERIFY(end.errors.contains("tokenizer"));
        }
        QCOMPARE(runProgram({u"bench"_s}).code, 2);
        QVERIFY(runProgram({u"tokenize"_s, modelIn(folder), folder.filePath(u"none.txt"_s)}).errors.contains("there is no file"));
    }
};

QTEST_GUILESS_MAIN(TokenizeCommandTest)
#include "tst_tokenizecommand.moc"
