// `bench train` as its users start it, on a model that a second makes.
#include "app/jobs/bases.h"
#include "support/program.h"
#include "support/smallproject.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace taskfold;

class BenchTrainTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto base = jobs::baseOf(m_small.project(), m_small.plan(), {});
        QVERIFY2(base, base ? "" : base.error().detail.c_str());
        m_model = QString::fromStdString(m_small.project().resolved(base->path).string());
        m_task = QString::fromStdString(m_small.project().folder.string()) + u"-data/colour"_s;
    }

    void aMixtureIsOneLineForEachNumberOfTasksAndRows()
    {
        const test::Ended end = test::runProgram(arguments({u"--tasks"_s, u"2,5"_s, u"--scaled-rows"_s, u"30,3000"_s, u"--rows"_s, u"32"_s, u"--batch"_s, u"4"_s}));
        QVERIFY2(end.code == 0, end.errors);
        const QList<QByteArray> lines = end.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 4);
        for (int i = 0; i < 4; ++i) {
            const QJsonObject line = QJsonDocument::fromJson(lines[i]).object();
            QCOMPARE(line[u"tasks"_s].toInt(), i < 2 ? 2 : 5);
            QCOMPARE(line[u"rows"_s].toInt(), i % 2 == 0 ? 30 : 3000);
            QCOMPARE(line[u"steps"_s].toInt(), 8);
            QVERIFY(line[u"tokens"_s].toDouble() > 100);
            QVERIFY(line[u"us_per_token"_s].toDouble() > 0);
            QVERIFY(line[u"seconds_to_start"_s].toDouble(-1) >= 0);
        }
    }

    void adaptersInOnePassAreMeasuredBesideTheSameAlone()
    {
        const test::Ended end = test::runProgram(arguments({u"--adapters"_s, u"2"_s, u"--rows"_s, u"16"_s, u"--batch"_s, u"4"_s, u"--rounds"_s, u"1"_s}));
        QVERIFY2(end.code == 0, end.errors);
        QCOMPARE(end.json()[u"adapters"_s].toInt(), 2);
        QVERIFY(end.json()[u"ratio"_s].toDouble() > 0);
        QVERIFY(end.json()[u"losses_apart"_s].toDouble(1) < 1e-4);
    }

    void oneThatIsStoppedLeavesNothing()
    {
        const QTemporaryDir folder, task;
        QByteArray rows;
        for (int i = 0; i < 100'000; ++i)
            rows += "{\"input\": \"red thing " + QByteArray::number(i) + "\", \"target\": \"red\"}\n";
        test::writeFile(task.filePath(u"train.jsonl"_s), rows);
        QVERIFY(QFile::copy(m_task + u"/task.json"_s, task.filePath(u"task.json"_s)));
        QProcess program;
        program.setWorkingDirectory(folder.path());
        program.start(qEnvironmentVariable("PROGRAM"),
            {u"bench"_s, u"train"_s, u"--model"_s, m_model, u"--task"_s, task.path(), u"--rows"_s, u"100000"_s, u"--batch"_s, u"1"_s});
        QVERIFY(program.waitForStarted());
        QTest::qWait(1500);  // until it trains: it says nothing before its end
        QCOMPARE(program.state(), QProcess::Running);
        ::kill(static_cast<pid_t>(program.processId()), SIGINT);
        QVERIFY(program.waitForFinished());
        QCOMPARE(program.exitCode(), 130);
        QVERIFY(program.readAllStandardOutput().isEmpty());
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot), QStringList());
    }

private:
    QStringList arguments(const QStringList& more) const
    {
        return QStringList{u"bench"_s, u"train"_s, u"--model"_s, m_model, u"--task"_s, m_task} + more;
    }

    test::SmallProject m_small;
    QString m_model, m_task;
};

QTEST_GUILESS_MAIN(BenchTrainTest)
#include "tst_benchtrain.moc"
