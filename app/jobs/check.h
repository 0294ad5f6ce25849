#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"

#include <string>
#include <vector>

namespace taskfold::jobs {

struct Problem {
    std::string where;
    std::string what;
};

/// Looks through the whole project: the database, every file of rows against its hash, every run's model against its, base
/// models, and files that belong to nobody. Changes nothing.
Result<std::vector<Problem>> checkProject(const Project& project, const JobContext& context);

}  // namespace taskfold::jobs
