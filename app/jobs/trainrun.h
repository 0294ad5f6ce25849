#pragma once

#include "app/jobs/project.h"
#include "engine/core/run.h"
#include "engine/jobs/job.h"

namespace taskfold::jobs {

enum class Start { Fresh, Resumed };

/// Trains one run that this process has taken, and writes what it came to. Cancelled when it was stopped and kept.
Result<void> trainRun(const Project& project, const Run& run, Start start, const JobContext& context);

std::filesystem::path runFolder(const Project& project, RunId run);

}  // namespace taskfold::jobs
