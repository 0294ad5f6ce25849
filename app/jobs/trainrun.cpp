#include "app/jobs/trainrun.h"

#include "app/jobs/budget.h"
#include "app/jobs/computemodule.h"
#include "app/jobs/planning.h"
#include "app/jobs/rowlog.h"
#include "app/jobs/runrecorder.h"
#include "app/jobs/taskdata.h"
#include "app/jobs/training.h"
#include "db/corpusrepository.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "engine/data/leaks.h"
#include "engine/data/rowstore.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace taskfold::jobs {

namespace {

// One run, from its plan to what it came to.
class RunTrainer {
public:
    RunTrainer(const Project& project, SQLite::Database& database, const Run& run, Start start, const JobContext& context)
        : m_project(project)
        , m_database(database)
        , m_run(run)
        , m_start(start)
        , m_context(context)
        , m_recorder(project, database, m_run, context)
    {
    }

    /// What a run is that was told to stop.
    RunStatus statusWhenStopped() const { return m_recorder.paused() ? RunStatus::Paused : RunStatus::Stopped; }

    Result<void> train()
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
        Result<void> ready = m_run.kind == RunKind::Stage0 ? Result<void>{} : prepare();
        if (!ready)
            return ready;
        if (!m_skipped.empty())
            return db::RunRepository(m_database).setStatus(m_run.id, RunStatus::Completed, "skipped: " + m_skipped);
        const Result<compute::Engine*> engine = computeEngine();
        if (!engine)
            return engine.error();
        return m_run.kind == RunKind::Stage0 ? pretrain(**engine) : fineTune(**engine);
    }

private:
    std::string stageKey() const { return std::string(wordOf(m_run.kind)); }

