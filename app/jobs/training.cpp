#include "app/jobs/training.h"

#include "app/jobs/baselines.h"
#include "app/jobs/bases.h"
#include "app/jobs/planfile.h"
#include "app/jobs/planning.h"
#include "app/jobs/processmark.h"
#include "app/jobs/together.h"
#include "app/jobs/trainrun.h"
#include "db/open.h"
#include "db/planrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "db/transaction.h"
#include "engine/core/clock.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

namespace taskfold::jobs {

namespace {

Result<void> checkFindings(const Project& project, const Plan& plan)
{
    const Result<PlanPreview> preview = previewPlan(project, plan);
    if (!preview)
        return preview.error();
    std::string blocking;
    for (const Finding& finding : preview->findings)
        if (finding.blocking)
            blocking += (blocking.empty() ? "" : " ") + finding.what + " " + finding.todo;
    if (!blocking.empty())
        return Error{ErrorCode::InvalidInput, blocking};
    return {};
}

constexpr std::chrono::minutes kPatience(2);  // of a queue, with a database that others write to

// Adds the runs of one seed.
class Queuer {
public:
    Queuer(SQLite::Database& database, PlanId id, const Plan& plan, std::int64_t parameters, const Baselines& known)
        : m_runs(database), m_tasks(database), m_plan(plan), m_known(known)
    {
        m_run.plan = id;
        m_run.device = plan.device;
        m_run.threads = plan.threads > 0 ? plan.threads : usualThreads(parameters);
        m_run.created = nowUtc();
    }

    Result<void> add(std::uint64_t seed)
    {
        m_run.seed = seed;
        RunId parent;
        if (trains(0))
            if (Result<void> added = add(RunKind::Stage0, {}, {}, parent); !added)
                return added;
        if (m_plan.baselines)
            if (Result<void> added = addBaselines(parent); !added)
                return added;
        if (trains(2))
            if (Result<void> added = add(RunKind::Stage2, {}, parent, parent); !added)
                return added;
        if (trains(3))
            return add(RunKind::Stage3, {}, parent, parent);
        return {};
    }

private:
    bool trains(int stage) const { return std::find(m_plan.stages.begin(), m_plan.stages.end(), stage) != m_plan.stages.end(); }

    Result<void> add(RunKind kind, TaskId task, RunId parent, RunId& added)
    {
        m_run.kind = kind;
        m_run.task = task;
        m_run.parent = parent;
        const Result<RunId> id = m_runs.add(m_run);
        if (!id)
            return id.error();
        added = *id;
        return {};
    }

    Result<void> addBaselines(RunId parent)
    {
        std::vector<std::string> names = m_plan.kept;
        names.insert(names.end(), m_plan.excluded.begin(), m_plan.excluded.end());
        for (const std::string& name : names) {
            const Result<Task> task = m_tasks.byName(name);
            if (!task)
                return task.error();
            if (m_known.find(m_plan, name, task->id, m_run.seed))
                continue;  // an earlier plan has trained the same
            RunId ignored;
            if (Result<void> added = add(RunKind::Baseline, task->id, parent, ignored); !added)
                return added;
        }
        return {};
    }

