#pragma once

#include "app/jobs/importdata.h"
#include "engine/data/intake.h"
#include "engine/data/sources.h"

namespace taskfold::jobs {

/// One task's files, from all sources that name it, and how each is read.
struct TaskFiles {
    struct One {
        data::SourceOf file;
        const ImportSource* source = nullptr;
    };

    std::string name;
    std::filesystem::path taskFile;  // task.json; empty: none
    std::vector<One> files;
};

/// The request's files by task, in an order that doesn't depend on the request's. NotFound or InvalidInput.
Result<std::vector<TaskFiles>> filesByTask(const ImportRequest& request);

/// A task's splits, read, checked and written to files without names.
struct ReadyTask {
    Task task;
    bool exists = false;
    std::map<Split, data::ReadySplit> splits;
};

Result<ReadyTask> readTask(const Project& project, const TaskFiles& files, const std::optional<Task>& existing,
    const ImportRequest& request, ImportOutcome& outcome, const JobContext& context);

/// What is to be said of a version: mapping, labels and how its files were read, to be used again.
std::string settingsText(const data::ReadOptions& used, const ImportSource& source, BadRows badRows);

}  // namespace taskfold::jobs
