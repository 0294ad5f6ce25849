#include "app/jobs/check.h"
#include "app/jobs/comparing.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/filter.h"
#include "app/jobs/modelparts.h"
#include "app/jobs/processmark.h"
#include "app/jobs/reporting.h"
#include "app/jobs/rowlog.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/decisionrepository.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "support/codeof.h"
#include "support/runs.h"
#include "support/smallproject.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <fstream>
#include <optional>
#include <thread>

using namespace Qt::StringLiterals;
using namespace taskfold;
using test::curve;
using test::runOf;
using test::runsOf;
using test::train;

class TrainingTest : public QObject {
    Q_OBJECT

private slots:
    void greedyTextIsExactlyTheExpectedOne()
    {
        const std::filesystem::path model = std::filesystem::path(SHARED_FOLDER) / "models" / "stories260K-hf";
        std::ifstream file(model / "expected_greedy.json");
        if (!file)
            QSKIP("the models beside the checkout aren't there");
        const auto expected = nlohmann::json::parse(file);
        const auto prompt = expected["prompt"].get<std::string>();
        const Result<std::string> text = jobs::generateText(model, prompt, 56, {}, {});
        QVERIFY2(text, text ? "" : text.error().detail.c_str());
        std::string whole = expected["text"].get<std::string>();
        whole.erase(0, whole.find_first_not_of(' '));
        QCOMPARE(prompt + *text, whole);
    }

    void drawnTextFollowsTheSeedAndTheTopAloneIsGreedy()
    {
        const std::filesystem::path model = std::filesystem::path(SHARED_FOLDER) / "models" / "stories260K-hf";
        if (!std::filesystem::exists(model / "config.json"))
            QSKIP("the models beside the checkout aren't there");
        const std::string prompt = "Once upon a time";
        const auto drawn = [&](const jobs::Sampling& sampling) { return *jobs::generateText(model, prompt, 24, sampling, {}); };
        const std::string greedy = drawn({});
        QCOMPARE(drawn({1.0, 1, 1.0, 7}), greedy);
        QCOMPARE(drawn({1.0, 0, 0.0001, 7}), greedy);
        QCOMPARE(drawn({1.5, 0, 1.0, 7}), drawn({1.5, 0, 1.0, 7}));
        QVERIFY(drawn({1.5, 0, 1.0, 7}) != drawn({1.5, 0, 1.0, 8}));
    }

    void scoresAreSumsOverTheTargetsTokens()
    {
        const std::filesystem::path model = std::filesystem::path(SHARED_FOLDER) / "models" / "stories260K-hf";
        if (!std::filesystem::exists(model))
            QSKIP("the models beside the checkout aren't there");
        const test::TempProject folder;
        const auto rows = folder.text("{\"input\": \"Once upon a time\", \"target\": \", there was\"}\n"
                                      "{\"input\": \"Once upon a time\", \"target\": \" zebra zebra\"}\n");
        const std::filesystem::path lines = rows.string() + ".jsonl";
        std::filesystem::copy(rows, lines);
        const auto scores = jobs::scoreFile(model, lines, {});
        QVERIFY2(scores, scores ? "" : scores.error().detail.c_str());
        QCOMPARE(scores->size(), 2U);
        QVERIFY(scores->at(0) < 0 && scores->at(0) > scores->at(1));
    }

