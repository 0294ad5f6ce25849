#include "db/runrepository.h"

#include "db/guard.h"
#include "db/write.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

#include <algorithm>

namespace taskfold::db {

namespace {

constexpr const char* kColumns
    = "SELECT id, plan_id, kind, task_id, parent_id, seed, device, threads, status, position, steps, steps_total, "
      "loss, tokens, target_tokens, seconds, checkpoint, checkpoint_hash, parameters, bytes, pid, pid_started, note, "
      "created, ended FROM run ";

Run runOf(SQLite::Statement& query)
{
    int column = 0;
    const auto integer = [&] { return query.getColumn(column++).getInt64(); };
    const auto text = [&] { return query.getColumn(column++).getString(); };
    const auto real = [&] { return query.getColumn(column++).getDouble(); };
    Run run;
    run.id.value = integer();
    run.plan.value = integer();
    run.kind = runKindOf(text()).value_or(RunKind::Probe);
    run.task.value = integer();
    run.parent.value = integer();
    run.seed = static_cast<std::uint64_t>(integer());
    run.device = text();
    run.threads = static_cast<int>(integer());
    run.status = runStatusOf(text()).value_or(RunStatus::Failed);
    run.position = integer();
    run.steps = integer();
    run.stepsTotal = integer();
    run.loss = real();
    run.tokens = integer();
    run.targetTokens = integer();
    run.seconds = real();
    run.checkpoint = text();
    run.checkpointHash = text();
    run.parameters = integer();
    run.bytes = integer();
    run.process.pid = integer();
    run.process.started = integer();
    run.note = text();
    run.created = text();
    run.ended = text();
    return run;
}

Result<std::vector<Run>> runsWhere(SQLite::Database& database, const std::string& condition, std::int64_t value)
{
    return guarded("reading the runs", [&]() -> Result<std::vector<Run>> {
        SQLite::Statement query(database, kColumns + condition);
        if (value != 0)
            query.bind(1, value);
        std::vector<Run> runs;
        while (query.executeStep())
            runs.push_back(runOf(query));
        return runs;
    });
}

// 0 stands for none, which the tables want as NULL.
void bindKey(SQLite::Statement& statement, int index, std::int64_t key)
{
    if (key != 0)
        statement.bind(index, key);
    else
        statement.bind(index);
}

Result<void> changed(SQLite::Statement& update, RunId id)
{
    if (update.exec() == 0)
        return Error{ErrorCode::NotFound, "there is no run " + std::to_string(id.value)};
    return {};
}

bool isActive(RunStatus status)
{
    return status == RunStatus::Running || status == RunStatus::Pausing || status == RunStatus::Stopping;
}

}  // namespace

Result<RunId> RunRepository::add(const Run& run)
{
    return guarded("queueing a run", [&]() -> Result<RunId> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT INTO run (plan_id, kind, task_id, parent_id, seed, device, threads, status, position, steps_total, "
            "pid, pid_started, note, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
            "(SELECT coalesce(max(position), 0) + 1 FROM run), ?, ?, ?, ?, ?)");
        bindKey(insert, 1, run.plan.value);
        insert.bind(2, std::string(wordOf(run.kind)));
        bindKey(insert, 3, run.task.value);
        bindKey(insert, 4, run.parent.value);
        insert.bind(5, static_cast<std::int64_t>(run.seed));
        insert.bind(6, run.device);
        insert.bind(7, run.threads);
        insert.bind(8, std::string(wordOf(run.status)));
        insert.bind(9, run.stepsTotal);
        insert.bind(10, run.process.pid);
        insert.bind(11, run.process.started);
        insert.bind(12, run.note);
        insert.bind(13, run.created);
        insert.exec();
        const RunId id{m_database.getLastInsertRowid()};
        write.commit();
        return id;
    });
}

Result<Run> RunRepository::byId(RunId id) const
{
    Result<std::vector<Run>> runs = runsWhere(m_database, "WHERE id = ?", id.value == 0 ? -1 : id.value);
    if (!runs)
        return std::move(runs).error();
    if (runs->empty())
        return Error{ErrorCode::NotFound, "there is no run " + std::to_string(id.value)};
    return runs->front();
}

Result<std::vector<Run>> RunRepository::all() const
{
    return runsWhere(m_database, "ORDER BY id", 0);
}

Result<std::vector<Run>> RunRepository::ofPlan(PlanId plan) const
{
    return runsWhere(m_database, "WHERE plan_id = ? ORDER BY position", plan.value == 0 ? -1 : plan.value);
}

