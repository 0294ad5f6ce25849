#pragma once

#include "app/jobs/project.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Held while a job names files of rows that the database doesn't know yet. Goes with the process, however it ends.
class RowsLock {
public:
    /// Waits for nobody: any number of jobs may hold it.
    explicit RowsLock(const Project& project);
    ~RowsLock();
    RowsLock(const RowsLock&) = delete;
    RowsLock& operator=(const RowsLock&) = delete;

private:
    int m_handle = -1;
};

/// Deletes files of rows that no version or corpus refers to, unless a job is just naming some: what an import left that
/// was killed between naming and writing down, and what removed tasks leave.
Result<void> sweepRows(const Project& project, SQLite::Database& database);

}  // namespace taskfold::jobs
