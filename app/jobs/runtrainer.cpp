#include "app/jobs/runtrainer.h"

#include "app/jobs/ablations.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/planning.h"
#include "app/jobs/rowlog.h"
#include "app/jobs/storedrows.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/planrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"

#include <algorithm>

namespace taskfold::jobs {

RunTrainer::RunTrainer(const Project& project, SQLite::Database& database, const Run& run, Start start, const JobContext& context)
    : m_project(project)
    , m_database(database)
    , m_run(run)
    , m_start(start)
    , m_context(context)
    , m_recorder(project, database, m_run, context)
{
}

Result<bool> RunTrainer::makeReady()
{
    Result<Plan> plan = planOf(m_project, m_run.plan);
    if (!plan)
        return std::move(plan).error();
    m_plan = *std::move(plan);
    Result<std::filesystem::path> base = startOf(m_project, m_run, m_context);
    if (!base)
        return std::move(base).error();
    m_setup.base = *std::move(base);
    setUp();
    if (m_run.kind == RunKind::Stage0)
        return true;
    Result<void> ready = prepare();
    if (ready && !m_skipped.empty())
        ready = db::RunRepository(m_database).setStatus(m_run.id, RunStatus::Completed, "skipped: " + m_skipped);
    if (!ready)
        return std::move(ready).error();
    return m_skipped.empty();
}

void RunTrainer::setUp()
{
    m_setup.runFolder = runFolder(m_project, m_run.id);
    m_setup.placement = {m_run.device, m_run.threads, m_plan.precision};
    m_setup.resume = m_start == Start::Resumed;
    m_setup.seed = m_run.seed;
    m_setup.batch = m_plan.batch;
    m_setup.context = m_plan.context;
    const auto rate = m_plan.learningRate.find(stageKey());
    if (rate != m_plan.learningRate.end())
        m_setup.learningRate = rate->second;
    m_setup.method = m_run.kind == RunKind::Stage0 ? Method::Full : m_plan.method;
    m_setup.lora = m_plan.lora;
    m_setup.schedule = m_plan.schedule;
    m_setup.accumulate = m_plan.accumulate;
    m_setup.checkpointing = m_plan.checkpointing;
    m_setup.warmUp = m_plan.warmUp;
    m_setup.weightDecay = m_plan.weightDecay;
    m_setup.clip = m_plan.clip;
    m_setup.lossMean = m_plan.lossMean;
    m_setup.patience = m_plan.patience;
    m_setup.validationRows = m_plan.validationRows;
    m_setup.maxNewTokens = m_plan.maxNewTokens;
    m_setup.meanLossChoosesCheckpoint = m_run.kind == RunKind::Stage2;
    m_setup.evaluationShare = m_plan.evaluationShare;
    m_setup.averageCheckpoints = m_plan.averageCheckpoints;
    if (m_run.kind == RunKind::Stage2 || m_run.kind == RunKind::Stage3)
        m_setup.weighting = m_plan.weighting;
}

// Tasks, rows, steps and mixture of a baseline, stage 2 or stage 3.
Result<void> RunTrainer::prepare()
{
    std::vector<std::string> names = m_plan.kept;
    if (m_run.kind == RunKind::Baseline) {
        const Result<Task> task = db::TaskRepository(m_database).byId(m_run.task);
        if (!task)
            return task.error();
        names = {task->name};
    }
    Result<std::vector<TaskNeed>> needs = needsOf(m_database, m_plan, names, m_run.seed);
    if (!needs)
        return std::move(needs).error();
    if (Result<void> budgeted = budget(*needs); !budgeted || !m_skipped.empty())
        return budgeted;
    m_setup.evaluateEvery = m_setup.checkpointEvery = evaluationGap(m_plan, m_setup.steps);
    for (const TaskNeed& need : m_needs)
        if (Result<void> read = readTask(need); !read)
            return read;
    m_run.stepsTotal = m_setup.steps;
    return db::RunRepository(m_database).setProgress(m_run);
}

Result<void> RunTrainer::budget(std::vector<TaskNeed>& needs)
{
    StageBudget budget;
    if (m_run.kind == RunKind::Baseline) {
        budget.steps = baselineSteps(m_plan, needs.front().rows);
        budget.mixing = {{1, 1, 0, m_plan.epochsCap, true}};
        m_needs = needs;
    } else if (m_run.kind == RunKind::Stage2) {
        double threshold = 0;
        budget.skipped = markHighResource(m_plan, needs, threshold);
        m_needs = among(needs, m_plan.stage2Tasks);
        if (budget.skipped.empty())
            budget = stage2Budget(m_plan, m_needs);
    } else {
        if (Result<void> known = addSeen(needs); !known)
            return known;
        takeRateOfFirstStage(needs);
        if (m_plan.stage3Tasks != TaskSet::All) {
            double threshold = 0;
            budget.skipped = markHighResource(m_plan, needs, threshold);
        }
        m_needs = among(needs, m_plan.stage3Tasks);
        if (budget.skipped.empty())
            budget = stage3Budget(m_plan, m_needs);
        if (Result<void> spent = spendAsReference(); !spent)
            return spent;
    }
    m_skipped = budget.skipped;
    m_setup.steps = budget.steps;
    m_setup.mixing = budget.mixing;
    return {};
}

// An ablation is compared at equal tokens: its last stage gets what the reference's stages 2 and 3 came to, less what its own
// stage 2 took (method.md 9).
Result<void> RunTrainer::spendAsReference()
{
    if (m_plan.reference.empty())
        return {};
    const Result<std::int64_t> wanted = tokensOfStages(m_database, m_plan.reference, m_run.seed);
    if (!wanted)
        return wanted.error();
    if (*wanted == 0) {
        m_note = "its reference isn't trained yet, so it spent its own budget of tokens";
        return {};
    }
    std::int64_t before = 0;
    if (m_run.parent) {
        const Result<Run> parent = db::RunRepository(m_database).byId(m_run.parent);
        if (!parent)
            return parent.error();
        before = parent->kind == RunKind::Stage2 ? parent->targetTokens : 0;
    }
    m_setup.targetTokens = std::max<std::int64_t>(1, *wanted - before);
    return {};
}

// The rate of stage 3 is set for a model that stage 2 has brought near. Where no task was seen before, stage 3 is the first
// and has stage 2's; one at half of it falls short of the single models at an equal budget.
void RunTrainer::takeRateOfFirstStage(const std::vector<TaskNeed>& needs)
{
    const auto rate = m_plan.learningRate.find("stage2");
    if (rate != m_plan.learningRate.end() && std::none_of(needs.begin(), needs.end(), [](const TaskNeed& need) { return need.seen > 0; }))
        m_setup.learningRate = rate->second;
}

// Epochs that stage 2 has given each task already.
Result<void> RunTrainer::addSeen(std::vector<TaskNeed>& needs) const
{
    if (!m_run.parent)
        return {};
    const Result<std::vector<RunTask>> tasks = db::RunRepository(m_database).tasks(m_run.parent);
    if (!tasks)
        return tasks.error();
    for (TaskNeed& need : needs)
        for (const RunTask& task : *tasks)
            if (task.task == need.task)
                need.seen = task.epochs;
    return {};
}

Result<void> RunTrainer::readTask(const TaskNeed& need)
{
    const Result<TaskVersions> task = frozenTask(m_database, m_plan, need.name);
    if (!task)
        return task.error();
    compute::TaskRows rows{task->task, {}, {}};
    Result<Rows> train = storedRows(m_project, m_database, task->splits.at(Split::Train), m_plan.trainRowsCap);
    if (!train)
        return std::move(train).error();
    rows.train = *std::move(train);
    if (const auto version = task->splits.find(Split::Validation); version != task->splits.end()) {
        Result<std::vector<Row>> validation = rowsOf(m_project, m_database, version->second, m_plan.validationRows);
        if (!validation)
            return std::move(validation).error();
        rows.validation = *std::move(validation);
    }
    m_setup.tasks.push_back(std::move(rows));
    return {};
}

// Hashing millions of inputs would delay the first step: then it is done beside the training.
Result<void> RunTrainer::logRows()
{
    constexpr std::size_t kQuick = 100'000;
    std::size_t rows = 0;
    std::vector<RowLogSource> sources;
    for (const compute::TaskRows& task : m_setup.tasks) {
        sources.push_back({task.task.name, task.train});
        rows += task.train.size();
    }
    m_log = std::async(std::launch::async,
        [folder = m_setup.runFolder, sources = std::move(sources), stop = m_recorder.stop()] { return logInputs(folder, sources, stop); });
    return rows <= kQuick ? logged() : Result<void>{};
}

Result<void> RunTrainer::logged()
{
    return m_log.valid() ? m_log.get() : Result<void>{};
}

Result<void> RunTrainer::train()
{
    const Result<compute::Engine*> engine = computeEngine();
    if (!engine)
        return engine.error();
    if (m_run.kind == RunKind::Stage0)
        return pretrain(**engine);
    if (Result<void> written = logRows(); !written)
        return written;
    return conclude((*engine)->train(m_setup, m_recorder.events(), m_recorder.stop()));
}

Result<compute::TrainPart> RunTrainer::part()
{
    if (Result<void> written = logRows(); !written)
        return std::move(written).error();
    return compute::TrainPart{m_setup, m_recorder.events(), {}, m_recorder.stop()};
}

Result<void> RunTrainer::conclude(const Result<compute::TrainResult>& result)
{
    const Result<void> written = logged();
    if (!result)
        return result.error();
    if (!written)
        return written;
    return finish(*result, m_note.empty() || result->note.empty() ? m_note + result->note : m_note + "; " + result->note);
}

Error RunTrainer::ended(Error error)
{
    const bool stopped = error.code == ErrorCode::Cancelled;
    // What was learned stays in the checkpoints: a failed run can be resumed as well.
    const Result<void> marked = db::RunRepository(m_database)
                                    .setStatus(m_run.id, stopped ? statusWhenStopped() : RunStatus::Failed, stopped ? std::string{} : error.detail);
    if (!marked)
        return marked.error();
    return std::move(error).within("run " + std::to_string(m_run.id.value));
}

Result<void> RunTrainer::finish(const compute::TrainResult& result, const std::string& note)
{
    m_run.steps = result.steps;
    m_run.loss = result.loss;
    m_run.tokens = result.tokens;
    m_run.targetTokens = result.targetTokens;
    m_run.seconds = result.seconds;
    m_run.checkpoint = m_project.stored(result.checkpoint);
    m_run.checkpointHash = result.hash;
    m_run.parameters = result.parameters;
    m_run.bytes = result.bytes;
    if (Result<void> flushed = m_recorder.flush(); !flushed)
        return flushed;
    std::vector<RunTask> tasks = result.tasks;
    std::erase_if(tasks, [](const RunTask& task) { return !task.task; });
    for (RunTask& task : tasks)
        task.run = m_run.id;
    db::RunRepository runs(m_database);
    Result<void> saved = runs.putTasks(tasks);
    if (saved)
        saved = runs.setStatus(m_run.id, result.stopped ? statusWhenStopped() : RunStatus::Completed, note);
    if (!saved)
        return saved;
    if (result.stopped)
        return Error{ErrorCode::Cancelled, {}};
    return {};
}

}  // namespace taskfold::jobs
