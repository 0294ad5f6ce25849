#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"

#include <vector>

namespace SQLite {
class Database;
}

/// Which trainings share a pass over their base.
namespace taskfold::jobs {

/// How many adapters are trained in one pass by this plan: what it says, else as many as make a pass of a good size; 1 where it
/// can't be done.
int mostTogether(const Plan& plan);

/// Takes the queued baselines of the run's plan that can share its pass; answers them behind the run, which this process has
/// taken already.
Result<std::vector<Run>> takeCompanions(const Project& project, SQLite::Database& database, const Run& run);

/// Takes those that were trained with a run and stand as it stood before it was taken up again.
Result<std::vector<Run>> takeFormerCompanions(
    const Project& project, SQLite::Database& database, const Run& run, RunStatus stood);

}  // namespace taskfold::jobs
