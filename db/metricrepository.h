#pragma once

#include "engine/core/metric.h"
#include "engine/core/result.h"

#include <span>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

class MetricRepository {
public:
    explicit MetricRepository(SQLite::Database& database) : m_database(database) { }

    /// Adds the points in one transaction; a point that is there already gets the new value.
    Result<void> append(RunId run, std::span<const MetricPoint> points);

    /// The points of one curve that come after a step, by step.
    Result<std::vector<MetricPoint>> curve(
        RunId run, TaskId task, const std::string& name, std::int64_t after = -1) const;

    /// All points of a run that come after a step, by step; of the named curves only if any are named.
    Result<std::vector<MetricPoint>> since(RunId run, std::int64_t after, const std::vector<std::string>& names = {}) const;

    /// Forgets what lies after a step: a resumed run writes it again.
    Result<void> truncate(RunId run, std::int64_t after);

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
