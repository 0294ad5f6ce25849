#include "support/hostile.h"
#include "support/program.h"
#include "support/trained.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::Ended;
using test::runProgram;

namespace {

constexpr int kGateShut = 4;

QString folderOf(const test::Trained& trained)
{
    return QString::fromStdString(trained.project().folder.string());
}

// Both tasks answered by both sides: all right by their own models, every n-th wrong by the common one.
void answer(test::Trained& trained, std::size_t wrongColour, std::size_t wrongCopy)
{
    for (const auto& [name, wrong] : {std::pair{"colour", wrongColour}, {"copy", wrongCopy}}) {
        trained.answer(trained.run(RunKind::Baseline, 1, name), 0, 0, 1000, {}, name);
        trained.answer(trained.run(RunKind::Stage3), wrong, 0, 1000, {}, name);
    }
}

/// A JUnit file as a CI system reads it: attributes of each element, and what stands in a test case.
struct Junit {
    struct Case {
        QString name, classname, verdict, message;
    };
    QXmlStreamAttributes suites, suite;
    std::vector<Case> cases;
    QString error;

    static Junit of(const QString& path)
    {
        Junit found;
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            return found.error = u"no file"_s, found;
        QXmlStreamReader reader(&file);
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement)
                found.take(reader);
        found.error = reader.errorString();
        return found;
    }

private:
    void take(const QXmlStreamReader& reader)
    {
        const auto text = [&](const QString& name) { return reader.attributes().value(name).toString(); };
        const QString element = reader.name().toString();
        if (element == u"testsuites")
            suites = reader.attributes();
        else if (element == u"testsuite")
            suite = reader.attributes();
        else if (element == u"testcase")
            cases.push_back({text(u"name"_s), text(u"classname"_s), u"passed"_s, {}});
        else if (!cases.empty() && element != u"system-out" && element != u"properties")
            cases.back().verdict = element, cases.back().message = text(u"message"_s);
    }
};

}  // namespace

/// compare, predictions and report as a script uses them.
class CompareCommandTest : public QObject {
    Q_OBJECT

private slots:
    void anOpenGateEndsWithNothing()
    {
        test::Trained trained;
        answer(trained, 0, 0);
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--gate"_s, u"--json"_s});
        QCOMPARE(end.code, 0);
        QCOMPARE(end.json()[u"gate"_s][u"open"_s].toBool(), true);
        QCOMPARE(end.json()[u"suite"_s][u"not_worse"_s].toInt(), 2);
    }

    void aShutGateHasACodeOfItsOwn()
    {
        test::Trained trained;
        answer(trained, 1, 0);  // every colour wrong
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--gate"_s, u"--json"_s});
        QCOMPARE(end.code, kGateShut);
        QCOMPARE(end.json()[u"gate"_s][u"open"_s].toBool(), false);
        QCOMPARE(end.json()[u"gate"_s][u"why"_s].toString(), u"worse: colour"_s);
        const Ended words = runProgram({u"compare"_s, folderOf(trained), u"--gate"_s});
        QCOMPARE(words.code, kGateShut);
        QVERIFY(words.out.contains("gate: shut, worse: colour"));
        QCOMPARE(runProgram({u"compare"_s, folderOf(trained)}).code, 0);  // nobody asked for the gate
    }

    void whatCannotBeComputedShutsTheGateToo()
    {
        test::Trained trained;
        answer(trained, 0, 0);
        trained.answer(trained.run(RunKind::Stage3), 0, 0, 1000, "0123456789abcdef");
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--gate"_s, u"--json"_s});
        QCOMPARE(end.code, kGateShut);
        QCOMPARE(end.json()[u"gate"_s][u"why"_s].toString(), u"not computable: colour"_s);
    }

    void aCiSystemReadsTheVerdicts()
    {
        test::Trained trained;
        Task colour = trained.task();
        colour.suite = "choice";
        QVERIFY(db::TaskRepository(trained.database()).put(colour));
        answer(trained, 1, 4);
        const QString file = folderOf(trained) + u"/out/junit.xml"_s;
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--gate"_s, u"--junit"_s, file});
        QCOMPARE(end.code, kGateShut);  // and the file is there all the same
        const Junit junit = Junit::of(file);
        QCOMPARE(junit.error, QString());
        QCOMPARE(junit.suite.value(u"tests"_s), u"2");
        QCOMPARE(junit.suite.value(u"failures"_s), u"1");
        QCOMPARE(junit.suite.value(u"errors"_s), u"0");
        QCOMPARE(junit.suite.value(u"skipped"_s), u"1");
        QCOMPARE(junit.suites.value(u"tests"_s), u"2");
        QCOMPARE(junit.cases.size(), 2U);
        for (const Junit::Case& one : junit.cases) {
            const bool isColour = one.name == u"colour";
            QCOMPARE(one.verdict, isColour ? u"failure"_s : u"skipped"_s);
            QCOMPARE(one.classname, isColour ? u"taskfold.choice"_s : u"taskfold"_s);
            QVERIFY2(one.message.contains(isColour ? u"-100.00 points"_s : u"undecided: "_s), qPrintable(one.message));
        }
    }

