#include "app/jobs/check.h"
#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "db/transaction.h"
#include "engine/format/modelfolder.h"
#include "support/codeof.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

using namespace taskfold;
using test::runsOf;
using test::train;

namespace {

// One baseline of a few seconds.
Plan shortPlan(const test::SmallProject& small)
{
    Plan plan = small.plan();
    plan.stages = {};
    plan.kept = {"colour"};
    return plan;
}

JobContext stoppingAt(std::stop_source& stop, std::int64_t step)
{
    return {stop.get_token(), [&stop, step](Progress progress) {
                if (progress.run && progress.done == step)
                    stop.request_stop();
            }};
}

std::vector<std::filesystem::path> checkpointsOf(const Project& project, RunId run)
{
    std::vector<std::pair<std::int64_t, std::filesystem::path>> found;
    for (const auto& entry : std::filesystem::directory_iterator(project.runs() / std::to_string(run.value) / "checkpoints")) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("step-"))
            found.emplace_back(std::stoll(name.substr(5)), entry.path());
    }
    std::sort(found.begin(), found.end());
    std::vector<std::filesystem::path> paths;
    for (const auto& [step, path] : found)
        paths.push_back(path);
    return paths;
}

void flipAByte(const std::filesystem::path& file)
{
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(-8, std::ios::end);
    const int old = bytes.get();
    bytes.seekp(-8, std::ios::end);
    bytes.put(static_cast<char>(old ^ 1));
}

}  // namespace

