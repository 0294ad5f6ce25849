#pragma once

#include "engine/core/dataset.h"
#include "engine/core/lineset.h"
#include "engine/core/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// A row that may not be trained on: its line, and the place of its twin.
struct Mask {
    std::int64_t line = 0;
    std::string twin;

    bool operator==(const Mask&) const = default;
};

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

    /// Puts the masks that `next` gives, until it gives none, in place of the version's. They may be millions.
    Result<void> setMasks(VersionId version, const std::function<Result<std::optional<Mask>>()>& next);
    /// By line, so many from the one of that number on.
    Result<std::vector<Mask>> masks(VersionId version, std::int64_t offset, std::int64_t limit) const;
    Result<LineSet> maskedLines(VersionId version) const;
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
