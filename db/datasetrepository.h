#pragma once

#include "engine/core/dataset.h"
#include "engine/core/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// Versions of tasks' splits, their issues and masks, and how many tokens they have.
class DatasetRepository {
public:
    explicit DatasetRepository(SQLite::Database& database) : m_database(database) { }

    /// Adds the version with the counts of its issues, in the caller's transaction or in one of its own. The issues
    /// themselves lie in the file that it names; `issues` are kept here, for versions without one.
    Result<VersionId> add(const DatasetVersion& version, std::span<const RowIssue> issues = {});

    /// The newest version of every split of a task.
    Result<std::map<Split, DatasetVersion>> newest(TaskId task) const;
    Result<std::vector<DatasetVersion>> history(TaskId task) const;

    /// Issues that are kept here (see add), by line, those of one reason only if one is given.
    Result<std::vector<RowIssue>> issues(VersionId version, std::optional<Reason> reason, std::int64_t offset,
        std::int64_t limit) const;

    /// Puts these masks in place of the version's: line of the row to the place of its twin.
    Result<void> setMasks(VersionId version, const std::map<std::int64_t, std::string>& masks);
    Result<std::map<std::int64_t, std::string>> masks(VersionId version) const;
    /// Of one row; none: it isn't masked.
    Result<std::optional<std::string>> mask(VersionId version, std::int64_t line) const;
    Result<std::int64_t> maskCount(VersionId version) const;

    Result<void> setTokens(const std::string& hash, const std::string& base, std::int64_t tokens);
    Result<std::optional<std::int64_t>> tokens(const std::string& hash, const std::string& base) const;

    /// Every rows file that a version or corpus refers to, and every file of issues.
    Result<std::vector<std::string>> hashesInUse() const;
    Result<std::vector<std::string>> issueHashesInUse() const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
