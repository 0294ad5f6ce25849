#pragma once

#include "app/jobs/project.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <vector>

namespace taskfold::jobs {

enum class Start { Fresh, Resumed };

/// Trains one run that this process has taken, and writes what it came to. Cancelled when it was stopped and kept.
Result<void> trainRun(const Project& project, const Run& run, Start start, const JobContext& context);

/// The same for several baselines whose adapters are trained in one pass over their base. What the engine can't put into
/// one pass is trained one after another. The error is the first; the others' work is kept all the same.
Result<void> trainRuns(const Project& project, const std::vector<Run>& runs, Start start, const JobContext& context);

/// Those that a run was trained with in one pass, itself too: a resume takes them up together. Itself alone where there were none.
std::vector<RunId> companionsOf(const Project& project, RunId run);

std::filesystem::path runFolder(const Project& project, RunId run);

}  // namespace taskfold::jobs
