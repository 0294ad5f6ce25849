#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <vector>

namespace taskfold::jobs {

/// Freezes the plan in the database and queues its runs: stage 0, baselines of kept and excluded tasks, stages 2 and 3, for
/// each seed. A plan that was queued before keeps its runs. InvalidInput with every blocking finding.
Result<PlanId> queuePlan(const Project& project, const Plan& plan, const JobContext& context);

/// Trains the plan's queued runs one after another on the calling thread. A stop ends the one that runs after its step and
/// keeps it; the rest stays queued, and the answer is Cancelled. The first failure ends the queue with its error.
Result<void> runQueue(const Project& project, PlanId plan, const JobContext& context);

/// Takes up a run that was stopped, interrupted or failed, and then the rest of its plan's queue.
Result<void> resumeRun(const Project& project, RunId run, const JobContext& context);

/// Asks whichever program trains it to stop after its step and keep what it has.
Result<void> stopRun(const Project& project, RunId run);

/// Forgets a run that isn't running, with its checkpoints.
Result<void> deleteRun(const Project& project, RunId run);

/// The folder of the model that a run starts from; what of its parents was skipped is passed over.
Result<std::filesystem::path> startOf(const Project& project, const Run& run, const JobContext& context);

Result<Plan> planOf(const Project& project, PlanId plan);

}  // namespace taskfold::jobs
