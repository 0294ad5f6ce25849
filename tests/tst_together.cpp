#include "app/jobs/check.h"
#include "app/jobs/training.h"
#include "app/jobs/trainrun.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "engine/core/processor.h"
#include "support/codeof.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace taskfold;
using test::curve;
using test::runsOf;
using test::train;

namespace {

RunTask outcomeOf(const Project& project, RunId run)
{
    const auto connection = openExisting(project);
    return db::RunRepository(**connection).tasks(run)->front();
}

// Baselines of two tasks and two seeds, as adapters on the built-in model.
Plan planOf(const test::SmallProject& small, int together, Precision precision = Precision::Fp32)
{
    Plan plan = small.plan();
    plan.method = Method::Lora;
    plan.lora.rank = 4;
    plan.lora.alpha = 16;
    plan.stages = {};
    plan.seeds = {1, 2};
    plan.together = together;
    plan.precision = precision;
    for (auto& [stage, rate] : plan.learningRate)
        rate = 2e-2;
    return plan;
}

std::vector<std::string> hashesOf(const std::vector<Run>& runs)
{
    std::vector<std::string> hashes;
    for (const Run& run : runs)
        hashes.push_back(run.checkpointHash);
    return hashes;
}

}  // namespace

/// Several LoRA baselines in one pass over their base.
class TogetherTest : public QObject {
    Q_OBJECT

private slots:
    void eachComesToWhatItComesToAlone_data()
    {
        QTest::addColumn<Precision>("precision");
        QTest::newRow("fp32") << Precision::Fp32;
        QTest::newRow("bf16, in tiles: to the same bits") << Precision::Bf16;
    }

    void eachComesToWhatItComesToAlone()
    {
        QFETCH(Precision, precision);
        if (precision == Precision::Bf16 && !multipliesPairs())
            QSKIP("this processor doesn't multiply bf16");
        const test::SmallProject one, all;
        const Result<void> alone = train(one.project(), planOf(one, 1, precision));
        const Result<void> together = train(all.project(), planOf(all, 4, precision));
        QVERIFY2(alone, alone ? "" : alone.error().detail.c_str());
        QVERIFY2(together, together ? "" : together.error().detail.c_str());
        const std::vector<Run> before = runsOf(one.project()), after = runsOf(all.project());
        QCOMPARE(before.size(), 4U);
        QCOMPARE(after.size(), 4U);
        double apart = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(jobs::companionsOf(all.project(), after[i].id).size(), 4U);
            QCOMPARE(jobs::companionsOf(one.project(), before[i].id).size(), 1U);
            QCOMPARE(after[i].status, RunStatus::Completed);
            QCOMPARE(after[i].steps, before[i].steps);  // early stop, too
            QCOMPARE(after[i].tokens, before[i].tokens);
            const std::vector<double> expected = curve(one.project(), before[i].id, "loss");
            const std::vector<double> found = curve(all.project(), after[i].id, "loss");
            QCOMPARE(found.size(), expected.size());
            for (std::size_t s = 0; s < found.size(); ++s)
                apart = std::max(apart, std::abs(found[s] - expected[s]));
            const RunTask was = outcomeOf(one.project(), before[i].id), is = outcomeOf(all.project(), after[i].id);
            QCOMPARE(is.bestStep, was.bestStep);
            QVERIFY(std::abs(is.best - was.best) < 1e-4);
        }
        QVERIFY2(apart < 1e-4, qPrintable(QString::number(apart)));
        if (precision == Precision::Bf16)
            QCOMPARE(hashesOf(after), hashesOf(before));
        QVERIFY(hashesOf(after)[0] != hashesOf(after)[2]);  // seeds differ
        QVERIFY(jobs::checkProject(all.project(), {})->empty());
    }

    void stoppedTogetherTheyGoOnTogetherToTheSameWeights_data()
    {
        QTest::addColumn<int>("step");
        QTest::newRow("at once") << 2;
        QTest::newRow("between two checkpoints") << 9;
        QTest::newRow("when some may have ended") << 25;
    }

    void stoppedTogetherTheyGoOnTogetherToTheSameWeights()
    {
        QFETCH(int, step);
        const test::SmallProject whole, parted;
        QVERIFY(train(whole.project(), planOf(whole, 4, Precision::Bf16)));
        std::stop_source stop;
        const JobContext context{stop.get_token(), [&](Progress progress) {
                                     if (progress.run && progress.done == step)
                                         stop.request_stop();
                                 }};
        QCOMPARE(test::codeOf(train(parted.project(), planOf(parted, 4, Precision::Bf16), context)), ErrorCode::Cancelled);
        std::vector<Run> runs = runsOf(parted.project());
        const auto stopped = std::find_if(runs.begin(), runs.end(), [](const Run& run) { return run.status == RunStatus::Stopped; });
        QVERIFY(stopped != runs.end());
        QVERIFY(jobs::resumeRun(parted.project(), stopped->id, {}));
        runs = runsOf(parted.project());
        for (const Run& run : runs)
            QCOMPARE(run.status, RunStatus::Completed);
        QVERIFY(hashesOf(runs) == hashesOf(runsOf(whole.project())));
    }

    void oneThatIsToStopLetsTheOthersGoOn()
    {
        const test::SmallProject small;
        RunId asked;
        const JobContext context{{}, [&](Progress progress) {
                                     if (!progress.run || progress.done != 4 || asked)
                                         return;
                                     asked = progress.run;
                                     if (!jobs::stopRun(small.project(), asked))
                                         qFatal("can't ask");
                                     QTest::qSleep(300);  // its next look at the database is a quarter of a second away
                                 }};
        QCOMPARE(test::codeOf(train(small.project(), planOf(small, 4), context)), ErrorCode::Cancelled);
        for (const Run& run : runsOf(small.project()))
            QCOMPARE(run.status, run.id == asked ? RunStatus::Stopped : RunStatus::Completed);
    }

    void whatCantShareAPassIsTrainedOneAfterAnother()
    {
        const test::SmallProject small;
        Plan plan = planOf(small, 4);
        plan.lora.dropout = 0.1;
        QVERIFY(train(small.project(), plan));
        for (const Run& run : runsOf(small.project())) {
            QCOMPARE(run.status, RunStatus::Completed);
            QCOMPARE(jobs::companionsOf(small.project(), run.id).size(), 1U);
        }
    }
};

QTEST_GUILESS_MAIN(TogetherTest)
#include "tst_together.moc"
