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

/// How many threads to train with when the user doesn't say: all cores, or one where the products of a very small model
/// gain nothing from a second, which waits for the first at each of them.
int usualThreads(std::int64_t parameters);

enum class AfterFailure { Stop, GoOn };

/// Trains the plan's queued runs one after another on the calling thread. A stop or pause ends the one that runs after its
/// step and keeps it; the rest stays queued, and the answer is Cancelled. A failure ends the queue with its error, or is
/// told at the end, when all that doesn't start from the failed run is trained.
Result<void> runQueue(
    const Project& project, PlanId plan, const JobContext& context, AfterFailure afterFailure = AfterFailure::Stop);

/// Takes up a run that was stopped, paused, interrupted or failed, and then the rest of its plan's queue.
Result<void> resumeRun(
    const Project& project, RunId run, const JobContext& context, AfterFailure afterFailure = AfterFailure::Stop);

/// Asks whichever program trains it to stop after its step and keep what it has.
Result<void> stopRun(const Project& project, RunId run);

/// The same; the run ends as paused, and so does the queue behind it.
Result<void> pauseRun(const Project& project, RunId run);

/// Stops the run, waits until whoever trains it has let go, and forgets it with its checkpoints.
Result<void> discardRun(const Project& project, RunId run, const JobContext& context);

/// Forgets a run that isn't running, with its checkpoints.
Result<void> deleteRun(const Project& project, RunId run);

/// The folder of the model that a run starts from; what of its parents was skipped is passed over.
Result<std::filesystem::path> startOf(const Project& project, const Run& run, const JobContext& context);

Result<Plan> planOf(const Project& project, PlanId plan);

}  // namespace taskfold::jobs
