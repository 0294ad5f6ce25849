#include "app/jobs/ablations.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/planfile.h"
#include "app/jobs/training.h"
#include "db/runrepository.h"
#include "support/codeof.h"
#include "support/smallproject.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace taskfold;

namespace {

std::vector<Run> runsOf(const Project& project, PlanId plan)
{
    const auto connection = openExisting(project);
    return *db::RunRepository(**connection).ofPlan(plan);
}

std::set<std::string> tasksOf(const Project& project, PlanId plan, RunKind kind)
{
    const auto connection = openExisting(project);
    std::set<std::string> names;
    for (const Run& run : runsOf(project, plan)) {
        if (run.kind != kind)
            continue;
        const auto tasks = db::RunRepository(**connection).tasks(run.id);
        for (const RunTask& task : *tasks)
            names.insert(task.task.value == 1 ? "colour" : "copy");
    }
    return names;
}

}  // namespace

class AblationsTest : public QObject {
    Q_OBJECT

private slots:
    void eachChangesOneThingAndNamesItsReference()
    {
        const test::SmallProject small;
        const Plan plan = small.plan();
        const std::vector<std::string> names = jobs::ablationsOf(plan);
        // Nothing is excluded, there is no stage 0, and the plan's own sampler is no change.
        const std::vector<std::string> expected{"no-stage2", "stage3-low", "reversed", "instance-balanced", "task-balanced", "power",
            "temperature", "proportional-cap", "progressively-balanced", "unimax", "uncertainty", "pcgrad"};
        QVERIFY(names == expected);
        std::set<std::string> hashes{jobs::planHash(plan)};
        for (const std::string& name : names) {
            Plan changed = plan;
            QVERIFY(jobs::ablate(changed, name));
            QCOMPARE(changed.ablation, name);
            QCOMPARE(changed.reference, jobs::planHash(plan));
            QVERIFY(hashes.insert(jobs::planHash(changed)).second);
            const Result<Plan> read = jobs::planFrom(jobs::planText(changed));
            QVERIFY(read);
            QCOMPARE(jobs::planHash(*read), jobs::planHash(changed));
        }
        Plan changed = plan;
        QCOMPARE(test::codeOf(jobs::ablate(changed, "no-stage0")), ErrorCode::InvalidInput);
        QCOMPARE(test::codeOf(jobs::ablate(changed, "epoch-matched")), ErrorCode::InvalidInput);
        QCOMPARE(test::codeOf(jobs::ablate(changed, "no-such-thing")), ErrorCode::InvalidInput);
        QCOMPARE(jobs::planHash(changed), jobs::planHash(plan));
    }

    void theyAreTrainedAtEqualTokensAndSetSideBySide()
    {
        const test::SmallProject small;
        const Plan plan = small.plan();
        const std::vector<std::string> names = jobs::ablationsOf(plan);
        const auto queued = jobs::queueAblations(small.project(), plan, names, {});
        QVERIFY2(queued, queued ? "" : queued.error().detail.c_str());
        QCOMPARE(queued->size(), names.size() + 1);
        for (const PlanId id : *queued) {
            const Result<void> trained = jobs::runQueue(small.project(), id, {});
            QVERIFY2(trained, trained ? "" : trained.error().detail.c_str());
        }
        const auto empty = jobs::ablationTable(small.project(), {}, {});
        QVERIFY(empty);
        QVERIFY(!empty->rows.front().missing.empty());  // nothing is scored yet
        QVERIFY(jobs::evaluateAll(small.project(), Split::Test, {}));
        const auto table = jobs::ablationTable(small.project(), {}, {});
        QVERIFY2(table, table ? "" : table.error().detail.c_str());
        QCOMPARE(table->rows.size(), names.size() + 1);
        QVERIFY(table->rows.front().name.empty());
        std::set<std::string> shown;
        for (const AblationRow& row : table->rows) {
            shown.insert(row.name);
            QVERIFY2(row.missing.empty(), row.missing.c_str());
            // A batch may be spent over it.
            QVERIFY2(std::abs(row.tokenShare - 1) < 0.03, (row.name + " " + std::to_string(row.tokenShare)).c_str());
            QCOMPARE(row.tasks.size(), 2U);
            double mean = 0, difference = 0;
            for (const AblationTask& task : row.tasks) {
                mean += task.score / 2;
                difference += task.difference / 2;
                QVERIFY(row.name.empty() || task.verdict != Verdict::NotComputable);
            }
            QVERIFY(std::abs(row.score - mean) < 1e-12);
            QVERIFY(row.name.empty() || std::abs(difference - (row.score - table->rows.front().score)) < 1e-9);
        }
        QCOMPARE(shown.size(), names.size() + 1);
    }

