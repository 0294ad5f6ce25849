#pragma once

#include "engine/core/comparison.h"
#include "engine/core/overview.h"
#include "engine/core/result.h"

#include <optional>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class ComparisonRepository {
public:
    explicit ComparisonRepository(SQLite::Database& database) : m_database(database) { }

    Result<ComparisonId> add(const Comparison& comparison);
    Result<std::vector<Comparison>> all() const;  // newest first
    Result<std::optional<Comparison>> newest() const;
    Result<Comparison> byId(ComparisonId id) const;  // NotFound
    /// All without their numbers, newest first.
    Result<std::vector<ComparisonLine>> lines() const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
