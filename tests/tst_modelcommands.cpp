#include "tests/support/program.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace Qt::StringLiterals;
using taskfold::test::runProgram;

/// `base` and `export` as their users start them.
class ModelCommandsTest : public QObject {
    Q_OBJECT

private slots:
    void aModelIsLookedAtAndAdded()
    {
        const QTemporaryDir folder;
        const QString project = folder.filePath(u"project"_s), file = QStringLiteral(TEST_DATA "/formats/llama-spm-q8_0.gguf");
        QCOMPARE(runProgram({u"new"_s, project}).code, 0);
        const auto looked = runProgram({u"base"_s, u"add"_s, project, file, u"--dry-run"_s, u"--json"_s});
        QCOMPARE(looked.code, 0);
        QCOMPARE(looked.json().value(u"family"_s).toString(), u"Llama"_s);
        QCOMPARE(looked.json().value(u"licence"_s).toString(), u"cc0-1.0"_s);
        QCOMPARE(looked.json().value(u"stored_as"_s).toString(), u"Q8_0"_s);
        QVERIFY(looked.json().value(u"memory_mib"_s).toObject().value(u"lora"_s).toDouble() > 0);
        const auto none = runProgram({u"base"_s, u"list"_s, project, u"--json"_s});
        QVERIFY(none.json().value(u"bases"_s).toArray().isEmpty());  // looking registers nothing
        QCOMPARE(runProgram({u"base"_s, u"add"_s, project, file, u"--name"_s, u"small"_s}).code, 0);
        const QJsonArray bases = runProgram({u"base"_s, u"list"_s, project, u"--json"_s}).json().value(u"bases"_s).toArray();
        QCOMPARE(bases.size(), 1);
        QCOMPARE(bases.first().toObject().value(u"name"_s).toString(), u"small"_s);
        QCOMPARE(bases.first().toObject().value(u"parameters"_s).toInteger(), looked.json().value(u"parameters"_s).toInteger());
    }

    void whatIsNoModelIsRefused()
    {
        const QTemporaryDir folder;
        const QString project = folder.filePath(u"project"_s), file = folder.filePath(u"model.gguf"_s);
        QCOMPARE(runProgram({u"new"_s, project}).code, 0);
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QVERIFY(out.write(QByteArray("GGUF\3\0\0\0", 8) + QByteArray(16, '\xff')) > 0);
        out.close();
        const auto refused = runProgram({u"base"_s, u"add"_s, project, file, u"--json"_s});
        QCOMPARE(refused.code, 3);
        QVERIFY(refused.errors.contains("model.gguf"));
        QCOMPARE(refused.json().value(u"error"_s).toObject().value(u"code"_s).toString(), u"invalid_input"_s);
        QCOMPARE(runProgram({u"base"_s, u"add"_s, project, folder.filePath(u"absent"_s)}).code, 1);
        QCOMPARE(runProgram({u"base"_s, u"add"_s, project}).code, 3);
    }

    void aRunIsExportedAndScoredAgain()
    {
        const QTemporaryDir folder;
        const std::filesystem::path project = folder.filePath(u"project"_s).toStdString();
        std::filesystem::copy(std::filesystem::path(TEST_DATA) / "project-1", project, std::filesystem::copy_options::recursive);
        const QString at = QString::fromStdString(project.string()), out = folder.filePath(u"out"_s), file = folder.filePath(u"out.gguf"_s);
        const auto done = runProgram({u"export"_s, at, u"--run"_s, u"5"_s, out, u"--json"_s});
        QVERIFY2(done.code == 0, done.errors.constData());
        QVERIFY(done.json().value(u"accepted"_s).toBool());
        const QJsonArray tasks = done.json().value(u"tasks"_s).toArray();
        QCOMPARE(tasks.size(), 2);
        for (const QJsonValue& task : tasks)  // fp32 out, fp32 in: the same answers
            QCOMPARE(task.toObject().value(u"before"_s).toDouble(), task.toObject().value(u"after"_s).toDouble());
        QVERIFY(QFile::exists(out + u"/model.safetensors"_s));
        QCOMPARE(runProgram({u"export"_s, at, u"--run"_s, u"5"_s, out}).code, 3);  // something is there
        const auto gguf = runProgram({u"export"_s, at, u"--run"_s, u"5"_s, file, u"--format"_s, u"gguf"_s, u"--type"_s, u"f32"_s, u"--json"_s});
        QVERIFY2(gguf.code == 0, gguf.errors.constData());
        QVERIFY(QFile::exists(file));
        QCOMPARE(runProgram({u"export"_s, at, u"--run"_s, u"5"_s, folder.filePath(u"a"_s), u"--format"_s, u"adapter"_s}).code, 3);
        QCOMPARE(runProgram({u"export"_s, at, u"--run"_s, u"5"_s, folder.filePath(u"a"_s), u"--format"_s, u"onnx"_s}).code, 3);
        QCOMPARE(runProgram({u"export"_s, at, folder.filePath(u"a"_s)}).code, 2);
    }
};

QTEST_GUILESS_MAIN(ModelCommandsTest)
#include "tst_modelcommands.moc"