Result<Run> RunRepository::take(RunId id, ProcessMark self, const std::function<bool(ProcessMark)>& alive)
{
    return guarded("taking a run", [&]() -> Result<Run> {
        Write write(m_database);
        Result<Run> run = byId(id);
        if (!run)
            return run;
        if (isActive(run->status) && alive(run->process))
            return Error{ErrorCode::Busy, "run " + std::to_string(id.value) + " belongs to process "
                    + std::to_string(run->process.pid) + ", which is training it now"};
        SQLite::Statement update(m_database,
            "UPDATE run SET status = 'running', pid = ?, pid_started = ?, ended = '', note = '' WHERE id = ?");
        SQLite::bind(update, self.pid, self.started, id.value);
        update.exec();
        write.commit();
        run->status = RunStatus::Running;
        run->process = self;
        run->note.clear();
        return run;
    });
}

Result<std::optional<Run>> RunRepository::nextQueued(PlanId plan) const
{
    Result<std::vector<Run>> runs = runsWhere(m_database,
        plan ? "WHERE status = 'queued' AND plan_id = ? ORDER BY position LIMIT 1"
             : "WHERE status = 'queued' AND plan_id IS NOT NULL ORDER BY position LIMIT 1",
        plan.value);
    if (!runs)
        return std::move(runs).error();
    return runs->empty() ? std::optional<Run>() : std::optional<Run>(runs->front());
}

Result<void> RunRepository::setProgress(const Run& run)
{
    return guarded("saving a run's progress", [&]() -> Result<void> {
        SQLite::Statement update(m_database,
            "UPDATE run SET steps = ?, steps_total = ?, loss = ?, tokens = ?, target_tokens = ?, seconds = ?, "
            "checkpoint = ?, checkpoint_hash = ?, parameters = ?, bytes = ?, threads = ? WHERE id = ?");
        SQLite::bind(update, run.steps, run.stepsTotal, run.loss, run.tokens, run.targetTokens, run.seconds,
            run.checkpoint, run.checkpointHash, run.parameters, run.bytes, run.threads, run.id.value);
        return changed(update, run.id);
    });
}

Result<void> RunRepository::setStatus(RunId id, RunStatus status, const std::string& note)
{
    return guarded("saving a run's state", [&]() -> Result<void> {
        SQLite::Statement update(m_database,
            "UPDATE run SET status = ?1, note = ?2, "
            "ended = CASE WHEN ?3 THEN strftime('%Y-%m-%dT%H:%M:%SZ', 'now') ELSE '' END WHERE id = ?4");
        SQLite::bind(update, std::string(wordOf(status)), note, hasEnded(status) ? 1 : 0, id.value);
        return changed(update, id);
    });
}

Result<void> RunRepository::requestStop(RunId id)
{
    return guarded("asking a run to stop", [&]() -> Result<void> {
        SQLite::Statement update(m_database,
            "UPDATE run SET status = CASE status WHEN 'queued' THEN 'stopped' ELSE 'stopping' END "
            "WHERE id = ? AND status IN ('queued', 'running', 'pausing')");
        SQLite::bind(update, id.value);
        if (update.exec() > 0)
            return {};
        const Result<Run> run = byId(id);
        if (!run)
            return run.error();
        if (run->status == RunStatus::Stopping)
            return {};
        return Error{ErrorCode::InvalidInput,
            "run " + std::to_string(id.value) + " isn't running: it is " + std::string(wordOf(run->status))};
    });
}

Result<void> RunRepository::requestPause(RunId id)
{
    return guarded("asking a run to pause", [&]() -> Result<void> {
        SQLite::Statement update(m_database, "UPDATE run SET status = 'pausing' WHERE id = ? AND status = 'running'");
        SQLite::bind(update, id.value);
        if (update.exec() > 0)
            return {};
        const Result<Run> run = byId(id);
        if (!run)
            return run.error();
        if (run->status == RunStatus::Pausing || run->status == RunStatus::Paused)
            return {};
        return Error{ErrorCode::InvalidInput,
            "run " + std::to_string(id.value) + " isn't running: it is " + std::string(wordOf(run->status))};
    });
}

Result<RunStatus> RunRepository::status(RunId id) const
{
    return guarded("reading a run's state", [&]() -> Result<RunStatus> {
        SQLite::Statement query(m_database, "SELECT status FROM run WHERE id = ?");
        SQLite::bind(query, id.value);
        if (!query.executeStep())
            return Error{ErrorCode::NotFound, "there is no run " + std::to_string(id.value)};
        return runStatusOf(query.getColumn(0).getString()).value_or(RunStatus::Failed);
    });
}

