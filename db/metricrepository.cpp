#include "db/metricrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>

namespace taskfold::db {

Result<void> MetricRepository::append(RunId run, std::span<const MetricPoint> points)
{
    return guarded("saving metrics", [&]() -> Result<void> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT OR REPLACE INTO metric (run_id, task_id, name, step, value) VALUES (?, ?, ?, ?, ?)");
        for (const MetricPoint& point : points) {
            SQLite::bind(insert, run.value, point.task.value, point.name, point.step, point.value);
            insert.exec();
            insert.reset();
        }
        write.commit();
        return {};
    });
}

Result<std::vector<MetricPoint>> MetricRepository::curve(
    RunId run, TaskId task, const std::string& name, std::int64_t after) const
{
    return guarded("reading metrics", [&]() -> Result<std::vector<MetricPoint>> {
        SQLite::Statement query(m_database,
            "SELECT step, value FROM metric WHERE run_id = ? AND task_id = ? AND name = ? AND step > ? "
            "ORDER BY step");
        SQLite::bind(query, run.value, task.value, name, after);
        std::vector<MetricPoint> points;
        while (query.executeStep())
            points.push_back({task, query.getColumn(0).getInt64(), name, query.getColumn(1).getDouble()});
        return points;
    });
}

Result<std::vector<MetricPoint>> MetricRepository::since(
    RunId run, std::int64_t after, const std::vector<std::string>& names) const
{
    return guarded("reading metrics", [&]() -> Result<std::vector<MetricPoint>> {
        SQLite::Statement query(m_database,
            "SELECT task_id, step, name, value FROM metric WHERE run_id = ? AND step > ? ORDER BY step");
        SQLite::bind(query, run.value, after);
        std::vector<MetricPoint> points;
        while (query.executeStep()) {
            MetricPoint point{TaskId{query.getColumn(0).getInt64()}, query.getColumn(1).getInt64(),
                query.getColumn(2).getString(), query.getColumn(3).getDouble()};
            if (names.empty() || std::find(names.begin(), names.end(), point.name) != names.end())
                points.push_back(std::move(point));
        }
        return points;
    });
}

Result<void> MetricRepository::truncate(RunId run, std::int64_t after)
{
    return guarded("resuming metrics", [&]() -> Result<void> {
        SQLite::Statement statement(m_database, "DELETE FROM metric WHERE run_id = ? AND step > ?");
        SQLite::bind(statement, run.value, after);
        statement.exec();
        return {};
    });
}

}  // namespace taskfold::db
