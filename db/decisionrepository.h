#pragma once

#include "engine/core/affinity.h"
#include "engine/core/result.h"

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

/// Evidence of the filter, and what was decided from it. Decisions are never changed: undo adds the one before again.
class DecisionRepository {
public:
    explicit DecisionRepository(SQLite::Database& database) : m_database(database) { }

    Result<DecisionId> add(const Decision& decision);
    /// All decisions, oldest first.
    Result<std::vector<Decision>> history() const;
    /// The one that counts, of each task that has any.
    Result<std::map<TaskId, Decision>> current() const;

    Result<void> putEvidence(const AffinityEvidence& evidence);
    Result<std::optional<AffinityEvidence>> newestEvidence() const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
