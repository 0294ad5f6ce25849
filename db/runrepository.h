#pragma once

#include "engine/core/result.h"
#include "engine/core/run.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::db {

enum class QueueMove { Earlier, Later };

class RunRepository {
public:
    explicit RunRepository(SQLite::Database& database) : m_database(database) { }

    /// Adds it at the end of the queue.
    Result<RunId> add(const Run& run);
    Result<Run> byId(RunId id) const;  // NotFound
    Result<std::vector<Run>> all() const;  // oldest first
    Result<std::vector<Run>> ofPlan(PlanId plan) const;

    /// Takes a queued, stopped, paused, interrupted or failed run for this process, all or nothing: Busy when another
    /// living process has it. Sets it running. `alive` says whether a process still is.
    Result<Run> take(RunId id, ProcessMark self, const std::function<bool(ProcessMark)>& alive);
    /// The first queued run of a plan, or of any when none is named.
    Result<std::optional<Run>> nextQueued(PlanId plan = {}) const;

    Result<void> setProgress(const Run& run);  // steps, total, loss, tokens, seconds, checkpoint and its hash
    Result<void> setStatus(RunId id, RunStatus status, const std::string& note = {});
    /// Asks the program that trains it to stop; it looks at its own run once a step.
    Result<void> requestStop(RunId id);
    /// The same, and the run ends as paused. InvalidInput when it isn't running.
    Result<void> requestPause(RunId id);
    Result<RunStatus> status(RunId id) const;
    Result<void> setParent(RunId id, RunId parent);
    /// Changes places with the next queued run of its plan before or behind it. InvalidInput when there is none, or when
    /// one of the two starts from the other.
    Result<void> move(RunId id, QueueMove direction);
    Result<void> remove(RunId id);

    /// Marks running ones interrupted whose process is gone. Says how many there were.
    Result<int> markInterrupted(const std::function<bool(ProcessMark)>& alive);

    Result<void> putTasks(std::span<const RunTask> tasks);
    Result<std::vector<RunTask>> tasks(RunId id) const;

private:
    SQLite::Database& m_database;
};

}  // namespace taskfold::db