    void aPlanIsTrainedEvaluatedComparedAndReported()
    {
        const test::SmallProject small;
        const Result<void> trained = train(small.project(), small.plan());
        QVERIFY2(trained, trained ? "" : trained.error().detail.c_str());
        const std::vector<Run> runs = runsOf(small.project());
        QCOMPARE(runs.size(), 4U);  // two baselines, stage 2, stage 3
        for (const Run& run : runs)
            QCOMPARE(run.status, RunStatus::Completed);
        const Run last = runOf(small.project(), RunKind::Stage3);
        const std::vector<double> loss = curve(small.project(), last.id, "loss");
        QCOMPARE(loss.size(), static_cast<std::size_t>(last.steps));
        const Run first = runOf(small.project(), RunKind::Baseline);
        const std::vector<double> alone = curve(small.project(), first.id, "loss");
        QVERIFY(alone.back() < 0.7 * alone.front());  // it learns
        const auto scores = jobs::evaluateAll(small.project(), Split::Test, {});
        QVERIFY(scores);
        QCOMPARE(scores->size(), 4U);
        QCOMPARE(jobs::evaluateAll(small.project(), Split::Test, {})->size(), 0U);  // nothing is left to do
        const auto comparison = jobs::compareRuns(small.project(), {}, {}, {});
        QVERIFY2(comparison, comparison ? "" : comparison.error().detail.c_str());
        QCOMPARE(comparison->tasks.size(), 2U);
        for (const TaskComparison& task : comparison->tasks) {
            QVERIFY(task.verdict != Verdict::NotComputable);
            QVERIFY(std::abs(task.multi - task.single - task.difference) < 1e-9);
        }
        QCOMPARE(comparison->ledger.modelsBefore, 2);
        QVERIFY(std::abs(comparison->ledger.overheadReduction - 0.5) < 1e-12);
        QVERIFY(comparison->ledger.lines.size() > 4);
        const auto bytes = std::find_if(comparison->ledger.lines.begin(), comparison->ledger.lines.end(),
            [](const LedgerLine& line) { return line.key == "bytes"; });
        QVERIFY(bytes->before > 1.9 * bytes->after);
        const auto report = jobs::reportData(small.project(), {}, {});
        QVERIFY(report);
        QVERIFY(jobs::writeReport(*report, small.project().folder / "r.html"));
        QVERIFY(jobs::checkProject(small.project(), {})->empty());
    }

    void stageThreeHasStageTwosRateWhereNoStageWasBeforeIt()
    {
        const test::SmallProject small;
        Plan plan = small.plan();
        plan.baselines = false;
        plan.learningRate["stage2"] = 4e-3;
        plan.learningRate["stage3"] = 1e-3;
        const auto peak = [&](std::vector<int> stages) {
            plan.stages = std::move(stages);
            if (const Result<void> trained = train(small.project(), plan); !trained)
                qFatal("%s", trained.error().detail.c_str());
            const std::vector<double> rates = curve(small.project(), runsOf(small.project()).back().id, "learning_rate");
            return *std::max_element(rates.begin(), rates.end());
        };
        QVERIFY(std::abs(peak({3}) - 4e-3) < 5e-4);
        QVERIFY(std::abs(peak({2, 3}) - 1e-3) < 2e-4);
    }

    void anotherPlanOnTheSameDataUsesTheSameBaselines()
    {
        const test::SmallProject small;
        Plan plan = small.plan();
        plan.stages = {};
        QVERIFY(train(small.project(), plan));
        QCOMPARE(runsOf(small.project()).size(), 2U);
        plan.stages = {3};
        plan.sampler = SamplerKind::TaskBalanced;
        QVERIFY(train(small.project(), plan));
        QCOMPARE(runsOf(small.project()).size(), 3U);
        QVERIFY(jobs::evaluateAll(small.project(), Split::Test, {}));
        const auto comparison = jobs::compareRuns(small.project(), {}, {}, {});
        QVERIFY(comparison);
        QVERIFY(comparison->tasks[0].verdict != Verdict::NotComputable);
        plan.batch = 4;  // other baselines are needed now
        QVERIFY(train(small.project(), plan));
        QCOMPARE(runsOf(small.project()).size(), 6U);
    }

