#pragma once

#include "engine/core/plan.h"
#include "engine/core/result.h"
#include "engine/core/run.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Finds single-task models that serve a plan: its own, or those of another plan that were trained from the same base with
/// the same rows and settings. Another sampler or another set of kept tasks is no reason to train them again.
class Baselines {
public:
    /// Reads all runs and plans once.
    static Result<Baselines> of(SQLite::Database& database);

    /// The completed one of a task and seed; of the plan itself first.
    std::optional<Run> find(const Plan& plan, const std::string& name, TaskId task, std::uint64_t seed) const;

    /// The newest one of a task from that base, with whatever settings.
    std::optional<Run> onBase(const std::string& base, TaskId task) const;

private:
    std::vector<Run> m_runs;  // completed baselines
    std::map<PlanId, Plan> m_plans;
};

}  // namespace taskfold::jobs
