#include "app/jobs/budget.h"

#include "engine/stats/samplers.h"

#include <algorithm>
#include <cmath>

namespace taskfold::jobs {

namespace {

constexpr double kLeastEpochs = 0.5;  // of stage 3: replay against forgetting

std::int64_t stepsOf(double rows, int batch)
{
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(rows / batch)));
}

}  // namespace

std::vector<TaskNeed> among(const std::vector<TaskNeed>& needs, TaskSet set)
{
    std::vector<TaskNeed> chosen;
    std::copy_if(needs.begin(), needs.end(), std::back_inserter(chosen),
        [=](const TaskNeed& need) { return set == TaskSet::All || need.high == (set == TaskSet::High); });
    return chosen;
}

std::int64_t evaluationGap(const Plan& plan, std::int64_t steps)
{
    return std::max<std::int64_t>(std::max(1, plan.minEvaluationGap), steps / std::max(1, plan.evaluations));
}

std::int64_t baselineSteps(const Plan& plan, double rows)
{
    return stepsOf(plan.epochsCap * rows, plan.batch);
}

StageBudget stage2Budget(const Plan& plan, const std::vector<TaskNeed>& high)
{
    StageBudget budget;
    double all = 0;
    for (const TaskNeed& task : high)
        all += std::max(0.0, task.bestEpoch - 1) * task.rows;
    if (high.empty() || all <= 0) {
        budget.skipped = high.empty() ? "there is no task for it"
                                      : "every task of it is at its best within one epoch: stage 3 has that";
        return budget;
    }
    for (const TaskNeed& task : high) {
        const double share = std::max(0.0, task.bestEpoch - 1) * task.rows / all;
        budget.mixing.push_back({share, share, task.seen, plan.epochsCap, true});
    }
    budget.steps = stepsOf(all, plan.batch);
    return budget;
}

StageBudget stage3Budget(const Plan& plan, const std::vector<TaskNeed>& kept)
{
    StageBudget budget;
    std::vector<double> rows, epochs;
    double all = 0;
    for (const TaskNeed& task : kept) {
        const double left = task.bestEpoch - task.seen;
        rows.push_back(task.rows);
        epochs.push_back(task.seen > 0 ? std::max(kLeastEpochs, left) : std::max(kLeastEpochs, task.bestEpoch));
        all += rows.back() * epochs.back();
    }
    if (kept.empty() || all <= 0) {
        budget.skipped = "no task is kept";
        return budget;
    }
    budget.steps = stepsOf(all, plan.batch);
    const stats::Shares shares = stats::shares(plan.sampler, plan.samplerParameter, plan.samplerSecond, rows, epochs,
        static_cast<double>(budget.steps) * plan.batch);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        // What is left after stage 2 may be less than the cap leaves: half an epoch is always allowed.
        const double cap = std::max(plan.epochsCap, kept[i].seen + kLeastEpochs);
        budget.mixing.push_back({shares.atStart[i], shares.atEnd[i], kept[i].seen, cap, true});
    }
    return budget;
}

std::vector<double> epochsOf(const StageBudget& budget, const Plan& plan, const std::vector<TaskNeed>& tasks)
{
    stats::Shares shares;
    std::vector<double> rows;
    for (std::size_t i = 0; i < budget.mixing.size(); ++i) {
        shares.atStart.push_back(budget.mixing[i].share);
        shares.atEnd.push_back(budget.mixing[i].shareAtEnd);
        rows.push_back(tasks[i].rows);
    }
    return stats::expectedEpochs(shares, rows, static_cast<double>(budget.steps) * plan.batch);
}

}  // namespace taskfold::jobs
