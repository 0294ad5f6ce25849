#include "app/jobs/filter.h"

#include "app/jobs/bases.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/processmark.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "app/jobs/volumes.h"
#include "db/decisionrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "engine/core/clock.h"
#include "engine/stats/filterrule.h"
#include "engine/stats/trivial.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace taskfold::jobs {

namespace {

constexpr std::int64_t kTrainRows = 2000;  // of each task: a probe needs no more

Result<std::vector<compute::TaskRows>> probeRows(
    const Project& project, SQLite::Database& database, std::int64_t heldRows)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    std::vector<compute::TaskRows> all;
    for (const TaskVersions& task : *tasks) {
        const auto train = task.splits.find(Split::Train);
        const auto held = task.splits.find(Split::Validation);
        if (train == task.splits.end() || held == task.splits.end() || task.trainable() == 0 || held->second.rowsKept == 0)
            continue;
        Result<std::vector<Row>> rows = rowsOf(project, database, train->second, kTrainRows);
        Result<std::vector<Row>> validation = rowsOf(project, database, held->second, heldRows);
        if (!rows || !validation)
            return rows ? std::move(validation).error() : std::move(rows).error();
        all.push_back({task.task, *std::move(rows), *std::move(validation)});
    }
    if (all.size() < 2)
        return Error{ErrorCode::InvalidInput, "affinity needs at least two tasks with training and validation rows"};
    return all;
}

Result<BaseModel> probeBase(const Project& project, const FilterSetup& setup, const JobContext& context)
{
    Plan plan;
    plan.tiny = setup.tiny;
    plan.base = setup.base;
    if (plan.base.empty()) {
        const Result<std::string> usual = usualBase(project);
        plan.base = usual && !usual->empty() ? *usual : "tiny";
    }
    return baseOf(project, plan, context);
}

// The measurement as a run of its own, so that its cost is known.
Result<Run> probeRun(SQLite::Database& database, const FilterSetup& setup)
{
    db::RunRepository runs(database);
    Run run;
    run.kind = RunKind::Probe;
    run.seed = setup.seed;
    run.device = setup.device;
    run.threads = setup.threads;
    run.created = nowUtc();
    const Result<RunId> id = runs.add(run);
    if (!id)
        return id.error();
    return runs.take(*id, thisProcess(), isAlive);
}

Result<void> measureInto(const Project& project, SQLite::Database& database, const FilterSetup& setup, Run& run,
    const JobContext& context)
{
    const Result<BaseModel> base = probeBase(project, setup, context);
    if (!base)
        return base.error();
    if (run.threads <= 0)
        run.threads = usualThreads(base->parameters);
    Result<std::vector<compute::TaskRows>> rows = probeRows(project, database, setup.heldRows);
    if (!rows)
        return std::move(rows).error();
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    compute::AffinitySetup probe;
    probe.base = project.resolved(base->path);
    probe.placement = {run.device, run.threads, Precision::Fp32};
    probe.signal = setup.signal;
    probe.seed = setup.seed;
    probe.batch = setup.batch;
    probe.context = std::min(setup.context, base->context);
    probe.learningRate = setup.learningRate > 0 ? setup.learningRate : base->parameters > 30'000'000 ? 2e-5 : 5e-4;
    probe.warmUpSteps = setup.warmUpSteps;
    probe.probes = setup.probes;
    probe.tasks = *std::move(rows);
    const auto report = [&](std::int64_t done, std::int64_t total) {
        run.steps = done;
        run.stepsTotal = total;
        if (context.report)
            context.report({done, total, run.id, "measuring affinity"});
    };
    Result<compute::AffinityOutcome> outcome = (*engine)->affinity(probe, report, context.stop);
    if (!outcome)
        return std::move(outcome).error();
    outcome->evidence.run = run.id;
    outcome->evidence.created = nowUtc();
    run.targetTokens = run.tokens = outcome->tokens;
    run.seconds = outcome->seconds;
    if (Result<void> saved = db::RunRepository(database).setProgress(run); !saved)
        return saved;
    return db::DecisionRepository(database).putEvidence(outcome->evidence);
}

