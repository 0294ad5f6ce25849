#pragma once

#include "engine/core/id.h"
#include "engine/core/result.h"
#include "engine/core/task.h"

#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// What was promised before anybody saw a test score of these rows: nobody can choose a margin that fits the result.
struct Terms {
    TaskId task;
    std::string dataHash;  // of the test rows
    MetricKind metric = MetricKind::Accuracy;
    double margin = 0.01;
    std::string rule;  // how checkpoints are chosen
    std::string fixed;  // when
};

/// One time that a run answered test rows.
struct TestRead {
    RunId run;
    TaskId task;
    std::string dataHash;
    std::string promptHash;  // of the instruction and the prompt's form at that time
    std::int64_t rows = 0;
    std::string when;
};

/// Promises and the reading of test rows.
class TermsRepository {
public:
    explicit TermsRepository(SQLite::Database& database) : m_database(database) { }

    /// Fixes them for these test rows, unless they are fixed; answers those that count.
    Result<Terms> fix(const Terms& terms);
    Result<std::optional<Terms>> find(TaskId task, const std::string& dataHash) const;

    Result<void> addRead(const TestRead& read);
    /// How often a run answered the test rows of a task.
    Result<int> reads(RunId run, TaskId task) const;
    Result<std::optional<TestRead>> lastRead(RunId run, TaskId task) const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
