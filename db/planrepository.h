#pragma once

#include "engine/core/id.h"
#include "engine/core/result.h"

#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

struct StoredPlan {
    PlanId id;
    std::string name;
    std::string hash;
    std::string body;  // JSON
    std::string created;
};

/// Plans as the text that was frozen: app/jobs reads and writes it.
class PlanRepository {
public:
    explicit PlanRepository(SQLite::Database& database) : m_database(database) { }

    /// The plan of that hash, added if there is none yet.
    Result<PlanId> put(const StoredPlan& plan);
    Result<StoredPlan> byId(PlanId id) const;
    Result<std::vector<StoredPlan>> all() const;  // newest first

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
