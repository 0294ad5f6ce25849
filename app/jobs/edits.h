#pragma once

#include "app/jobs/project.h"
#include "engine/core/task.h"
#include "engine/jobs/job.h"

#include <string>
#include <vector>

namespace taskfold::jobs {

/// "field=value" for owner, margin, metric, instruction, traffic, suite and deployed_score; all or none.
Result<Task> editTask(const Project& project, const std::string& task, const std::vector<std::string>& assignments);

Result<void> putTask(const Project& project, const Task& task);

/// With everything that is its own; other tasks' masks are found anew.
Result<void> removeTask(const Project& project, const std::string& task, const JobContext& context);

}  // namespace taskfold::jobs