    void stoppedAndResumedGivesTheSameWeightsAndCurves()
    {
        const test::SmallProject whole, parted;
        QVERIFY(train(whole.project(), whole.plan()));
        std::stop_source stop;
        int reports = 0;
        JobContext context{stop.get_token(), [&](Progress progress) {
                               if (progress.run && progress.done == 10 && ++reports == 4)  // in the middle of stage 3
                                   stop.request_stop();
                           }};
        const Result<void> stopped = train(parted.project(), parted.plan(), context);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        Run last = runOf(parted.project(), RunKind::Stage3);
        QCOMPARE(last.status, RunStatus::Stopped);
        QVERIFY(last.steps >= 10 && last.steps < last.stepsTotal);
        QVERIFY(jobs::resumeRun(parted.project(), last.id, {}));
        const Run expected = runOf(whole.project(), RunKind::Stage3);
        last = runOf(parted.project(), RunKind::Stage3);
        QCOMPARE(last.status, RunStatus::Completed);
        QCOMPARE(last.checkpointHash, expected.checkpointHash);
        QVERIFY(!last.checkpointHash.empty());
        QVERIFY(curve(parted.project(), last.id, "loss") == curve(whole.project(), expected.id, "loss"));
    }

    void aPausedRunGoesOnToTheSameWeights()
    {
        const test::SmallProject whole, parted;
        QVERIFY(train(whole.project(), whole.plan()));
        JobContext context;
        bool asked = false;
        context.report = [&](Progress progress) {
            if (progress.run && progress.done == 5 && !std::exchange(asked, true)) {
                if (!jobs::pauseRun(parted.project(), progress.run))
                    qFatal("can't ask");
                QTest::qSleep(300);  // its next look at the database is a quarter of a second away
            }
        };
        QCOMPARE(test::codeOf(train(parted.project(), parted.plan(), context)), ErrorCode::Cancelled);
        const Run paused = runsOf(parted.project()).front();
        QCOMPARE(paused.status, RunStatus::Paused);
        QVERIFY(paused.steps >= 5 && paused.steps < paused.stepsTotal);
        QVERIFY(!jobs::pauseRun(parted.project(), runOf(parted.project(), RunKind::Stage3).id));  // it only waits
        QVERIFY(jobs::resumeRun(parted.project(), paused.id, {}));
        QCOMPARE(runsOf(parted.project()).front().checkpointHash, runsOf(whole.project()).front().checkpointHash);
        QCOMPARE(runOf(parted.project(), RunKind::Stage3).checkpointHash, runOf(whole.project(), RunKind::Stage3).checkpointHash);
    }

    void aDiscardedRunLeavesNothing()
    {
        const test::SmallProject small;
        JobContext context;
        std::optional<std::jthread> other;
        context.report = [&](Progress progress) {
            if (progress.run && progress.done == 5 && !other) {
                other.emplace([&small, run = progress.run] {
                    if (!jobs::discardRun(small.project(), run, {}))
                        qFatal("can't discard");
                });
                QTest::qSleep(300);
            }
        };
        QCOMPARE(test::codeOf(train(small.project(), small.plan(), context)), ErrorCode::Cancelled);
        other->join();
        QCOMPARE(runsOf(small.project()).size(), 3U);
        QVERIFY(!std::filesystem::exists(small.project().runs() / "1"));
        QVERIFY(jobs::checkProject(small.project(), {})->empty());
    }

    void afterAFailureTheQueueStopsOrGoesOnAsAsked()
    {
        const test::SmallProject small;
        const auto queued = jobs::queuePlan(small.project(), small.plan(), {});
        QVERIFY(queued);
        // Where run 2 wants to write stands a file already.
        std::filesystem::create_directories(small.project().runs());
        std::ofstream(small.project().runs() / "2") << "in the way";
        QVERIFY(test::codeOf(jobs::runQueue(small.project(), *queued, {})).has_value());
        std::vector<Run> runs = runsOf(small.project());
        QCOMPARE(runs[0].status, RunStatus::Completed);
        QCOMPARE(runs[1].status, RunStatus::Failed);
        QVERIFY(!runs[1].note.empty());
        QCOMPARE(runs[2].status, RunStatus::Queued);
        QVERIFY(test::codeOf(jobs::resumeRun(small.project(), runs[1].id, {}, jobs::AfterFailure::GoOn)).has_value());
        runs = runsOf(small.project());
        QCOMPARE(runs[1].status, RunStatus::Failed);  // and it is told
        QCOMPARE(runs[2].status, RunStatus::Completed);
        QCOMPARE(runs[3].status, RunStatus::Completed);
        std::filesystem::remove(small.project().runs() / "2");
        QVERIFY(jobs::resumeRun(small.project(), runs[1].id, {}));
        QCOMPARE(runsOf(small.project())[1].status, RunStatus::Completed);
    }

