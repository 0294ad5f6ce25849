#include "engine/core/plan.h"
#include "support/program.h"
#include "support/smallproject.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::Ended;
using test::runProgram;

namespace {

QString folderOf(const test::SmallProject& small)
{
    return QString::fromStdString(small.project().folder.string());
}

// A plan of a few seconds as a file.
QString planOf(const test::SmallProject& small, const QStringList& more = {})
{
    const QString file = folderOf(small) + u"/plan.json"_s;
    const Ended end = runProgram(QStringList{u"plan"_s, folderOf(small), u"--base"_s, u"tiny"_s, u"--set"_s,
                                     uR"(tiny={"layers":1,"hidden":32,"heads":2,"key_value_heads":1,"feed_forward":64,"context":64,"vocabulary":300})"_s,
                                     u"--set"_s, u"context=64"_s, u"--set"_s, u"batch=8"_s, u"--set"_s, u"threads=1"_s, u"--set"_s,
                                     u"epochs_cap=6"_s, u"--set"_s, u"min_evaluation_gap=6"_s, u"--set"_s, u"learning_rate.stage3=0.01"_s,
                                     u"--out"_s, file, u"--json"_s}
        + more);
    if (end.code != 0)
        qFatal("no plan: %s", end.errors.constData());
    return file;
}

QJsonObject runNamed(const QJsonObject& runs, const QString& stage)
{
    for (const QJsonValue& run : runs[u"runs"_s].toArray())
        if (run[u"stage"_s].toString() == stage)
            return run.toObject();
    return {};
}

}  // namespace

class CommandLineTest : public QObject {
    Q_OBJECT

private slots:
    void tellsWhatItCanDoAndRefusesWhatItCannot()
    {
        QCOMPARE(runProgram({u"--help"_s}).code, 0);
        QCOMPARE(runProgram({}).code, 2);
        QCOMPARE(runProgram({u"fold"_s}).code, 2);
        QCOMPARE(runProgram({u"tasks"_s}).code, 2);
        const Ended none = runProgram({u"tasks"_s, u"/nowhere/at/all"_s});
        QCOMPARE(none.code, 1);
        QVERIFY(none.errors.contains("holds no project"));
    }