Result<void> RunRepository::setParent(RunId id, RunId parent)
{
    return guarded("saving a run's parent", [&]() -> Result<void> {
        SQLite::Statement update(m_database, "UPDATE run SET parent_id = ? WHERE id = ?");
        bindKey(update, 1, parent.value);
        update.bind(2, id.value);
        return changed(update, id);
    });
}

Result<void> RunRepository::move(RunId id, QueueMove direction)
{
    return guarded("moving a run", [&]() -> Result<void> {
        Write write(m_database);
        const Result<Run> run = byId(id);
        if (!run)
            return run.error();
        const std::string name = "run " + std::to_string(id.value);
        if (run->status != RunStatus::Queued)
            return Error{ErrorCode::InvalidInput, name + " isn't queued: it is " + std::string(wordOf(run->status))};
        const Result<std::vector<Run>> queue
            = runsWhere(m_database, "WHERE status = 'queued' AND plan_id = ? ORDER BY position", run->plan.value);
        if (!queue)
            return queue.error();
        const auto place = std::find_if(queue->begin(), queue->end(), [&](const Run& one) { return one.id == id; });
        const bool earlier = direction == QueueMove::Earlier;
        if (earlier ? place == queue->begin() : place + 1 == queue->end())
            return Error{ErrorCode::InvalidInput, name + (earlier ? " is the first already" : " is the last already")};
        const Run& other = earlier ? *(place - 1) : *(place + 1);
        if (run->parent == other.id || other.parent == id)
            return Error{ErrorCode::InvalidInput, "one of " + name + " and run " + std::to_string(other.id.value) + " starts from the other"};
        for (const auto& [moved, position] : {std::pair(id, other.position), std::pair(other.id, run->position)}) {
            SQLite::Statement update(m_database, "UPDATE run SET position = ? WHERE id = ?");
            SQLite::bind(update, position, moved.value);
            update.exec();
        }
        write.commit();
        return {};
    });
}

Result<void> RunRepository::remove(RunId id)
{
    return guarded("removing a run", [&]() -> Result<void> {
        SQLite::Statement statement(m_database, "DELETE FROM run WHERE id = ?");
        SQLite::bind(statement, id.value);
        return changed(statement, id);
    });
}

Result<int> RunRepository::markInterrupted(const std::function<bool(ProcessMark)>& alive)
{
    return guarded("looking for interrupted runs", [&]() -> Result<int> {
        Write write(m_database);
        const Result<std::vector<Run>> runs
            = runsWhere(m_database, "WHERE status IN ('running', 'pausing', 'stopping') ORDER BY id", 0);
        if (!runs)
            return runs.error();
        int marked = 0;
        for (const Run& run : *runs) {
            if (alive(run.process))
                continue;
            Result<void> set = setStatus(run.id, RunStatus::Interrupted, "the program that trained it ended");
            if (!set)
                return std::move(set).error();
            ++marked;
        }
        write.commit();
        return marked;
    });
}

Result<void> RunRepository::putTasks(std::span<const RunTask> tasks)
{
    return guarded("saving a run's tasks", [&]() -> Result<void> {
        Write write(m_database);
        SQLite::Statement insert(m_database,
            "INSERT OR REPLACE INTO run_task (run_id, task_id, phase, best_step, best_epoch, best, best_se, epochs) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        for (const RunTask& task : tasks) {
            SQLite::bind(insert, task.run.value, task.task.value, task.phase, task.bestStep, task.bestEpoch, task.best,
                task.bestSe, task.epochs);
            insert.exec();
            insert.reset();
        }
        write.commit();
        return {};
    });
}

Result<std::vector<RunTask>> RunRepository::tasks(RunId id) const
{
    return guarded("reading a run's tasks", [&]() -> Result<std::vector<RunTask>> {
        SQLite::Statement query(m_database,
            "SELECT task_id, phase, best_step, best_epoch, best, best_se, epochs FROM run_task WHERE run_id = ?");
        SQLite::bind(query, id.value);
        std::vector<RunTask> tasks;
        while (query.executeStep())
            tasks.push_back({id, TaskId{query.getColumn(0).getInt64()}, query.getColumn(1).getString(),
                query.getColumn(2).getInt64(), query.getColumn(3).getDouble(), query.getColumn(4).getDouble(),
                query.getColumn(5).getDouble(), query.getColumn(6).getDouble()});
        return tasks;
    });
}

}  // namespace taskfold::db
