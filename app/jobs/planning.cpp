#include "app/jobs/planning.h"

#include "app/jobs/baselines.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/volumes.h"
#include "db/baserepository.h"
#include "db/decisionrepository.h"
#include "db/runrepository.h"
#include "engine/core/clock.h"
#include "engine/stats/highresource.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

constexpr double kSmallModel = 30e6;  // parameters, below which the rates for small models hold (method.md 7.2)

double capped(double rows, std::int64_t cap)
{
    return cap > 0 ? std::min(rows, static_cast<double>(cap)) : rows;
}

// Best epoch of a task by the baseline that serves this plan and seed, else by any on the same base.
Result<std::optional<double>> bestEpoch(SQLite::Database& database, const Baselines& baselines, const Plan& plan,
    const std::string& name, TaskId id, std::uint64_t seed)
{
    std::optional<Run> run = baselines.find(plan, name, id, seed);
    if (!run)
        run = baselines.onBase(plan.base, id);
    if (!run)
        return std::optional<double>{};
    const Result<std::vector<RunTask>> tasks = db::RunRepository(database).tasks(run->id);
    if (!tasks)
        return tasks.error();
    for (const RunTask& task : *tasks)
        if (task.task == id && task.bestEpoch > 0)
            return std::optional(task.bestEpoch);
    return std::optional<double>{};
}

}  // namespace

Result<std::vector<TaskNeed>> needsOf(SQLite::Database& database, const Plan& plan,
    const std::vector<std::string>& names, std::uint64_t seed)
{
    const Result<Baselines> baselines = Baselines::of(database);
    if (!baselines)
        return baselines.error();
    std::vector<TaskNeed> needs;
    for (const std::string& name : names) {
        const Result<TaskVersions> task = frozenTask(database, plan, name);
        if (!task)
            return task.error();
        TaskNeed need;
        need.task = task->task.id;
        need.name = name;
        need.rows = capped(static_cast<double>(task->trainable()), plan.trainRowsCap);
        const auto best = bestEpoch(database, *baselines, plan, name, need.task, seed);
        if (!best)
            return best.error();
        need.known = best->has_value();
        need.bestEpoch = std::min(plan.epochsCap, best->value_or(need.rows > 50000 ? 1 : plan.epochsDefault));
        needs.push_back(need);
    }
    return needs;
}

std::string markHighResource(const Plan& plan, std::vector<TaskNeed>& needs, double& threshold)
{
    threshold = 0;
    if (!plan.highResource.empty()) {
        for (TaskNeed& need : needs)
            need.high = std::find(plan.highResource.begin(), plan.highResource.end(), need.name) != plan.highResource.end();
        return {};
    }
    std::vector<double> rows, epochs;
    for (const TaskNeed& need : needs) {
        rows.push_back(std::max(1.0, need.rows));
        epochs.push_back(need.bestEpoch);
    }
    const stats::HighResource high = stats::highResource(plan.rule, plan.ruleParameter, rows, epochs);
    threshold = high.threshold;
    for (std::size_t i = 0; i < needs.size(); ++i)
        needs[i].high = high.skipped.empty() && high.chosen[i];
    return high.skipped;
}

Result<void> freezeData(SQLite::Database& database, Plan& plan)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    plan.dataHashes.clear();
    plan.masks.clear();
    for (const TaskVersions& task : *tasks) {
        const bool kept = std::find(plan.kept.begin(), plan.kept.end(), task.task.name) != plan.kept.end();
        const bool excluded = std::find(plan.excluded.begin(), plan.excluded.end(), task.task.name) != plan.excluded.end();
        if (!kept && !excluded)
            continue;
        for (const auto& [split, version] : task.splits)
            plan.dataHashes[dataKey(task.task.name, split)] = version.hash;
        if (const auto train = task.splits.find(Split::Train); train != task.splits.end()) {
            Result<std::string> masks = maskHash(database, train->second);
            if (!masks)
                return std::move(masks).error();
            plan.masks[task.task.name] = *std::move(masks);
        }
    }
    return {};
}

void takeUsualRates(Plan& plan, double parameters)
{
    const Plan usual;
    const bool small = parameters <= kSmallModel;
    plan.learningRate = small ? usual.learningRate
                              : std::map<std::string, double>{{"baseline", 2e-5}, {"stage0", 5e-5}, {"stage2", 2e-5}, {"stage3", 1e-5}};
    plan.epochsCap = small ? usual.epochsCap : 5;
    if (plan.method == Method::Lora)
        for (auto& [stage, rate] : plan.learningRate)
            rate = stage == "stage0" ? rate : 10 * rate;  // stage 0 trains the whole model
}

Result<Plan> draftPlan(const Project& project, const std::string& base, Method method)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const auto decisions = db::DecisionRepository(**connection).current();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!decisions || !tasks)
        return decisions ? tasks.error() : decisions.error();
    Plan plan;
    plan.name = "plan";
    plan.method = method;
    for (const TaskVersions& task : *tasks) {
        const auto decision = decisions->find(task.task.id);
        const bool out = decision != decisions->end() && decision->second.verb == Verb::Exclude;
        (out ? plan.excluded : plan.kept).push_back(task.task.name);
    }
    if (base.empty()) {
        const Result<std::string> usual = usualBase(project);
        plan.base = usual && !usual->empty() ? *usual : "tiny";
    } else {
        plan.base = base;
    }
    double parameters = 0;
    if (plan.base != "tiny") {
        const Result<BaseModel> model = db::BaseRepository(**connection).byName(plan.base);
        if (!model)
            return model.error();
        parameters = static_cast<double>(model->parameters);
        plan.context = std::min(512, model->context);
    }
    takeUsualRates(plan, parameters);
    if (Result<void> frozen = freezeData(**connection, plan); !frozen)
        return std::move(frozen).error();
    plan.created = nowUtc();
    return plan;
}

}  // namespace taskfold::jobs