    void stagesTrainTheTasksThatTheAblationSays()
    {
        const test::SmallProject small;
        const auto queued = jobs::queueAblations(small.project(), small.plan(), {"stage3-low", "reversed"}, {});
        QVERIFY(queued);
        for (const PlanId id : *queued)
            QVERIFY(jobs::runQueue(small.project(), id, {}));
        const std::set<std::string> both{"colour", "copy"};
        QVERIFY(tasksOf(small.project(), queued->at(0), RunKind::Stage2) == std::set<std::string>{"colour"});
        QVERIFY(tasksOf(small.project(), queued->at(0), RunKind::Stage3) == both);
        QVERIFY(tasksOf(small.project(), queued->at(1), RunKind::Stage2) == std::set<std::string>{"colour"});
        QVERIFY(tasksOf(small.project(), queued->at(1), RunKind::Stage3) == std::set<std::string>{"copy"});
        QVERIFY(tasksOf(small.project(), queued->at(2), RunKind::Stage2) == std::set<std::string>{"copy"});
        QVERIFY(tasksOf(small.project(), queued->at(2), RunKind::Stage3) == both);
    }

    void withoutItsReferenceItSpendsItsOwnTokensAndSaysSo()
    {
        const test::SmallProject small;
        Plan plan = small.plan();
        plan.baselines = false;
        QVERIFY(jobs::ablate(plan, "no-stage2"));
        const auto queued = jobs::queuePlan(small.project(), plan, {});
        QVERIFY(queued && jobs::runQueue(small.project(), *queued, {}));
        const std::vector<Run> runs = runsOf(small.project(), *queued);
        QCOMPARE(runs.size(), 1U);
        QVERIFY(runs.front().note.find("reference") != std::string::npos);
    }

    void aStoppedAblationGoesOnToTheSameWeights_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"uncertainty", "pcgrad", "task-balanced"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void aStoppedAblationGoesOnToTheSameWeights()
    {
        QFETCH(QString, name);
        std::vector<std::string> hashes;
        for (const bool stops : {false, true}) {
            const test::SmallProject small;
            const auto queued = jobs::queueAblations(small.project(), small.plan(), {name.toStdString()}, {});
            QVERIFY(queued && jobs::runQueue(small.project(), queued->front(), {}));
            std::stop_source stop;
            const JobContext context{stop.get_token(), [&](const Progress& progress) {
                                         if (stops && progress.phase == "stage3" && progress.done == 9)
                                             stop.request_stop();
                                     }};
            const Result<void> trained = jobs::runQueue(small.project(), queued->back(), context);
            QCOMPARE(bool(trained), !stops);
            std::vector<Run> runs = runsOf(small.project(), queued->back());
            if (stops)
                QVERIFY(jobs::resumeRun(small.project(), runs.back().id, {}));
            runs = runsOf(small.project(), queued->back());
            QCOMPARE(runs.back().status, RunStatus::Completed);
            hashes.push_back(runs.back().checkpointHash);
        }
        QCOMPARE(hashes[0], hashes[1]);
    }
};

QTEST_GUILESS_MAIN(AblationsTest)
#include "tst_ablations.moc"