    db::RunRepository m_runs;
    db::TaskRepository m_tasks;
    const Plan& m_plan;
    const Baselines& m_known;
    Run m_run;
};

}  // namespace

int usualThreads(std::int64_t parameters)
{
    constexpr std::int64_t kVerySmall = 2'000'000;
    return parameters < kVerySmall ? 1 : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Result<PlanId> queuePlan(const Project& project, const Plan& plan, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    if (Result<void> fine = checkFindings(project, plan); !fine)
        return std::move(fine).error();
    const Result<BaseModel> base = baseOf(project, plan, context);  // before anything is queued
    if (!base)
        return base.error();
    PlanId id;
    Result<void> queued = db::inTransaction(**connection, [&]() -> Result<void> {
        const Result<PlanId> put = db::PlanRepository(**connection)
                                       .put({{}, plan.name, planHash(plan), planText(plan), nowUtc()});
        if (!put)
            return put.error();
        id = *put;
        const Result<std::vector<Run>> there = db::RunRepository(**connection).ofPlan(id);
        if (!there)
            return there.error();
        if (!there->empty())
            return {};
        const Result<Baselines> known = Baselines::of(**connection);
        if (!known)
            return known.error();
        Queuer queuer(**connection, id, plan, base->parameters, *known);
        for (const std::uint64_t seed : plan.seeds)
            if (Result<void> added = queuer.add(seed); !added)
                return added;
        return {};
    });
    if (!queued)
        return std::move(queued).error();
    return id;
}

Result<Plan> planOf(const Project& project, PlanId id)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<db::StoredPlan> stored = db::PlanRepository(**connection).byId(id);
    if (!stored)
        return stored.error();
    Result<Plan> plan = planFrom(stored->body);
    if (plan)
        plan->id = id;
    return plan;
}

Result<std::filesystem::path> startOf(const Project& project, const Run& run, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    for (RunId parent = run.parent; parent;) {
        const Result<Run> above = db::RunRepository(**connection).byId(parent);
        if (!above)
            return above.error();
        if (above->status != RunStatus::Completed)
            return Error{ErrorCode::InvalidInput, "run " + std::to_string(parent.value) + " ("
                    + std::string(wordOf(above->kind)) + ") must be completed first: resume it"};
        if (!above->checkpoint.empty())
            return project.resolved(above->checkpoint);
        parent = above->parent;
    }
    const Result<Plan> plan = planOf(project, run.plan);
    if (!plan)
        return plan.error();
    const Result<BaseModel> base = baseOf(project, *plan, context);
    if (!base)
        return base.error();
    return project.resolved(base->path);
}

Result<void> runQueue(const Project& project, PlanId plan, const JobContext& context, AfterFailure afterFailure)
{
    std::optional<Error> failure;
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    db::setPatience(**connection, kPatience);
    db::RunRepository runs(**connection);
    while (true) {
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const Result<std::optional<Run>> next = runs.nextQueued(plan);
        if (!next)
            return next.error();
        if (!*next)
            return failure ? Result<void>(*failure) : Result<void>{};
        Result<Run> taken = runs.take((*next)->id, thisProcess(), isAlive);
        if (!taken && taken.error().code == ErrorCode::Busy)
            continue;  // another program was faster
        if (!taken)
            return std::move(taken).error();
        const Result<std::vector<Run>> company = takeCompanions(project, **connection, *taken);
        Result<void> done = company ? trainRuns(project, *company, Start::Fresh, context) : Result<void>(company.error());
        if (!done && (afterFailure == AfterFailure::Stop || done.error().code == ErrorCode::Cancelled))
            return done;
        if (!done && !failure)
            failure = std::move(done).error();
    }
}

Result<void> resumeRun(const Project& project, RunId id, const JobContext& context, AfterFailure afterFailure)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    db::RunRepository runs(**connection);
    const Result<Run> run = runs.byId(id);
    if (!run)
        return run.error();
    if (run->status == RunStatus::Completed)
        return Error{ErrorCode::InvalidInput, "run " + std::to_string(id.value) + " is completed: there is nothing to resume"};
    if (!run->plan)
        return Error{ErrorCode::InvalidInput, "run " + std::to_string(id.value) + " was a measurement: measure again"};
    Result<Run> taken = runs.take(id, thisProcess(), isAlive);
    if (!taken)
        return std::move(taken).error();
    const Result<std::vector<Run>> company = takeFormerCompanions(project, **connection, *taken, run->status);
    Result<void> done = company ? trainRuns(project, *company, Start::Resumed, context) : Result<void>(company.error());
    if (!done && (afterFailure == AfterFailure::Stop || done.error().code == ErrorCode::Cancelled))
        return done;
    Result<void> rest = runQueue(project, taken->plan, context, afterFailure);
    return done ? rest : done;
}

Result<void> stopRun(const Project& project, RunId run)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return db::RunRepository(**connection).requestStop(run);
}

Result<void> pauseRun(const Project& project, RunId run)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    return db::RunRepository(**connection).requestPause(run);
}

Result<void> discardRun(const Project& project, RunId id, const JobContext& context)
{
    constexpr std::chrono::milliseconds kLookAgain(50);
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    db::RunRepository runs(**connection);
    for (bool asked = false;; asked = true) {
        if (const Result<int> marked = runs.markInterrupted(isAlive); !marked)
            return marked.error();
        const Result<Run> run = runs.byId(id);
        if (!run)
            return run.error();
        if (run->status == RunStatus::Queued || hasEnded(run->status) || run->status == RunStatus::Paused)
            break;
        if (!asked)
            if (Result<void> told = runs.requestStop(id); !told)
                return told;
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        std::this_thread::sleep_for(kLookAgain);
    }
    return deleteRun(project, id);
}

Result<void> deleteRun(const Project& project, RunId id)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    db::RunRepository runs(**connection);
    const Result<Run> run = runs.byId(id);
    if (!run)
        return run.error();
    if (run->status == RunStatus::Running || run->status == RunStatus::Stopping)
        return Error{ErrorCode::Busy, "run " + std::to_string(id.value) + " is being trained: stop it first"};
    if (Result<void> removed = runs.remove(id); !removed)
        return removed;
    std::error_code failure;
    std::filesystem::remove_all(runFolder(project, id), failure);
    if (failure)
        return Error{ErrorCode::Io, "the checkpoints of run " + std::to_string(id.value) + ": " + failure.message()};
    return {};
}

}  // namespace taskfold::jobs
