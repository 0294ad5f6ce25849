#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/core/plan.h"

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::data {
class HeldOutTexts;
}

namespace taskfold::jobs {

/// A task and the newest version of each of its splits.
struct TaskVersions {
    Task task;
    std::map<Split, DatasetVersion> splits;
    std::int64_t masked = 0;  // rows of the training split that may not be trained on

    std::int64_t trainable() const;
};

Result<std::vector<TaskVersions>> versionsOf(SQLite::Database& database);

/// "task/split", as plans name data.
std::string dataKey(const std::string& task, Split split);

/// What names the masked rows of a training split: the hash of their line numbers.
Result<std::string> maskHash(SQLite::Database& database, const DatasetVersion& train);

/// Inputs of every task's validation and test splits, to be found in documents.
Result<std::unique_ptr<data::HeldOutTexts>> heldOutTexts(
    const Project& project, SQLite::Database& database, const std::stop_token& stop);

/// What a plan froze of one task; NotFound or InvalidInput where the data isn't what it was.
Result<TaskVersions> frozenTask(SQLite::Database& database, const Plan& plan, const std::string& name);

}  // namespace taskfold::jobs
