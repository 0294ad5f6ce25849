#pragma once

#include "engine/core/result.h"
#include "engine/core/task.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class TaskRepository {
public:
    explicit TaskRepository(SQLite::Database& database) : m_database(database) { }

    /// All tasks, by name.
    Result<std::vector<Task>> all() const;
    Result<Task> byName(const std::string& name) const;  // NotFound
    Result<Task> byId(TaskId id) const;

    /// Adds it, or changes the task of that name; its id is in the answer.
    Result<TaskId> put(const Task& task);

    /// With its versions, decisions, runs of its own, predictions and scores.
    Result<void> remove(TaskId id);

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
