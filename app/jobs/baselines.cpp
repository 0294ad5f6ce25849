#include "app/jobs/baselines.h"

#include "app/jobs/planfile.h"
#include "app/jobs/taskdata.h"
#include "db/planrepository.h"
#include "db/runrepository.h"

#include <algorithm>
#include <tuple>

namespace taskfold::jobs {

namespace {

bool startsFromStage0(const Plan& plan)
{
    return std::find(plan.stages.begin(), plan.stages.end(), 0) != plan.stages.end();
}

bool sameData(const Plan& a, const Plan& b, const std::string& task)
{
    const auto at = [](const auto& values, const std::string& key) {
        const auto found = values.find(key);
        return found == values.end() ? std::string{} : found->second;
    };
    if (at(a.masks, task) != at(b.masks, task))
        return false;
    for (const Split split : {Split::Train, Split::Validation, Split::Test})
        if (at(a.dataHashes, dataKey(task, split)) != at(b.dataHashes, dataKey(task, split)))
            return false;
    return true;
}

double baselineRate(const Plan& plan)
{
    const auto rate = plan.learningRate.find("baseline");
    return rate == plan.learningRate.end() ? 0 : rate->second;
}

// Everything that a baseline's weights and scores depend on.
bool sameTraining(const Plan& a, const Plan& b)
{
    const auto settings = [](const Plan& plan) {
        return std::tuple(plan.base, plan.method, plan.device, plan.precision, plan.batch, plan.context, plan.lossMean,
            baselineRate(plan), plan.warmUp, plan.weightDecay, plan.clip, plan.epochsCap, plan.patience);
    };
    const auto watching = [](const Plan& plan) {
        return std::tuple(plan.validationRows, plan.evaluations, plan.minEvaluationGap, plan.trainRowsCap,
            plan.testRowsCap, plan.maxNewTokens);
    };
    return settings(a) == settings(b) && watching(a) == watching(b) && (a.base != "tiny" || a.tiny == b.tiny)
        && (a.method != Method::Lora || a.lora == b.lora) && a.schedule == b.schedule && a.accumulate == b.accumulate
        && !startsFromStage0(a) && !startsFromStage0(b);
}

}  // namespace

Result<Baselines> Baselines::of(SQLite::Database& database)
{
    Baselines found;
    const Result<std::vector<Run>> runs = db::RunRepository(database).all();
    const Result<std::vector<db::StoredPlan>> plans = db::PlanRepository(database).all();
    if (!runs || !plans)
        return runs ? plans.error() : runs.error();
    for (const Run& run : *runs)
        if (run.kind == RunKind::Baseline && run.status == RunStatus::Completed)
            found.m_runs.push_back(run);
    for (const db::StoredPlan& stored : *plans)
        if (Result<Plan> plan = planFrom(stored.body))
            found.m_plans[stored.id] = *std::move(plan);
    return found;
}

std::optional<Run> Baselines::find(
    const Plan& plan, const std::string& name, TaskId task, std::uint64_t seed) const
{
    std::optional<Run> found;
    for (const Run& run : m_runs) {
        if (run.task != task || run.seed != seed)
            continue;
        if (plan.id && run.plan == plan.id)
            return run;
        const auto other = m_plans.find(run.plan);
        if (other != m_plans.end() && sameTraining(plan, other->second) && sameData(plan, other->second, name))
            found = run;
    }
    return found;
}

std::optional<Run> Baselines::onBase(const std::string& base, TaskId task) const
{
    std::optional<Run> found;
    for (const Run& run : m_runs) {
        const auto plan = m_plans.find(run.plan);
        if (run.task == task && plan != m_plans.end() && plan->second.base == base)
            found = run;
    }
    return found;
}

}  // namespace taskfold::jobs