    void queuedRunsChangePlacesButNotWithTheirParents()
    {
        const test::SmallProject small;
        QVERIFY(jobs::queuePlan(small.project(), small.plan(), {}));
        const auto connection = openExisting(small.project());
        db::RunRepository runs(**connection);
        const std::vector<Run> before = runsOf(small.project());  // baselines 1 and 2, stage 2, stage 3
        QVERIFY(runs.move(before[1].id, db::QueueMove::Earlier));
        QCOMPARE((*runs.nextQueued())->id, before[1].id);
        QVERIFY(!runs.move(before[1].id, db::QueueMove::Earlier));  // the first already
        QVERIFY(!runs.move(before[3].id, db::QueueMove::Earlier));  // stage 3 starts from stage 2
        QVERIFY(!runs.move(before[2].id, db::QueueMove::Later));
        QVERIFY(runs.move(before[2].id, db::QueueMove::Earlier));
        QVERIFY(runs.move(before[1].id, db::QueueMove::Later));
        QCOMPARE((*runs.nextQueued())->id, before[2].id);
    }

    void adaptersAreTrainedStageAfterStageResumedAndEvaluated_data()
    {
        QTest::addColumn<bool>("dora");
        QTest::addColumn<double>("dropout");
        QTest::addColumn<int>("precision");
        QTest::newRow("lora") << false << 0.0 << static_cast<int>(Precision::Fp32);
        QTest::newRow("lora, bf16") << false << 0.0 << static_cast<int>(Precision::Bf16);
        QTest::newRow("dora with dropout") << true << 0.1 << static_cast<int>(Precision::Fp32);
    }

    void adaptersAreTrainedStageAfterStageResumedAndEvaluated()
    {
        QFETCH(bool, dora);
        QFETCH(double, dropout);
        QFETCH(int, precision);
        const test::SmallProject whole, parted;
        const auto planOf = [&](const test::SmallProject& small) {
            Plan plan = small.plan();
            plan.method = Method::Lora;
            plan.lora.rank = 8;
            plan.lora.alpha = 16;
            plan.lora.dora = dora;
            plan.lora.dropout = dropout;
            plan.precision = static_cast<Precision>(precision);
            for (auto& [stage, rate] : plan.learningRate)
                rate = 2e-2;
            return plan;
        };
        const Result<void> trained = train(whole.project(), planOf(whole));
        QVERIFY2(trained, trained ? "" : trained.error().detail.c_str());
        const Run first = runOf(whole.project(), RunKind::Baseline);
        const std::vector<double> alone = curve(whole.project(), first.id, "loss");
        const double start = std::accumulate(alone.begin(), alone.begin() + 5, 0.0);
        const double end = std::accumulate(alone.end() - 5, alone.end(), 0.0);
        QVERIFY2(end < 0.98 * start, (std::to_string(start) + " " + std::to_string(end)).c_str());  // its base is random
        const Run last = runOf(whole.project(), RunKind::Stage3);
        QVERIFY(std::filesystem::exists(whole.project().resolved(last.checkpoint) / "adapter_model.safetensors"));
        QVERIFY(!std::filesystem::exists(whole.project().resolved(last.checkpoint) / "model.safetensors"));
        const auto scores = jobs::evaluateAll(whole.project(), Split::Test, {});
        QVERIFY2(scores, scores ? "" : scores.error().detail.c_str());
        QCOMPARE(scores->size(), 4U);
        QVERIFY(jobs::checkProject(whole.project(), {})->empty());

        std::stop_source stop;
        const JobContext context{stop.get_token(), [&](Progress progress) {
                                     if (progress.run == last.id && progress.done >= 5)  // the same number in both projects
                                         stop.request_stop();
                                 }};
        QVERIFY(!train(parted.project(), planOf(parted), context));
        Run again = runOf(parted.project(), RunKind::Stage3);
        QCOMPARE(again.status, RunStatus::Stopped);
        QVERIFY(jobs::resumeRun(parted.project(), again.id, {}));
        again = runOf(parted.project(), RunKind::Stage3);
        QCOMPARE(again.checkpointHash, last.checkpointHash);
        QVERIFY(curve(parted.project(), again.id, "loss") == curve(whole.project(), last.id, "loss"));
    }

