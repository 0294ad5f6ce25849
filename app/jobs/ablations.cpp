#include "app/jobs/ablations.h"

#include "app/jobs/planfile.h"
#include "app/jobs/training.h"
#include "db/planrepository.h"
#include "db/runrepository.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

bool trains(const Plan& plan, int stage)
{
    return std::find(plan.stages.begin(), plan.stages.end(), stage) != plan.stages.end();
}

// Whether the plan is without it already, in words; empty where it can be applied.
std::string pointless(const Plan& plan, const std::string& name)
{
    if (name == "no-filter" && plan.excluded.empty())
        return "no task is excluded";
    if (name == "no-stage0" && !trains(plan, 0))
        return "the plan has no stage 0";
    if ((name == "no-stage2" || name == "reversed") && !trains(plan, 2))
        return "the plan has no stage 2";
    if (!trains(plan, 3))
        return "the plan has no stage 3";
    if (name == "stage3-low" && plan.stage3Tasks == TaskSet::Low)
        return "its stage 3 is so";
    if (name == "reversed" && plan.stage2Tasks == TaskSet::Low)
        return "its order is so";
    if (const auto sampler = samplerKindOf(name); sampler && *sampler == plan.sampler)
        return "it is the plan's own sampler";
    if (const auto weighting = weightingOf(name); weighting && *weighting == plan.weighting)
        return "its losses are weighted so";
    return {};
}

void change(Plan& plan, const std::string& name)
{
    if (name == "no-filter") {
        plan.kept.insert(plan.kept.end(), plan.excluded.begin(), plan.excluded.end());
        plan.excluded.clear();
    } else if (name == "no-stage0") {
        std::erase(plan.stages, 0);
    } else if (name == "no-stage2") {
        std::erase(plan.stages, 2);
    } else if (name == "stage3-low") {
        plan.stage3Tasks = TaskSet::Low;
    } else if (name == "reversed") {
        plan.stage2Tasks = TaskSet::Low;
    } else if (const auto sampler = samplerKindOf(name)) {
        plan.sampler = *sampler;
        plan.samplerParameter = plan.samplerSecond = 0;  // its own defaults
    } else if (const auto weighting = weightingOf(name)) {
        plan.weighting = *weighting;
    }
}

}  // namespace

const std::vector<Ablation>& allAblations()
{
    static const std::vector<Ablation> all{
        {"no-filter", "all tasks are kept"},
        {"no-stage0", "no continual pre-training"},
        {"no-stage2", "stage 3 alone"},
        {"stage3-low", "stage 3 on the low-resource tasks only: what is forgotten"},
        {"reversed", "stage 2 on the low-resource tasks: the order reversed"},
        {"instance-balanced", "sampler: by the tasks' rows"},
        {"task-balanced", "sampler: every task alike"},
        {"power", "sampler: by the square root of the tasks' rows"},
        {"temperature", "sampler: by the rows at a temperature"},
        {"proportional-cap", "sampler: by the rows up to a cap"},
        {"progressively-balanced", "sampler: from by the rows to every task alike"},
        {"unimax", "sampler: as even as a cap of epochs allows"},
        {"epoch-matched", "sampler: each task its own number of epochs"},
        {"uncertainty", "losses weighted by learned uncertainty (Kendall et al. 2018)"},
        {"pcgrad", "conflicting gradients projected (Yu et al. 2020)"},
    };
    return all;
}

Result<void> ablate(Plan& plan, const std::string& name)
{
    std::string known;
    for (const Ablation& ablation : allAblations())
        known += (known.empty() ? "" : ", ") + ablation.name;
    if (std::none_of(allAblations().begin(), allAblations().end(), [&](const Ablation& one) { return one.name == name; }))
        return Error{ErrorCode::InvalidInput, "there is no ablation “" + name + "”: choose among " + known};
    if (const std::string why = pointless(plan, name); !why.empty())
        return Error{ErrorCode::InvalidInput, "the ablation “" + name + "” changes nothing: " + why};
    if (plan.reference.empty())
        plan.reference = planHash(plan);
    change(plan, name);
    plan.ablation += (plan.ablation.empty() ? "" : "+") + name;
    plan.name += "-" + name;
    return {};
}

std::vector<std::string> ablationsOf(const Plan& plan)
{
    std::vector<std::string> names;
    for (const Ablation& ablation : allAblations())
        if (pointless(plan, ablation.name).empty())
            names.push_back(ablation.name);
    return names;
}

Result<std::vector<PlanId>> queueAblations(
    const Project& project, const Plan& plan, const std::vector<std::string>& names, const JobContext& context)
{
    std::vector<Plan> plans{plan};
    for (const std::string& name : names) {
        plans.push_back(plan);
        if (Result<void> changed = ablate(plans.back(), name); !changed)
            return std::move(changed).error();
    }
    std::vector<PlanId> queued;
    for (const Plan& one : plans) {
        const Result<PlanId> id = queuePlan(project, one, context);
        if (!id)
            return Error(id.error()).within(one.name);
        queued.push_back(*id);
    }
    return queued;
}

Result<std::int64_t> tokensOfStages(SQLite::Database& database, const std::string& planHash, std::uint64_t seed)
{
    const Result<std::vector<db::StoredPlan>> plans = db::PlanRepository(database).all();
    if (!plans)
        return plans.error();
    const auto plan = std::find_if(plans->begin(), plans->end(), [&](const db::StoredPlan& one) { return one.hash == planHash; });
    if (plan == plans->end())
        return std::int64_t{0};
    const Result<std::vector<Run>> runs = db::RunRepository(database).ofPlan(plan->id);
    if (!runs)
        return runs.error();
    std::int64_t tokens = 0;
    bool whole = false;
    for (const Run& run : *runs) {
        if (run.seed != seed || run.status != RunStatus::Completed)
            continue;
        if (run.kind == RunKind::Stage2 || run.kind == RunKind::Stage3)
            tokens += run.targetTokens;
        whole = whole || run.kind == RunKind::Stage3;
    }
    return whole ? tokens : 0;
}

}  // namespace taskfold::jobs