// A single model's best validation score beside what a model that learned nothing gets on the same rows.
Result<std::map<TaskId, stats::Learnability>> learnabilityOf(const Project& project, SQLite::Database& database)
{
    const db::RunRepository repository(database);
    const Result<std::vector<Run>> runs = repository.all();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!runs || !tasks)
        return runs ? tasks.error() : runs.error();
    std::map<TaskId, stats::Learnability> known;
    for (const Run& run : *runs) {
        if (run.kind != RunKind::Baseline || run.status != RunStatus::Completed)
            continue;
        const Result<std::vector<RunTask>> results = repository.tasks(run.id);
        if (!results)
            return results.error();
        for (const RunTask& result : *results)
            known[result.task] = {result.best, result.bestSe, 0};
    }
    for (const TaskVersions& task : *tasks) {
        const auto found = known.find(task.task.id);
        if (found == known.end() || !task.splits.contains(Split::Train) || !task.splits.contains(Split::Validation))
            continue;
        const Result<std::vector<Row>> train = rowsOf(project, database, task.splits.at(Split::Train));
        const Result<std::vector<Row>> validation = rowsOf(project, database, task.splits.at(Split::Validation));
        if (!train || !validation)
            return train ? validation.error() : train.error();
        found->second.trivial = stats::trivialScore(task.task, *train, *validation).value;
    }
    return known;
}

std::string evidenceText(const Suggestion& suggestion)
{
    return nlohmann::json{{"suggest", wordOf(suggestion.suggest)}, {"rule", suggestion.rule},
        {"outgoing", suggestion.outgoing}, {"outgoing_se", suggestion.outgoingSe}, {"incoming", suggestion.incoming},
        {"incoming_se", suggestion.incomingSe}, {"threshold", suggestion.threshold}, {"reason", suggestion.reason}}
        .dump();
}

}  // namespace

Result<void> measureAffinity(const Project& project, const FilterSetup& setup, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Result<Run> run = probeRun(**connection, setup);
    if (!run)
        return std::move(run).error();
    const Result<void> measured = measureInto(project, **connection, setup, *run, context);
    db::RunRepository runs(**connection);
    RunStatus status = RunStatus::Completed;
    if (!measured)
        status = measured.error().code == ErrorCode::Cancelled ? RunStatus::Stopped : RunStatus::Failed;
    const Result<void> marked = runs.setStatus(run->id, status, measured ? std::string{} : measured.error().detail);
    return measured ? marked : measured;
}

Result<FilterView> filterView(const Project& project)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const db::DecisionRepository decisions(**connection);
    Result<std::vector<Task>> tasks = db::TaskRepository(**connection).all();
    auto evidence = decisions.newestEvidence();
    auto current = decisions.current();
    Result<std::vector<Decision>> history = decisions.history();
    if (!tasks || !evidence || !current || !history)
        return !tasks ? tasks.error() : !evidence ? evidence.error() : !current ? current.error() : history.error();
    FilterView view{*std::move(tasks), *std::move(evidence), {}, *std::move(current), *std::move(history)};
    if (view.evidence) {
        const auto learnability = learnabilityOf(project, **connection);
        if (!learnability)
            return learnability.error();
        view.suggestions = stats::suggest(*view.evidence, *learnability);
    }
    return view;
}

Result<void> decide(const Project& project, const std::string& name, Verb verb, bool pinned, const std::string& by,
    const std::string& reason)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Task> task = db::TaskRepository(**connection).byName(name);
    if (!task)
        return task.error();
    Decision decision;
    decision.task = task->id;
    decision.verb = verb;
    decision.pinned = pinned;
    decision.by = by;
    decision.reason = reason;
    decision.created = nowUtc();
    const Result<FilterView> view = filterView(project);
    if (!view)
        return view.error();
    for (const Suggestion& suggestion : view->suggestions)
        if (suggestion.task == task->id) {
            decision.rule = suggestion.rule;
            decision.evidence = evidenceText(suggestion);
        }
    const Result<DecisionId> added = db::DecisionRepository(**connection).add(decision);
    if (!added)
        return added.error();
    return {};
}

Result<int> acceptSuggestions(const Project& project, const std::string& by)
{
    const Result<FilterView> view = filterView(project);
    if (!view)
        return view.error();
    int changed = 0;
    const bool byUser = by == "user";
    for (const Suggestion& suggestion : view->suggestions) {
        const auto decided = view->current.find(suggestion.task);
        const bool known = decided != view->current.end();
        if (known && (decided->second.pinned || decided->second.verb == suggestion.suggest))
            continue;
        if (!byUser && suggestion.rule == "unlearnable")
            continue;  // a task that learned nothing alone may yet learn beside others: whoever owns it decides
        if (!known && suggestion.suggest == Verb::Keep)
            continue;  // kept is what a task is without a decision
        const auto task = std::find_if(view->tasks.begin(), view->tasks.end(),
            [&](const Task& one) { return one.id == suggestion.task; });
        if (task == view->tasks.end())
            continue;
        if (Result<void> done = decide(project, task->name, suggestion.suggest, false, by, suggestion.reason); !done)
            return std::move(done).error();
        ++changed;
    }
    return changed;
}

}  // namespace taskfold::jobs
