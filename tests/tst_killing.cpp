#include "app/jobs/check.h"
#include "app/jobs/planfile.h"
#include "db/runrepository.h"
#include "support/program.h"
#include "support/smallproject.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

#include <filesystem>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::runProgram;

namespace {

std::vector<Run> runsOf(const Project& project)
{
    const auto connection = openExisting(project);
    if (!connection)
        return {};
    const auto runs = db::RunRepository(**connection).all();
    return runs ? *runs : std::vector<Run>{};
}

bool allCompleted(const std::vector<Run>& runs)
{
    return !runs.empty()
        && std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.status == RunStatus::Completed; });
}

std::vector<std::string> hashesOf(const std::vector<Run>& runs)
{
    std::vector<std::string> hashes;
    for (const Run& run : runs)
        hashes.push_back(run.checkpointHash);
    return hashes;
}

// What goes on with the plan: the run that was cut off, else the queue.
QStringList nextCommand(const QString& project, const QString& plan, const std::vector<Run>& runs)
{
    for (const Run& run : runs)
        if (run.status != RunStatus::Completed && run.status != RunStatus::Queued)
            return {u"resume"_s, project, QString::number(run.id.value)};
    return {u"run"_s, project, plan};
}

}  // namespace

/// kill -9 at random moments of a plan's training, resumed each time, ends with the weights of a training that nobody
/// touched. TASKFOLD_KILLS says how many kills (30 by default; a release wants 1,000), TASKFOLD_SEED which moments.
class KillingTest : public QObject {
    Q_OBJECT

private slots:
    void killedAtAnyMomentItEndsWithTheSameWeights()
    {
        bool given = false;
        const int asked = qEnvironmentVariableIntValue("TASKFOLD_KILLS", &given);
        const int wanted = given ? asked : 30;
        QRandomGenerator random(given ? static_cast<quint32>(qEnvironmentVariableIntValue("TASKFOLD_SEED")) : 1U);
        const test::SmallProject small;
        const QString plan = QString::fromStdString(small.project().folder.string()) + u"-plan.json"_s;
        QVERIFY(jobs::writePlan(small.plan(), plan.toStdString()));

        const Project whole = copyOf(small, "whole");
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(runProgram({u"run"_s, pathOf(whole), plan}).code, 0);
        const auto most = static_cast<int>(clock.elapsed());
        const std::vector<std::string> expected = hashesOf(runsOf(whole));
        QCOMPARE(expected.size(), 4U);

        int kills = 0;
        for (int round = 0; kills < wanted; ++round) {
            const Project project = copyOf(small, "killed");
            while (!allCompleted(runsOf(project))) {
                QProcess program;
                program.start(qEnvironmentVariable("PROGRAM"), nextCommand(pathOf(project), plan, runsOf(project)));
                QVERIFY(program.waitForStarted());
                // Some are let through, so that every round ends.
                const bool letThrough = kills >= wanted || random.bounded(6) == 0;
                if (program.waitForFinished(letThrough ? 120000 : random.bounded(most))) {
                    QCOMPARE(program.exitCode(), 0);
                    continue;
                }
                program.kill();
                QVERIFY(program.waitForFinished());
                ++kills;
            }
            QCOMPARE(hashesOf(runsOf(project)), expected);
            const auto problems = jobs::checkProject(project, {});
            QVERIFY(problems);
            for (const jobs::Problem& problem : *problems)
                qWarning("%s: %s", problem.where.c_str(), problem.what.c_str());
            QVERIFY(problems->empty());
        }
        qInfo("%d kills, each resumed to the same weights", kills);
    }

private:
    static QString pathOf(const Project& project) { return QString::fromStdString(project.folder.string()); }

    static Project copyOf(const test::SmallProject& from, const char* name)
    {
        const Project copy{from.project().folder.string() + "-" + name};
        std::filesystem::remove_all(copy.folder);
        std::filesystem::copy(from.project().folder, copy.folder, std::filesystem::copy_options::recursive);
        return copy;
    }
};

QTEST_GUILESS_MAIN(KillingTest)
#include "tst_killing.moc"