    void noHostileTextIsMarkupInJunit()
    {
        QVERIFY(test::hostile().size() >= 50);
        test::Trained trained;
        answer(trained, 1, 0);
        const QString file = folderOf(trained) + u"/junit.xml"_s;
        Task colour = trained.task();
        for (const std::string& text : test::hostile()) {
            colour.suite = text;
            QVERIFY(db::TaskRepository(trained.database()).put(colour));
            QCOMPARE(runProgram({u"compare"_s, folderOf(trained), u"--junit"_s, file}).code, 0);
            const Junit junit = Junit::of(file);
            QVERIFY2(junit.error.isEmpty(), text.substr(0, 60).c_str());
            QCOMPARE(junit.cases.size(), 2U);
            QCOMPARE(junit.suite.value(u"failures"_s), u"1");
            QFile in(file);
            QVERIFY(in.open(QIODevice::ReadOnly));
            for (const char c : in.readAll())
                QVERIFY(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t');
        }
    }

    void aJunitFileThatCannotBeWrittenIsSaid()
    {
        test::Trained trained;
        answer(trained, 0, 0);
        const QString taken = folderOf(trained) + u"/taken.xml"_s;
        QVERIFY(QDir().mkpath(taken + u"/inside"_s));
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--junit"_s, taken});
        QCOMPARE(end.code, 1);
        QVERIFY(end.errors.contains("taken.xml"));
        QVERIFY(QDir(taken + u"/inside"_s).exists());
    }

    void deployedModelsArePutAgainstTheCommonOne()
    {
        test::Trained trained;
        answer(trained, 0, 0);
        const QString file = folderOf(trained) + u"/live.jsonl"_s;
        test::writeFile(file, QByteArray("{\"prediction\": \"red\"}\n").repeated(12));
        const Ended kept = runProgram({u"predictions"_s, folderOf(trained), u"colour"_s, file, u"--name"_s, u"live"_s, u"--json"_s});
        QCOMPARE(kept.code, 0);
        QVERIFY(kept.json()[u"run"_s].toInt() > 0);
        const Ended end = runProgram({u"compare"_s, folderOf(trained), u"--baseline"_s, u"imported:live"_s, u"--json"_s});
        QCOMPARE(end.code, 0);
        for (const QJsonValue& task : end.json()[u"tasks"_s].toArray())
            if (task[u"task"_s] == u"colour"_s)
                QVERIFY(qAbs(task[u"single"_s].toDouble() - 1.0 / 3) < 1e-12);
        test::writeFile(file, "{\"line\": 1, \"prediction\": \"red\"}\nred\n");
        const Ended refused = runProgram({u"predictions"_s, folderOf(trained), u"colour"_s, file});
        QCOMPARE(refused.code, 3);
        QVERIFY(refused.errors.contains("live.jsonl, line 2"));
        QCOMPARE(runProgram({u"compare"_s, folderOf(trained), u"--baseline"_s, u"imported:nobody"_s}).code, 1);
        QCOMPARE(runProgram({u"compare"_s, folderOf(trained), u"--baseline"_s, u"7x"_s}).code, 3);
    }

    void aReportHasItsOptionsAndTheSameBytes()
    {
        test::Trained trained;
        answer(trained, 3, 0);
        QCOMPARE(runProgram({u"compare"_s, folderOf(trained)}).code, 0);
        for (const char* ending : {"html", "md", "tex", "json", "csv", "pdf"}) {
            QByteArray bytes[2];
            for (QByteArray& one : bytes) {
                const QString file = folderOf(trained) + u"/report."_s + QLatin1StringView(ending);
                const Ended end = runProgram({u"report"_s, folderOf(trained), file, u"--title"_s, u"What we won"_s, u"--sections"_s, u"summary,tasks"_s,
                    u"--date"_s, u"2026-01-02T03:04:05Z"_s});
                QVERIFY2(end.code == 0, end.errors.constData());
                QFile in(file);
                QVERIFY(in.open(QIODevice::ReadOnly));
                one = in.readAll();
                QVERIFY(in.remove());
            }
            QVERIFY(bytes[0].size() > 200);
            QVERIFY2(bytes[0] == bytes[1], ending);
            if (QByteArray(ending) == "html" || QByteArray(ending) == "md") {
                QVERIFY(bytes[0].contains("What we won"));
                QVERIFY(!bytes[0].contains("Content hash"));  // a section that wasn't asked for
            }
        }
        const QString file = folderOf(trained) + u"/report.html"_s;
        QCOMPARE(runProgram({u"report"_s, folderOf(trained), file, u"--sections"_s, u"summary,poems"_s}).code, 3);
        QCOMPARE(runProgram({u"report"_s, folderOf(trained), file, u"--language"_s, u"fr"_s}).code, 2);
        QCOMPARE(runProgram({u"report"_s, folderOf(trained), file, u"--comparison"_s, u"99"_s}).code, 1);
        QCOMPARE(runProgram({u"report"_s, folderOf(trained), file, u"--language"_s, u"zh"_s, u"--comparison"_s, u"1"_s}).code, 0);
    }

    // Killed at any moment, as a full disk or a user does: the old report or the new one stands there, whole.
    void anInterruptedExportLeavesTheOldFile()
    {
        test::Trained trained;
        answer(trained, 3, 0);
        QCOMPARE(runProgram({u"compare"_s, folderOf(trained)}).code, 0);
        const auto report = [&](const QString& file, const QString& title) {
            return QStringList{u"report"_s, folderOf(trained), file, u"--title"_s, title, u"--date"_s, u"2026-01-02T03:04:05Z"_s};
        };
        const auto bytesOf = [](const QString& path) {
            QFile file(path);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        for (const QString& ending : {u"html"_s, u"json"_s, u"csv"_s, u"tex"_s, u"md"_s}) {
            const QString file = folderOf(trained) + u"/kept."_s + ending, beside = folderOf(trained) + u"/new."_s + ending;
            QCOMPARE(runProgram(report(beside, u"new"_s)).code, 0);
            QCOMPARE(runProgram(report(file, u"old"_s)).code, 0);
            const QByteArray before = bytesOf(file), after = bytesOf(beside);
            QVERIFY(before.size() > 100);
            for (int kill = 0; kill < 12; ++kill) {
                QProcess program;
                program.start(qEnvironmentVariable("PROGRAM"), report(file, u"new"_s));
                if (!program.waitForFinished(1 + kill * 3)) {  // or it was quicker
                    program.kill();
                    QVERIFY(program.waitForFinished());
                }
                const QByteArray now = bytesOf(file);
                QVERIFY2(now == before || now == after, qPrintable(ending));
            }
        }
    }

    void servingIsMeasuredByDoingIt()
    {
        const test::SmallProject small;
        const QString folder = QString::fromStdString(small.project().folder.string()), plan = folder + u"/plan.json"_s;
        QCOMPARE(runProgram({u"plan"_s, folder, u"--base"_s, u"tiny"_s, u"--set"_s,
                     uR"(tiny={"layers":1,"hidden":32,"heads":2,"key_value_heads":1,"feed_forward":64,"context":64,"vocabulary":300})"_s, u"--set"_s,
                     u"context=64"_s, u"--set"_s, u"threads=1"_s, u"--set"_s, u"epochs_cap=1"_s, u"--set"_s, u"epochs_default=1"_s, u"--stages"_s, u"3"_s,
                     u"--out"_s, plan})
                     .code,
            0);
        QCOMPARE(runProgram({u"run"_s, folder, plan}).code, 0);
        QCOMPARE(runProgram({u"evaluate"_s, folder}).code, 0);
        const Ended before = runProgram({u"compare"_s, folder, u"--json"_s});
        QVERIFY(!before.json()[u"ledger"_s].toObject().contains(u"serving_mib"_s));  // not measured, not said
        const Ended end = runProgram({u"compare"_s, folder, u"--measure-serving"_s, u"8"_s, u"--json"_s});
        QVERIFY2(end.code == 0, end.errors.constData());
        const QJsonObject ledger = end.json()[u"ledger"_s].toObject();
        for (const QString& key : {u"serving_mib"_s, u"serving_models_mib"_s}) {
            QVERIFY2(ledger[key][u"before"_s].toDouble() > 0 && ledger[key][u"after"_s].toDouble() > 0, qPrintable(key));
            QVERIFY(!ledger[key][u"how"_s].toString().isEmpty());
        }
        QVERIFY(ledger[u"serving_models_mib"_s][u"after"_s].toDouble() <= 1.5 * ledger[u"serving_models_mib"_s][u"before"_s].toDouble());
        QCOMPARE(runProgram({u"compare"_s, folder, u"--measure-serving"_s, u"0"_s}).code, 2);
    }
};

QTEST_GUILESS_MAIN(CompareCommandTest)
#include "tst_comparecommand.moc"
