#pragma once

#include "app/jobs/project.h"
#include "engine/core/id.h"
#include "engine/core/task.h"
#include "engine/data/nearrows.h"
#include "engine/data/rowstore.h"
#include "engine/jobs/job.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// The newest rows of a task's split.
struct SplitRows {
    std::string task;
    Split split = Split::Train;
    VersionId version;
    data::RowFile rows;

    /// "banking77/test line 12"
    std::string placeOf(std::int64_t line) const;
};

Result<std::vector<SplitRows>> openSplits(const Project& project, SQLite::Database& database);

/// Rows of several splits one behind another. The splits must outlive it.
class JoinedRows {
public:
    void add(const SplitRows& split);
    std::int64_t size() const { return m_count; }
    /// The split, and the row in it.
    std::pair<const SplitRows*, std::int64_t> at(std::int64_t i) const;

    /// For each row behind the first `references` ones (0: for each) the nearest that it was held against.
    Result<void> eachNear(std::int64_t references, const std::filesystem::path& scratch,
        const std::function<Result<void>(const data::NearPair&)>& told, const JobContext& context) const;

private:
    std::vector<std::int64_t> m_starts;
    std::vector<const SplitRows*> m_splits;
    std::int64_t m_count = 0;
};

}  // namespace taskfold::jobs