    void setUp()
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
    }

    // Tasks, rows, steps and mixture of a baseline, stage 2 or stage 3.
    Result<void> prepare()
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

    Result<void> budget(std::vector<TaskNeed>& needs)
    {
        StageBudget budget;
        if (m_run.kind == RunKind::Baseline) {
            budget.steps = baselineSteps(m_plan, needs.front().rows);
            budget.mixing = {{1, 1, 0, m_plan.epochsCap, true}};
            m_needs = needs;
        } else if (m_run.kind == RunKind::Stage2) {
            double threshold = 0;
            budget.skipped = markHighResource(m_plan, needs, threshold);
            std::copy_if(needs.begin(), needs.end(), std::back_inserter(m_needs), [](const TaskNeed& need) { return need.high; });
            if (budget.skipped.empty())
                budget = stage2Budget(m_plan, m_needs);
        } else {
            if (Result<void> known = addSeen(needs); !known)
                return known;
            m_needs = needs;
            budget = stage3Budget(m_plan, m_needs);
        }
        m_skipped = budget.skipped;
        m_setup.steps = budget.steps;
        m_setup.mixing = budget.mixing;
        return {};
    }

    // Epochs that stage 2 has given each task already.
    Result<void> addSeen(std::vector<TaskNeed>& needs) const
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

    Result<void> readTask(const TaskNeed& need)
    {
        const Result<TaskVersions> task = frozenTask(m_database, m_plan, need.name);
        if (!task)
            return task.error();
        compute::TaskRows rows{task->task, {}, {}};
        Result<std::vector<Row>> train = rowsOf(m_project, m_database, task->splits.at(Split::Train), m_plan.trainRowsCap);
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

    Result<void> fineTune(compute::Engine& engine)
    {
        std::vector<RowLogPart> log;
        for (const compute::TaskRows& task : m_setup.tasks) {
            RowLogPart part{task.task.name, {}};
            for (const Row& row : task.train)
                part.inputs.push_back(inputHash(row.input));
            log.push_back(std::move(part));
        }
        if (Result<void> written = writeRowLog(m_setup.runFolder, log); !written)
            return written;
        Result<compute::TrainResult> result = engine.train(m_setup, m_recorder.events(), m_recorder.stop());
        if (!result)
            return std::move(result).error();
        return finish(*result, result->note);
    }

    Result<void> pretrain(compute::Engine& engine)
    {
        compute::PretrainSetup setup;
        if (Result<void> read = readCorpora(setup); !read)
            return read;
        const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(m_setup.base);
        if (!tokenizer)
            return tokenizer.error();
        std::int64_t tokens = 0;
        for (const std::string& document : setup.documents)
            tokens += static_cast<std::int64_t>((*tokenizer)->encode(document, SpecialTokens::AsText).size()) + 1;
        const double perStep = static_cast<double>(m_plan.batch) * m_plan.context;
        m_setup.steps = std::max<std::int64_t>(
            1, static_cast<std::int64_t>(std::ceil(static_cast<double>(tokens) * m_plan.stage0Epochs / perStep)));
        m_setup.evaluateEvery = m_setup.checkpointEvery = evaluationGap(m_plan, m_setup.steps);
        m_setup.warmUp = 0.02;  // method.md 4
        m_setup.finalRate = 0.1;
        m_setup.beta2 = 0.95;
        m_run.stepsTotal = m_setup.steps;
        std::vector<RowLogPart> log{{"domain text", {}}, {"general text", {}}};
        for (const std::string& document : setup.documents)
            log[0].inputs.push_back(inputHash(document));
        for (const std::string& document : setup.replay)
            log[1].inputs.push_back(inputHash(document));
        if (Result<void> written = writeRowLog(m_setup.runFolder, log); !written)
            return written;
        setup.train = m_setup;
        setup.replayShare = setup.replay.empty() ? 0 : m_plan.replay;
        Result<compute::PretrainResult> result = engine.pretrain(setup, m_recorder.events(), m_recorder.stop());
        if (!result)
            return std::move(result).error();
        if (Result<void> written = writePerplexity(*result); !written)
            return written;
        char words[160];
        std::snprintf(words, sizeof words, "domain perplexity %.2f before, %.2f after (%.3f and %.3f bits a byte)",
            result->domainBefore.perplexity, result->domainAfter.perplexity, result->domainBefore.bitsPerByte,
            result->domainAfter.bitsPerByte);
        return finish(result->train, words);
    }

    Result<void> readCorpora(compute::PretrainSetup& setup)
    {
        const Result<std::vector<Corpus>> corpora = db::CorpusRepository(m_database).all();
        const Result<data::HeldOut> held = heldOut();
        if (!corpora || !held)
            return corpora ? held.error() : corpora.error();
        for (const Corpus& corpus : *corpora) {
            const auto take = [&](const std::string& hash, std::vector<std::string>& into) -> Result<void> {
                Result<std::vector<Row>> rows = data::readRows(m_project.rows(), hash);
                if (!rows)
                    return std::move(rows).error();
                for (Row& row : *rows)
                    if (held->twinOf(row.input).empty())  // no text of a validation or test split
                        into.push_back(std::move(row.input));
                return {};
            };
            Result<void> read = take(corpus.hash, corpus.domain ? setup.documents : setup.replay);
            if (read)
                read = take(corpus.heldOutHash, corpus.domain ? setup.heldOut : setup.generalHeldOut);
            if (!read)
                return read;
        }
        if (setup.documents.empty())
            return Error{ErrorCode::InvalidInput, "stage 0 has no domain text: import a corpus, or leave it out of the plan"};
        return {};
    }

    Result<data::HeldOut> heldOut() const
    {
        const Result<std::vector<TaskVersions>> tasks = versionsOf(m_database);
        if (!tasks)
            return tasks.error();
        data::HeldOut held;
        for (const TaskVersions& task : *tasks)
            for (const auto& [split, version] : task.splits) {
                if (split == Split::Train)
                    continue;
                const Result<data::RowFile> rows = data::RowFile::open(m_project.rows(), version.hash);
                if (!rows)
                    return rows.error();
                held.add(task.task.name, split, *rows);
            }
        return held;
    }

    Result<void> writePerplexity(const compute::PretrainResult& result)
    {
        std::vector<MetricPoint> points;
        const auto add = [&](const char* name, const compute::Perplexity& before, const compute::Perplexity& after) {
            if (before.tokens == 0)
                return;
            points.push_back({{}, 0, name, before.perplexity});
            points.push_back({{}, std::max<std::int64_t>(1, result.train.steps), name, after.perplexity});
        };
        add("domain_perplexity", result.domainBefore, result.domainAfter);
        add("general_perplexity", result.generalBefore, result.generalAfter);
        return db::MetricRepository(m_database).append(m_run.id, points);
    }

    Result<void> finish(const compute::TrainResult& result, const std::string& note)
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

    const Project& m_project;
    SQLite::Database& m_database;
    Run m_run;
    Start m_start;
    const JobContext& m_context;
    RunRecorder m_recorder;
    Plan m_plan;
    compute::TrainSetup m_setup;
    std::vector<TaskNeed> m_needs;  // of the tasks that are trained
    std::string m_skipped;
};

}  // namespace

std::filesystem::path runFolder(const Project& project, RunId run)
{
    return project.runs() / std::to_string(run.value);
}

Result<void> trainRun(const Project& project, const Run& run, Start start, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    RunTrainer trainer(project, **connection, run, start, context);
    Result<void> done = trainer.train();
    if (done)
        return done;
    db::RunRepository runs(**connection);
    const bool stopped = done.error().code == ErrorCode::Cancelled;
    // What was learned stays in the checkpoints: a failed run can be resumed as well.
    const Result<void> marked = runs.setStatus(run.id, stopped ? trainer.statusWhenStopped() : RunStatus::Failed,
        stopped ? std::string{} : done.error().detail);
    if (!marked)
        return marked;
    return std::move(done).error().within("run " + std::to_string(run.id.value));
}

}  // namespace taskfold::jobs
