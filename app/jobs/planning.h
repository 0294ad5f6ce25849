#pragma once

#include "app/jobs/budget.h"
#include "app/jobs/project.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <map>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// A plan with good defaults for what the project holds: all tasks that aren't excluded, the rows as they are now, the
/// learning rates for the size of the base model and the method.
Result<Plan> draftPlan(const Project& project, const std::string& base, Method method = Method::Full);

/// Learning rates and most epochs for a base of so many parameters and the plan's method (method.md 7.2; adapters learn
/// at ten times the rate).
void takeUsualRates(Plan& plan, double parameters);

/// Freezes the newest rows and masks of the plan's tasks into it.
Result<void> freezeData(SQLite::Database& database, Plan& plan);

/// What the plan would come to. Computes nothing with tensors.
Result<PlanPreview> previewPlan(const Project& project, const Plan& plan);

/// The tasks' rows and best epochs as they are known for this plan, of one seed.
Result<std::vector<TaskNeed>> needsOf(SQLite::Database& database, const Plan& plan,
    const std::vector<std::string>& names, std::uint64_t seed);

/// Marks the high-resource tasks by the plan's rule; answers why there is no stage 2, or nothing.
std::string markHighResource(const Plan& plan, std::vector<TaskNeed>& needs, double& threshold);

}  // namespace taskfold::jobs