    void anotherProgramCanAskARunToStop()
    {
        const test::SmallProject small;
        JobContext context;
        bool asked = false;
        context.report = [&](Progress progress) {
            if (progress.run && progress.done > 5 && !std::exchange(asked, true)) {
                if (!jobs::stopRun(small.project(), progress.run))
                    qFatal("can't ask");
                QTest::qSleep(300);  // its next look at the database is a quarter of a second away
            }
        };
        QCOMPARE(train(small.project(), small.plan(), context).error().code, ErrorCode::Cancelled);
        QCOMPARE(runsOf(small.project()).front().status, RunStatus::Stopped);
    }

    void affinityIsMeasuredTheSameTwiceAndAStepHelpsItsOwnTask()
    {
        const test::SmallProject small;
        jobs::FilterSetup setup;
        setup.base = "tiny";
        setup.tiny = small.plan().tiny;
        setup.warmUpSteps = 30;
        setup.probes = 6;
        setup.batch = 16;
        setup.context = 64;
        setup.threads = 1;
        setup.learningRate = 5e-3;
        const auto measure = [&] {
            if (!jobs::measureAffinity(small.project(), setup, {}))
                qFatal("not measured");
            return *jobs::filterView(small.project())->evidence;
        };
        const AffinityEvidence one = measure();
        const AffinityEvidence again = measure();
        QVERIFY(one.cells == again.cells);  // so a probe leaves nothing behind for the next
        QVERIFY(one.cells.size() == 4);
        for (const AffinityCell& cell : one.cells)
            if (cell.from == cell.to)
                QVERIFY2(cell.value > 0, std::to_string(cell.value).c_str());
        QVERIFY(jobs::decide(small.project(), "copy", Verb::Exclude, false, "user", "for the test"));
        QCOMPARE(jobs::draftPlan(small.project(), "tiny")->excluded, std::vector<std::string>{"copy"});
    }

    // method.md 15, 5: what a second probe sees is what a first one sees that was preceded by as many joint steps.
    void aProbeLeavesWeightsAndMomentsAsTheyWere()
    {
        const test::SmallProject small;
        jobs::FilterSetup setup;
        setup.base = "tiny";
        setup.tiny = small.plan().tiny;
        setup.batch = 8;
        setup.context = 64;
        setup.threads = 1;
        setup.learningRate = 5e-3;
        const auto probes = [&](int count, int warmUp) {
            setup.probes = count;
            setup.warmUpSteps = warmUp;
            if (!jobs::measureAffinity(small.project(), setup, {}))
                qFatal("not measured");
            return jobs::filterView(small.project())->evidence->probes;
        };
        const auto disturbed = probes(2, 3);
        const auto undisturbed = probes(1, 3 + compute::AffinitySetup().stepsBetween);
        QVERIFY(disturbed.back() == undisturbed.front());
        QVERIFY(disturbed.front() != undisturbed.front());
    }