    void nothingButComputingLoadsLibtorch()
    {
        const test::SmallProject small;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"LD_DEBUG"_s, u"files"_s);
        const QString data = folderOf(small) + u"-data"_s;
        for (const QStringList& arguments : {QStringList{u"--help"_s}, {u"tasks"_s, folderOf(small)},
                 {u"import"_s, folderOf(small), data}, {u"compare"_s, folderOf(small)}, {u"plan"_s, folderOf(small)}}) {
            const Ended end = runProgram(arguments, environment);
            QVERIFY(end.errors.contains("libstdc++"));
            QVERIFY2(!end.errors.contains("libtorch"), qPrintable(arguments.join(u' ')));
        }
    }

    void importSaysWhatBecameOfEveryRow()
    {
        const test::SmallProject small;
        const QString file = folderOf(small) + u"/more.csv"_s;
        test::writeFile(file, "text,label\ngood,yes\nfine,yes\nbad,no\ngood,yes\nragged,no,more\n,yes\n");
        const Ended end = runProgram({u"import"_s, folderOf(small), file, u"--task"_s, u"mood"_s, u"--split"_s, u"train"_s, u"--json"_s});
        QCOMPARE(end.code, 0);
        const QJsonObject version = end.json()[u"versions"_s][0].toObject();
        QCOMPARE(version[u"task"_s].toString(), u"mood"_s);
        QCOMPARE(version[u"rows_in"_s].toInt(), 6);
        QCOMPARE(version[u"rows_kept"_s].toInt(), 3);
        QCOMPARE(version[u"issues"_s][u"duplicate"_s].toInt(), 1);
        QCOMPARE(version[u"issues"_s][u"ragged"_s].toInt(), 1);
        QCOMPARE(end.json()[u"refused"_s].toArray().size(), 2);
        QCOMPARE(end.json()[u"refused"_s][0][u"line"_s].toInt(), 6);
        const QJsonObject issues = runProgram({u"rows"_s, folderOf(small), u"mood"_s, u"--issues"_s, u"--json"_s}).json();
        QCOMPARE(issues[u"issues"_s].toArray().size(), 3);
        const QJsonObject rows = runProgram({u"rows"_s, folderOf(small), u"mood"_s, u"--json"_s}).json();
        QCOMPARE(rows[u"rows"_s][0][u"input"_s].toString(), u"good"_s);
    }

    void aRefusedImportNamesEveryReasonAndChangesNothing()
    {
        const test::SmallProject small;
        const QString file = folderOf(small) + u"/more.jsonl"_s;
        test::writeFile(file, "{\"input\": \"a\", \"target\": \"b\"}\nbroken\n{\"input\": \"c\"}\n");
        const Ended end = runProgram({u"import"_s, folderOf(small), file, u"--on-error"_s, u"stop"_s, u"--json"_s});
        QCOMPARE(end.code, 3);
        QCOMPARE(end.json()[u"refused"_s].toArray().size(), 2);
        QCOMPARE(runProgram({u"tasks"_s, folderOf(small), u"--json"_s}).json()[u"tasks"_s].toArray().size(), 2);
        QCOMPARE(runProgram({u"import"_s, folderOf(small), folderOf(small) + u"/nothing.csv"_s}).code, 1);
    }

    void tasksAreToldEditedAndRemoved()
    {
        const test::SmallProject small;
        const QJsonObject tasks = runProgram({u"tasks"_s, folderOf(small), u"--json"_s}).json();
        const QJsonValue colour = tasks[u"tasks"_s][0];
        QCOMPARE(colour[u"name"_s].toString(), u"colour"_s);
        QCOMPARE(colour[u"kind"_s].toString(), u"classification"_s);
        QCOMPARE(colour[u"splits"_s][u"train"_s][u"rows_kept"_s].toInt(), 48);
        QVERIFY(colour[u"splits"_s][u"train"_s][u"tokens"_s].toInt() > 0);
        QCOMPARE(tasks[u"imbalance"_s].toDouble(), 2.0);
        QCOMPARE(runProgram({u"task"_s, u"set"_s, folderOf(small), u"colour"_s, u"owner=ann"_s, u"margin=0.03"_s}).code, 0);
        QCOMPARE(runProgram({u"task"_s, u"set"_s, folderOf(small), u"colour"_s, u"margin=much"_s}).code, 3);
        QCOMPARE(runProgram({u"tasks"_s, folderOf(small), u"--json"_s}).json()[u"tasks"_s][0][u"owner"_s].toString(), u"ann"_s);
        QCOMPARE(runProgram({u"task"_s, u"remove"_s, folderOf(small), u"copy"_s}).code, 0);
        QCOMPARE(runProgram({u"tasks"_s, folderOf(small), u"--json"_s}).json()[u"tasks"_s].toArray().size(), 1);
    }

    void aPlanSaysItsMixtureAndRefusesMisspeltSettings()
    {
        const test::SmallProject small;
        planOf(small);
        const QJsonObject preview = runProgram({u"plan"_s, folderOf(small), u"--sampler"_s, u"task-balanced"_s, u"--json"_s}).json();
        double shares = 0;
        for (const QJsonValue& stage : preview[u"stages"_s].toArray())
            if (stage[u"stage"_s] == u"stage3"_s)
                for (const QJsonValue& task : stage[u"tasks"_s].toArray())
                    shares += task[u"share"_s].toDouble();
        QVERIFY(qAbs(shares - 1) < 1e-9);
        QVERIFY(preview[u"memory_mib"_s].toDouble() > 0);
        const QString file = folderOf(small) + u"/lora.json"_s;
        QCOMPARE(runProgram({u"plan"_s, folderOf(small), u"--base"_s, u"tiny"_s, u"--method"_s, u"lora"_s, u"--out"_s, file}).code, 0);
        QFile lora(file);
        QVERIFY(lora.open(QIODevice::ReadOnly));
        const QJsonObject rates = QJsonDocument::fromJson(lora.readAll())[u"learning_rate"_s].toObject();
        QCOMPARE(rates[u"baseline"_s].toDouble(), 10 * Plan().learningRate.at("baseline"));
        QCOMPARE(runProgram({u"plan"_s, folderOf(small), u"--set"_s, u"bacth=4"_s}).code, 3);
        QCOMPARE(runProgram({u"plan"_s, folderOf(small), u"--set"_s, u"batch=0"_s}).code, 3);
    }

    void aKilledTrainingIsResumedToTheSameWeights()
    {
        const test::SmallProject whole, killed;
        const QStringList longer{u"--set"_s, u"epochs_cap=60"_s, u"--set"_s, u"patience=100"_s, u"--no-baselines"_s, u"--set"_s,
            u"epochs_default=60"_s, u"--stages"_s, u"3"_s};
        const Ended expected = runProgram({u"run"_s, folderOf(whole), planOf(whole, longer), u"--json"_s});
        QCOMPARE(expected.code, 0);
        const QString plan = planOf(killed, longer);
        QProcess program;
        program.start(qEnvironmentVariable("PROGRAM"), {u"run"_s, folderOf(killed), plan, u"--json"_s});
        QVERIFY(program.waitForStarted());
        const auto steps = [&] {
            return runNamed(runProgram({u"runs"_s, folderOf(killed), u"--json"_s}).json(), u"stage3"_s)[u"steps"_s].toInt();
        };
        QTRY_VERIFY_WITH_TIMEOUT(steps() > 40, 60000);
        QCOMPARE(::kill(static_cast<pid_t>(program.processId()), SIGKILL), 0);
        QVERIFY(program.waitForFinished());
        QJsonObject run = runNamed(runProgram({u"runs"_s, folderOf(killed), u"--json"_s}).json(), u"stage3"_s);
        QCOMPARE(run[u"status"_s].toString(), u"interrupted"_s);
        QCOMPARE(runProgram({u"check"_s, folderOf(killed)}).code, 0);
        const Ended resumed = runProgram({u"resume"_s, folderOf(killed), QString::number(run[u"id"_s].toInt()), u"--json"_s});
        QCOMPARE(resumed.code, 0);
        run = runNamed(resumed.json(), u"stage3"_s);
        QCOMPARE(run[u"status"_s].toString(), u"completed"_s);
        QVERIFY(!run[u"checkpoint_hash"_s].toString().isEmpty());
        QCOMPARE(run[u"checkpoint_hash"_s], runNamed(expected.json(), u"stage3"_s)[u"checkpoint_hash"_s]);
    }

    void ctrlCStopsAndKeepsAndASecondProgramIsTurnedAway()
    {
        const test::SmallProject small;
        const QString plan = planOf(small, {u"--set"_s, u"epochs_cap=400"_s, u"--set"_s, u"patience=1000"_s, u"--no-baselines"_s,
                                               u"--set"_s, u"epochs_default=400"_s, u"--stages"_s, u"3"_s});
        QProcess program;
        program.start(qEnvironmentVariable("PROGRAM"), {u"run"_s, folderOf(small), plan, u"--json"_s});
        const auto run = [&] { return runNamed(runProgram({u"runs"_s, folderOf(small), u"--json"_s}).json(), u"stage3"_s); };
        QTRY_VERIFY_WITH_TIMEOUT(run()[u"steps"_s].toInt() > 5, 60000);
        const Ended second = runProgram({u"resume"_s, folderOf(small), QString::number(run()[u"id"_s].toInt())});
        QCOMPARE(second.code, 1);
        QVERIFY(second.errors.contains("belongs to process"));
        ::kill(static_cast<pid_t>(program.processId()), SIGINT);
        QVERIFY(program.waitForFinished(20000));
        QCOMPARE(program.exitCode(), 130);
        QCOMPARE(run()[u"status"_s].toString(), u"stopped"_s);
        QCOMPARE(runProgram({u"delete"_s, folderOf(small), QString::number(run()[u"id"_s].toInt())}).code, 0);
        QVERIFY(run().isEmpty());
        QCOMPARE(runProgram({u"check"_s, folderOf(small)}).code, 0);
    }

    void checkFindsWhatWasChangedBehindItsBack()
    {
        const test::SmallProject small;
        QCOMPARE(runProgram({u"check"_s, folderOf(small), u"--json"_s}).json()[u"ok"_s].toBool(), true);
        QDir rows(folderOf(small) + u"/rows"_s);
        const QStringList files = rows.entryList(QDir::Files);
        QVERIFY(rows.remove(files.first()));
        test::writeFile(rows.filePath(u"stray.arrow"_s), "x");
        QVERIFY(QDir(folderOf(small)).mkpath(u"models/stray"_s));
        const Ended end = runProgram({u"check"_s, folderOf(small), u"--json"_s});
        QCOMPARE(end.code, 1);
        QCOMPARE(end.json()[u"ok"_s].toBool(), false);
        QCOMPARE(end.json()[u"problems"_s].toArray().size(), 3);
    }

    void basesAreCheckedBeforeTheyAreAdded()
    {
        const test::SmallProject small;
        QCOMPARE(runProgram({u"base"_s, u"add"_s, folderOf(small), folderOf(small)}).code != 0, true);
        const QString model = QStringLiteral(SHARED_FOLDER "/models/stories260K-hf");
        if (!QDir(model).exists())
            QSKIP("the models beside the checkout aren't there");
        const Ended added = runProgram({u"base"_s, u"add"_s, folderOf(small), model, u"--name"_s, u"stories"_s, u"--json"_s});
        QCOMPARE(added.code, 0);
        QCOMPARE(added.json()[u"parameters"_s].toInt(), 260032);
        QCOMPARE(runProgram({u"base"_s, u"list"_s, folderOf(small), u"--json"_s}).json()[u"bases"_s].toArray().size(), 1);
    }
};

QTEST_GUILESS_MAIN(CommandLineTest)
#include "tst_commandline.moc"
