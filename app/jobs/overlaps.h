#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"

#include <cstdint>
#include <string>
#include <vector>

namespace taskfold::jobs {

/// Shared inputs of two splits: by how many rows of the first stand in the second, how many of those have another
/// target there, and how many rows are nearly the same as one there, equal ones included.
struct OverlapCell {
    std::string task, split, otherTask, otherSplit;
    std::int64_t shared = 0, otherTarget = 0, near = 0;
};

/// Every pair of splits that share an input, exactly or (when asked) nearly. Of any number of rows in bounded memory.
Result<std::vector<OverlapCell>> overlapsOf(const Project& project, bool near, const JobContext& context);

}  // namespace taskfold::jobs
