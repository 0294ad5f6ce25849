#pragma once

#include "app/jobs/project.h"
#include "engine/core/metric.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <vector>

namespace taskfold::jobs {

/// Answers to every row of a split and the scores they come to, stored: of the run's own task for a baseline, else of the
/// plan's kept tasks. Label tasks by choice among their labels, others by greedy generation.
Result<std::vector<Score>> evaluateRun(const Project& project, RunId run, Split split, const JobContext& context);

/// The same for every completed baseline and stage 3 that has no scores on the split yet.
Result<std::vector<Score>> evaluateAll(const Project& project, Split split, const JobContext& context);

/// The named runs, those that have a model and no scores on the test split yet.
Result<void> evaluateMissing(const Project& project, const std::vector<RunId>& runs, const JobContext& context);

}  // namespace taskfold::jobs
