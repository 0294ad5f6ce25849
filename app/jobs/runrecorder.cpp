#include "app/jobs/runrecorder.h"

#include "db/metricrepository.h"
#include "db/open.h"
#include "db/runrepository.h"

namespace taskfold::jobs {

namespace {

constexpr std::chrono::milliseconds kFlushEvery(250);
constexpr std::chrono::minutes kPatience(2);  // with a database that others write to, at the end and before that all in all

}  // namespace

RunRecorder::RunRecorder(const Project& project, SQLite::Database& database, Run& run, const JobContext& context)
    : m_project(project)
    , m_database(database)
    , m_run(run)
    , m_context(context)
    , m_forward(context.stop, [this] { m_stop.request_stop(); })
    , m_pace(kFlushEvery)
    , m_busySince(std::chrono::steady_clock::now())
{
    db::setPatience(m_database, kPatience);
}

compute::TrainEvents RunRecorder::events()
{
    return {[this](const compute::StepReport& report) { return onStep(report); },
        [this](const compute::EvaluationReport& report) { return onEvaluation(report); },
        [this](const compute::CheckpointReport& report) { return onCheckpoint(report); }};
}

void RunRecorder::add(TaskId task, std::int64_t step, const char* name, double value)
{
    m_points.push_back({task, step, name, value});
}

Result<void> RunRecorder::onStep(const compute::StepReport& report)
{
    if (std::exchange(m_first, false))  // a resumed run writes again what came after its checkpoint
        if (Result<void> cut = db::MetricRepository(m_database).truncate(m_run.id, report.step - 1); !cut)
            return cut;
    m_run.steps = report.step;
    m_run.loss = report.loss;
    m_run.tokens = report.tokens;
    m_run.targetTokens = report.targetTokens;
    m_run.seconds = report.seconds;
    if (report.steps > 0)
        m_run.stepsTotal = report.steps;
    add({}, report.step, "loss", report.loss);
    add({}, report.step, "learning_rate", report.learningRate);
    add({}, report.step, "gradient_norm", report.gradientNorm);
    for (const compute::TaskLoss& task : report.tasks)
        if (task.task)
            add(task.task, report.step, "loss", task.loss);
    if (m_context.report)
        m_context.report({report.step, m_run.stepsTotal, m_run.id, std::string(wordOf(m_run.kind))});
    return m_pace.due() ? tryFlush() : Result<void>{};
}

Result<void> RunRecorder::onEvaluation(const compute::EvaluationReport& report)
{
    std::vector<RunTask> tasks;
    if (report.seconds > 0)
        add({}, report.step, "evaluation_share", report.evaluationSeconds / report.seconds);
    for (const compute::TaskEvaluation& task : report.tasks) {
        add(task.task, report.step, "validation_loss", task.loss);
        add(task.task, report.step, "metric", task.metric);
        add(task.task, report.step, "epochs", task.epochs);
        add(task.task, report.step, "share", task.share);
        if (task.task)
            tasks.push_back({m_run.id, task.task, task.phase, task.bestStep, 0, task.best, task.se, task.epochs});
    }
    if (!tasks.empty())
        m_tasks = std::move(tasks);
    return tryFlush();
}

Result<void> RunRecorder::onCheckpoint(const compute::CheckpointReport& report)
{
    m_run.checkpoint = m_project.stored(report.folder);
    return tryFlush();
}

// Doesn't wait for another program that is writing: what wasn't written is kept, and training goes on.
Result<void> RunRecorder::tryFlush()
{
    db::setPatience(m_database, std::chrono::milliseconds(20));
    Result<void> flushed = write();
    db::setPatience(m_database, kPatience);
    const auto now = std::chrono::steady_clock::now();
    if (flushed || flushed.error().code != ErrorCode::Busy)
        m_busySince = now;
    else if (now - m_busySince < kPatience)
        flushed = {};
    return flushed ? listen() : flushed;
}

Result<void> RunRecorder::flush()
{
    db::setPatience(m_database, kPatience);
    const Result<void> flushed = write();
    return flushed ? listen() : flushed;
}

Result<void> RunRecorder::write()
{
    if (Result<void> written = db::MetricRepository(m_database).append(m_run.id, m_points); !written)
        return written;
    m_points.clear();
    db::RunRepository runs(m_database);
    if (!m_tasks.empty())
        if (Result<void> put = runs.putTasks(m_tasks); !put)
            return put;
    m_tasks.clear();
    return runs.setProgress(m_run);
}

// Whether somebody asked the run to stop.
Result<void> RunRecorder::listen()
{
    const Result<RunStatus> status = db::RunRepository(m_database).status(m_run.id);
    if (!status)
        return status.error();
    m_paused = *status == RunStatus::Pausing;
    if (m_paused || *status == RunStatus::Stopping)
        m_stop.request_stop();
    return {};
}

}  // namespace taskfold::jobs
