#include "engine/stats/filterrule.h"
#include "engine/stats/stopcontroller.h"

#include <QTest>

using namespace taskfold;
using namespace taskfold::stats;

namespace {

Seen seen(double metric, double loss, double epochs, double se = 0.02)
{
    return {metric, se, loss, epochs};
}

// N tasks whose cells are `others` off the diagonal and `own` on it, with a few probes that agree.
AffinityEvidence evidence(std::size_t tasks, double own, double others)
{
    AffinityEvidence made;
    std::vector<double> matrix;
    for (std::size_t i = 0; i < tasks; ++i) {
        made.tasks.push_back(TaskId{static_cast<std::int64_t>(i) + 1});
        for (std::size_t j = 0; j < tasks; ++j)
            matrix.push_back(i == j ? own : others);
    }
    made.probes.assign(4, matrix);
    return made;
}

void fillCells(AffinityEvidence& made)
{
    const std::size_t n = made.tasks.size();
    made.cells.clear();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            made.cells.push_back({made.tasks[i], made.tasks[j], made.probes.front()[i * n + j], 0.001, true});
}

void harm(AffinityEvidence& made, std::size_t task, double effect)
{
    const std::size_t n = made.tasks.size();
    for (auto& probe : made.probes)
        for (std::size_t j = 0; j < n; ++j)
            if (j != task)
                probe[task * n + j] = effect;
}

int excluded(const std::vector<Suggestion>& suggestions)
{
    return static_cast<int>(std::count_if(suggestions.begin(), suggestions.end(),
        [](const Suggestion& one) { return one.suggest == Verb::Exclude; }));
}

}  // namespace

class StoppingTest : public QObject {
    Q_OBJECT

private slots:
    void aTaskIsCooledWhenItNoLongerGains()
    {
        StopController controller(1, 3);
        controller.see(10, {seen(0.5, 1.0, 0.5)});
        for (int i = 2; i <= 4; ++i)
            controller.see(10 * i, {seen(0.5, 1.0, 0.5 * i)});
        QCOMPARE(controller.progress[0].phase, std::string("cooled"));
        QCOMPARE(controller.progress[0].bestStep, 10);
        QCOMPARE(controller.factor(0), 0.1);
        QVERIFY(controller.allDone());
    }

    void aFallingLossKeepsPatienceWhileTheScoreStandsStill()
    {
        StopController controller(1, 3);
        double loss = 2;
        for (int i = 1; i <= 10; ++i, loss *= 0.9)
            controller.see(10 * i, {seen(0.0, loss, i)});
        QCOMPARE(controller.progress[0].phase, std::string("active"));
    }

    void aCooledTaskThatForgetsIsTakenUpAgain()
    {
        StopController controller(1, 3);
        for (int i = 1; i <= 4; ++i)
            controller.see(10 * i, {seen(0.8, 1.0, i)});
        QCOMPARE(controller.progress[0].phase, std::string("cooled"));
        controller.see(50, {seen(0.7, 1.2, 5)});
        QCOMPARE(controller.progress[0].phase, std::string("active"));
    }

    void aTaskOfSmallShareIsNotCooledBeforeAWholePassWithoutAGain()
    {
        StopController controller(1, 2);
        double epochs = 1.2;
        controller.see(1, {seen(0.5, 1, epochs)});
        for (std::int64_t step = 2; step <= 4; ++step)
            controller.see(step, {seen(0.4, 2, epochs += 0.3)});
        QCOMPARE(controller.progress.front().phase, std::string("active"));
        controller.see(5, {seen(0.4, 2, epochs += 0.3)});
        QCOMPARE(controller.progress.front().phase, std::string("cooled"));
    }

    void nothingIsCooledBeforeItsFirstEpoch()
    {
        StopController controller(1, 3);
        for (int i = 1; i <= 6; ++i)
            controller.see(i, {seen(0.5, 1.0, 0.1 * i)});
        QCOMPARE(controller.progress[0].phase, std::string("active"));
    }

    void theCapOfEpochsEndsATask()
    {
        StopController controller(1, 3);
        controller.progress[0].cap = 2;
        controller.countEpochs(0, 1.9);
        QCOMPARE(controller.factor(0), 1.0);
        controller.countEpochs(0, 2.0);
        QCOMPARE(controller.factor(0), 0.0);
    }

