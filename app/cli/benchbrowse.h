#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"

#include <string>

namespace taskfold::cli {

/// From here on peakMib() says what was held since, where the system can begin anew.
void newPeak();

/// Pages of a task's training rows, a search and sorts, one JSON line each.
Result<void> browse(const Project& project, const std::string& task, const JobContext& context);

}  // namespace taskfold::cli