/// Damaged checkpoints, losses that aren't numbers, a database that somebody else holds.
class TrainRecoveryTest : public QObject {
    Q_OBJECT

private slots:
    void aDamagedCheckpointIsPassedOverAndNamed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("damage");
        for (const char* file : {"model.safetensors", "optimizer.safetensors", "state.json", "manifest.json"})
            for (const char* damage : {"flipped", "cut", "gone"})
                QTest::addRow("%s %s", file, damage) << QString::fromLatin1(file) << QString::fromLatin1(damage);
    }

    void aDamagedCheckpointIsPassedOverAndNamed()
    {
        QFETCH(QString, file);
        QFETCH(QString, damage);
        const test::SmallProject whole, small;
        QVERIFY(train(whole.project(), shortPlan(whole)));
        std::stop_source stop;
        QCOMPARE(test::codeOf(train(small.project(), shortPlan(small), stoppingAt(stop, 15))), ErrorCode::Cancelled);
        const RunId run = runsOf(small.project()).front().id;
        const auto checkpoints = checkpointsOf(small.project(), run);
        QVERIFY(checkpoints.size() >= 2);
        const std::filesystem::path victim = checkpoints.back() / file.toStdString();
        QVERIFY(std::filesystem::exists(victim));
        if (damage == QLatin1StringView("gone"))
            std::filesystem::remove(victim);
        else if (damage == QLatin1StringView("cut"))
            std::filesystem::resize_file(victim, std::filesystem::file_size(victim) / 2);
        else
            flipAByte(victim);
        const Result<void> resumed = jobs::resumeRun(small.project(), run, {});
        QVERIFY2(resumed, resumed ? "" : resumed.error().detail.c_str());
        const Run after = runsOf(small.project()).front();
        QCOMPARE(after.checkpointHash, runsOf(whole.project()).front().checkpointHash);
        QVERIFY2(after.note.find("damaged: went on from step 12") != std::string::npos, after.note.c_str());
        QVERIFY(jobs::checkProject(small.project(), {})->empty());
    }

    void whereNoneIsWholeItBeginsAgain()
    {
        const test::SmallProject whole, small;
        QVERIFY(train(whole.project(), shortPlan(whole)));
        std::stop_source stop;
        QCOMPARE(test::codeOf(train(small.project(), shortPlan(small), stoppingAt(stop, 15))), ErrorCode::Cancelled);
        const RunId run = runsOf(small.project()).front().id;
        for (const auto& folder : checkpointsOf(small.project(), run))
            flipAByte(folder / "model.safetensors");
        QVERIFY(jobs::resumeRun(small.project(), run, {}));
        const Run after = runsOf(small.project()).front();
        QCOMPARE(after.checkpointHash, runsOf(whole.project()).front().checkpointHash);
        QVERIFY2(after.note.find("damaged: began again") != std::string::npos, after.note.c_str());
    }

    void aLossThatIsNoNumberEndsTheRunAtItsLastGoodCheckpoint()
    {
        const test::SmallProject small;
        Plan plan = shortPlan(small);
        plan.clip = 0;
        plan.warmUp = 0;
        plan.schedule = Schedule::Constant;
        plan.learningRate["baseline"] = 1e18;
        QCOMPARE(test::codeOf(train(small.project(), plan)), ErrorCode::NotANumber);
        const Run run = runsOf(small.project()).front();
        QCOMPARE(run.status, RunStatus::Failed);
        QVERIFY2(run.note.find("isn't a number") != std::string::npos, run.note.c_str());
        if (std::filesystem::exists(small.project().runs() / "1" / "checkpoints"))
            for (const auto& folder : checkpointsOf(small.project(), run.id))
                QVERIFY(inspectModelFolder(folder));  // refuses numbers that aren't finite
        QVERIFY(jobs::checkProject(small.project(), {})->empty());
    }

    void aDatabaseThatSomebodyHoldsForHalfAMinuteCostsNothing()
    {
        const test::SmallProject small;
        Plan plan = shortPlan(small);
        std::promise<void> held;
        std::optional<std::jthread> other;
        qint64 steps = 0;
        const JobContext context{{}, [&](Progress progress) {
                                     steps = std::max<qint64>(steps, progress.done);
                                     if (!progress.run || progress.done < 5 || other)
                                         return;
                                     other.emplace([&] {
                                         const auto connection = openExisting(small.project());
                                         const auto kept = db::inTransaction(**connection, [&]() -> Result<void> {
                                             held.set_value();
                                             std::this_thread::sleep_for(std::chrono::seconds(30));
                                             return {};
                                         });
                                         if (!kept)
                                             qFatal("can't hold it");
                                     });
                                     held.get_future().wait();
                                 }};
        QElapsedTimer clock;
        clock.start();
        const Result<void> trained = train(small.project(), plan, context);
        QVERIFY2(trained, trained ? "" : trained.error().detail.c_str());
        QVERIFY(clock.elapsed() > 29000);
        const Run run = runsOf(small.project()).front();
        QCOMPARE(run.status, RunStatus::Completed);
        const auto connection = openExisting(small.project());
        const auto losses = db::MetricRepository(**connection).curve(run.id, {}, "loss");
        QCOMPARE(losses->size(), static_cast<std::size_t>(run.steps));  // not one is missing
        QVERIFY(!db::RunRepository(**connection).tasks(run.id)->empty());
    }

    void evaluationsStayWithinTheirShareOfTheWork()
    {
        std::vector<std::size_t> counts;
        std::vector<double> shares;
        for (const double share : {0.0, 0.05}) {
            const test::SmallProject small;
            Plan plan = shortPlan(small);
            plan.evaluationShare = share;
            plan.patience = 1000;
            plan.evaluations = 1000;
            plan.minEvaluationGap = 1;
            QVERIFY(train(small.project(), plan));
            const auto connection = openExisting(small.project());
            const auto curve = db::MetricRepository(**connection).curve(RunId{1}, {}, "evaluation_share");
            counts.push_back(curve->size());
            shares.push_back(curve->back().value);
            QVERIFY(curve->back().value > 0 && curve->back().value < 1);
        }
        QVERIFY2(counts[1] * 3 < counts[0], qPrintable(QString::number(counts[1])));
        QVERIFY(shares[1] < shares[0]);
    }

    void theMeanOfCheckpointsIsTheModelOnlyWhereItScoresHigher()
    {
        const test::SmallProject plain, mean;
        Plan plan = shortPlan(plain);
        QVERIFY(train(plain.project(), plan));
        plan.averageCheckpoints = 4;
        QVERIFY(train(mean.project(), plan));
        const Run one = runsOf(plain.project()).front(), other = runsOf(mean.project()).front();
        const bool taken = other.note.find("the mean of the checkpoints") != std::string::npos;
        QCOMPARE(other.checkpointHash == one.checkpointHash, !taken);
        QCOMPARE(other.checkpoint.ends_with("checkpoints/mean"), taken);
        QVERIFY(jobs::checkProject(mean.project(), {})->empty());
    }
};

QTEST_GUILESS_MAIN(TrainRecoveryTest)
#include "tst_trainrecovery.moc"
