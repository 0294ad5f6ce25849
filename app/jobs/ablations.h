#pragma once

#include "app/jobs/project.h"
#include "engine/core/ablation.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

/// Ready plans that leave one thing out or change it, and the table of what that costs (method.md 8 and 9).
namespace taskfold::jobs {

struct Ablation {
    std::string name, what;
};

/// Names that `ablate` knows: no-filter, no-stage0, no-stage2, stage3-low, reversed, each sampler, uncertainty, pcgrad.
const std::vector<Ablation>& allAblations();

/// Changes the plan, names it and what it is set against: the plan as it was before its first ablation, at equal target tokens.
/// InvalidInput where the plan is without it already.
Result<void> ablate(Plan& plan, const std::string& name);

/// Those that would change this plan.
std::vector<std::string> ablationsOf(const Plan& plan);

/// The plan and its ablations, each as a queue of runs behind the one before. Answers their plans, the reference first.
Result<std::vector<PlanId>> queueAblations(
    const Project& project, const Plan& plan, const std::vector<std::string>& names, const JobContext& context);

/// Target tokens of the completed stages 2 and 3 of the plan of that hash; 0 where its last stage isn't trained.
Result<std::int64_t> tokensOfStages(SQLite::Database& database, const std::string& planHash, std::uint64_t seed);

/// The reference of the newest ablation (or the plan that is named) and all its ablations. Reads test scores that are there;
/// computes intervals, not answers.
Result<AblationTable> ablationTable(const Project& project, PlanId reference, const JobContext& context);

}  // namespace taskfold::jobs