    void anExcludedTaskKeepsItsOwnModel()
    {
        const test::SmallProject small;
        QVERIFY(jobs::decide(small.project(), "copy", Verb::Exclude, false, "user", "for the test"));
        Plan plan = small.plan();
        plan.stages = {3};
        QVERIFY(train(small.project(), plan));
        QVERIFY(jobs::evaluateAll(small.project(), Split::Test, {}));
        const auto comparison = jobs::compareRuns(small.project(), {}, {}, {});
        QVERIFY(comparison);
        const TaskComparison& copy = comparison->tasks.at(1);
        QVERIFY(copy.excluded);
        QCOMPARE(copy.difference, 0.0);
        QCOMPARE(comparison->ledger.modelsAfter, 2);
        QCOMPARE(comparison->ledger.overheadReduction, 0.0);
    }

    void aPlanWhoseDataChangedIsRefused()
    {
        const test::SmallProject small;
        const Plan plan = small.plan();
        QVERIFY(openExisting(small.project()));
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = small.text("{\"input\": \"red thing train 0\", \"target\": \"x\"}\n{\"input\": \"new\", \"target\": \"y\"}\n");
        source.task = "other";
        source.split = Split::Test;
        source.read.format = data::FileFormat::JsonLines;
        request.sources.push_back(source);
        const auto imported = jobs::importData(small.project(), request, {});
        QVERIFY(imported && imported->accepted);  // masks a training row of colour
        const Result<void> refused = train(small.project(), plan);
        QVERIFY(!refused);
        QVERIFY(refused.error().detail.find("make the plan anew") != std::string::npos);
        QVERIFY(runsOf(small.project()).empty());
    }

    void aRunsOwnLogProvesThatNoHeldOutRowWasSeen()
    {
        const test::SmallProject small;
        QVERIFY(train(small.project(), small.plan()));
        for (const Run& run : runsOf(small.project())) {
            const auto log = jobs::readRowLog(small.project().runs() / std::to_string(run.id.value));
            QVERIFY2(log, log ? "" : log.error().detail.c_str());
            std::size_t rows = 0;
            for (const jobs::RowLogPart& part : *log)
                rows += part.inputs.size();
            QVERIFY(rows == 48 || rows == 24 || rows == 72);  // colour, copy, both
        }
        QVERIFY(jobs::checkProject(small.project(), {})->empty());
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = small.text("{\"input\": \"red thing train 0\", \"target\": \"x\"}\n");
        source.task = "other";
        source.split = Split::Test;
        source.read.format = data::FileFormat::JsonLines;
        request.sources.push_back(source);
        QVERIFY(jobs::importData(small.project(), request, {}));
        const auto problems = jobs::checkProject(small.project(), {});
        QVERIFY(problems);
        QCOMPARE(problems->size(), 3U);  // colour's baseline, stages 2 and 3 have seen it
        QVERIFY(problems->front().what.find("other/test line 1") != std::string::npos);
    }

    void noMaskedRowReachesTheTraining()
    {
        const test::SmallProject small;
        jobs::ImportRequest request;
        jobs::ImportSource source;
        source.path = small.text("{\"input\": \"red thing train 0\", \"target\": \"x\"}\n");
        source.task = "other";
        source.split = Split::Test;
        source.read.format = data::FileFormat::JsonLines;
        request.sources.push_back(source);
        const auto imported = jobs::importData(small.project(), request, {});
        QVERIFY(imported && imported->accepted);
        const auto connection = openExisting(small.project());
        const auto tasks = jobs::versionsOf(**connection);
        for (const jobs::TaskVersions& task : *tasks)
            if (task.task.name == "colour") {
                QCOMPARE(task.trainable(), 47);
                const auto rows = jobs::rowsOf(small.project(), **connection, task.splits.at(Split::Train));
                QCOMPARE(rows->size(), 47U);
                for (const Row& row : *rows)
                    QVERIFY(row.input != "red thing train 0");
            }
    }
};

QTEST_GUILESS_MAIN(TrainingTest)
#include "tst_training.moc"
