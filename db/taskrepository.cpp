#include "db/taskrepository.h"

#include "db/guard.h"
#include "db/json.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

namespace taskfold::db {

namespace {

constexpr const char* kColumns
    = "SELECT id, name, kind, metric, labels, instruction, owner, traffic, margin, suite, deployed FROM task ";

Task taskOf(SQLite::Statement& query)
{
    Task task;
    task.id.value = query.getColumn(0).getInt64();
    task.name = query.getColumn(1).getString();
    task.kind = taskKindOf(query.getColumn(2).getString()).value_or(TaskKind::Generation);
    task.metric = metricKindOf(query.getColumn(3).getString()).value_or(MetricKind::ExactMatch);
    task.labels = wordsFrom(query.getColumn(4).getString());
    task.instruction = query.getColumn(5).getString();
    task.owner = query.getColumn(6).getString();
    task.trafficShare = query.getColumn(7).getDouble();
    task.margin = query.getColumn(8).getDouble();
    task.suite = query.getColumn(9).getString();
    if (!query.getColumn(10).isNull())
        task.deployedScore = query.getColumn(10).getDouble();
    return task;
}

}  // namespace

Result<std::vector<Task>> TaskRepository::all() const
{
    return guarded("reading the tasks", [&]() -> Result<std::vector<Task>> {
        SQLite::Statement query(m_database, std::string(kColumns) + "ORDER BY name");
        std::vector<Task> tasks;
        while (query.executeStep())
            tasks.push_back(taskOf(query));
        return tasks;
    });
}

Result<Task> TaskRepository::byName(const std::string& name) const
{
    return guarded("reading a task", [&]() -> Result<Task> {
        SQLite::Statement query(m_database, std::string(kColumns) + "WHERE name = ?");
        SQLite::bind(query, name);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no task named " + name};
        return taskOf(query);
    });
}

Result<Task> TaskRepository::byId(TaskId id) const
{
    return guarded("reading a task", [&]() -> Result<Task> {
        SQLite::Statement query(m_database, std::string(kColumns) + "WHERE id = ?");
        SQLite::bind(query, id.value);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no task " + std::to_string(id.value)};
        return taskOf(query);
    });
}

Result<TaskId> TaskRepository::put(const Task& task)
{
    return guarded("saving task " + task.name, [&]() -> Result<TaskId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO task (name, kind, metric, labels, instruction, owner, traffic, margin, suite, deployed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, "
            "metric = excluded.metric, labels = excluded.labels, instruction = excluded.instruction, "
            "owner = excluded.owner, traffic = excluded.traffic, margin = excluded.margin, suite = excluded.suite, "
            "deployed = excluded.deployed");
        SQLite::bind(insert, task.name, std::string(wordOf(task.kind)), std::string(wordOf(task.metric)),
            textOf(task.labels), task.instruction, task.owner, task.trafficShare, task.margin, task.suite);
        if (task.deployedScore)
            insert.bind(10, *task.deployedScore);
        insert.exec();
        SQLite::Statement query(m_database, "SELECT id FROM task WHERE name = ?");
        SQLite::bind(query, task.name);
        query.executeStep();
        const TaskId id{query.getColumn(0).getInt64()};
        write.commit();
        return id;
    });
}

Result<void> TaskRepository::remove(TaskId id)
{
    return guarded("removing a task", [&]() -> Result<void> {
        Write write(m_database);
        for (const char* sql : {"DELETE FROM metric WHERE task_id = ?", "DELETE FROM task WHERE id = ?"}) {
            SQLite::Statement statement(m_database, sql);
            SQLite::bind(statement, id.value);
            statement.exec();
        }
        write.commit();
        return {};
    });
}

}  // namespace taskfold::db