    void theCheckpointOfLeastRegretIsChosenNotTheBestMean()
    {
        StopController controller(2, 3);
        // The mean is best at step 3, where a small task has fallen far below its own best.
        controller.see(1, {seen(0.60, 1, 1), seen(0.80, 1, 1)});
        controller.see(2, {seen(0.70, 1, 2), seen(0.79, 1, 2)});
        controller.see(3, {seen(0.90, 1, 3), seen(0.60, 1, 3)});
        QCOMPARE(controller.leastRegret({1, 2, 3}), 3);  // 10 SE against 15: regret, not the mean, decides
        controller.see(4, {seen(0.88, 1, 4), seen(0.80, 1, 4)});
        QCOMPARE(controller.leastRegret({1, 2, 3, 4}), 4);
    }

    void helpingTasksAreAllKept()
    {
        AffinityEvidence made = evidence(5, 0.1, 0.02);
        fillCells(made);
        QCOMPARE(excluded(suggest(made, {})), 0);
    }

    void aTaskThatHarmsTheOthersIsProposedWithItsRule()
    {
        AffinityEvidence made = evidence(6, 0.1, 0.01);
        harm(made, 2, -0.05);
        fillCells(made);
        const auto suggestions = suggest(made, {});
        QCOMPARE(excluded(suggestions), 1);
        const auto found = std::find_if(suggestions.begin(), suggestions.end(), [](const Suggestion& one) { return one.task == TaskId{3}; });
        QCOMPARE(found->suggest, Verb::Exclude);
        QCOMPARE(found->rule, std::string("harms_others"));
        QVERIFY(found->reason.find('%') != std::string::npos);
    }

    void nothingIsReadFromStepsThatDoNotHelpTheirOwnTask()
    {
        AffinityEvidence made = evidence(6, -0.02, 0.01);
        harm(made, 2, -0.05);
        fillCells(made);
        const auto suggestions = suggest(made, {});
        QCOMPARE(excluded(suggestions), 0);
        QVERIFY(suggestions[2].rule.empty());
        QVERIFY(suggestions[2].reason.find("Measure again") != std::string::npos);
    }

    void theOrderOfTheTasksDoesNotMatter()
    {
        AffinityEvidence made = evidence(6, 0.1, 0.01);
        harm(made, 2, -0.05);
        fillCells(made);
        AffinityEvidence turned = evidence(6, 0.1, 0.01);
        harm(turned, 5, -0.05);
        std::rotate(turned.tasks.begin(), turned.tasks.begin() + 3, turned.tasks.end());  // the sixth is task 3 now
        fillCells(turned);
        for (const Suggestion& one : suggest(made, {}))
            for (const Suggestion& other : suggest(turned, {}))
                if (one.task == other.task)
                    QCOMPARE(one.suggest, other.suggest);
    }

    void aTaskThatItsOwnModelDidNotLearnIsProposed()
    {
        AffinityEvidence made = evidence(4, 0.1, 0.001);
        fillCells(made);
        const auto suggestions = suggest(made, {{TaskId{1}, {0.34, 0.02, 0.33}}, {TaskId{2}, {0.9, 0.02, 0.33}}});
        QCOMPARE(excluded(suggestions), 1);
        QCOMPARE(suggestions.front().rule, std::string("unlearnable"));
    }

    void aTaskThatTheOthersTeachIsKeptThoughItsOwnModelLearnedNothing()
    {
        AffinityEvidence made = evidence(4, 0.1, 0.02);
        fillCells(made);
        const auto suggestions = suggest(made, {{TaskId{1}, {0.34, 0.02, 0.33}}});
        QCOMPARE(excluded(suggestions), 0);
        QVERIFY(suggestions.front().reason.find("Alone it learned nothing") != std::string::npos);
    }

    void atMostAThirdIsProposed()
    {
        AffinityEvidence made = evidence(6, 0.1, -0.05);
        fillCells(made);
        QVERIFY(excluded(suggest(made, {})) <= 2);
    }
};

QTEST_APPLESS_MAIN(StoppingTest)
#include "tst_stopping.moc"
