#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/jobs/job.h"

#include <map>
#include <string>
#include <vector>

namespace taskfold::jobs {

/// A task's labels and the versions of its splits, to be put back.
struct Labelled {
    TaskId task;
    std::vector<std::string> labels;
    std::vector<DatasetVersion> versions;
};

Result<Labelled> labelledNow(const Project& project, TaskId task);

/// Gives rows that have a label of `renamed` the other one, in new versions of the task's splits; the old ones stay, and what
/// an import decided about the rows (duplicates, conflicts) stands. InvalidInput where the task has no labels, or not these.
Result<void> relabel(const Project& project, TaskId task, const std::map<std::string, std::string>& renamed, const JobContext& context);

/// Makes these versions the newest again.
Result<void> putBack(const Project& project, const Labelled& labelled, const JobContext& context);

}  // namespace taskfold::jobs
