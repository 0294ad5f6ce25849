#include "app/gui/runscontroller.h"

#include "app/jobs/comparing.h"
#include "app/jobs/evaluation.h"
#include "app/jobs/exporting.h"
#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"
#include "db/taskrepository.h"
#include "widgets/dialogs/exportdialog.h"
#include "widgets/pages/runspage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::chrono::milliseconds kRefreshEvery(500);

}  // namespace

RunsController::RunsController(const Session& session, QObject* parent) : QObject(parent), m_session(session)
{
    m_clock.setInterval(kRefreshEvery);
    connect(&m_clock, &QTimer::timeout, this, &RunsController::refresh);
    connect(&m_session.news, &News::runsChanged, this, &RunsController::refresh);
    connect(&m_session.news, &News::tasksChanged, this, &RunsController::refresh);
}

void RunsController::attach(RunsPage& page)
{
    m_page = &page;
    connect(&page, &QObject::destroyed, this, [this] { m_page = nullptr; });
    connect(&page, &RunsPage::runSelected, this, [this](RunId run) { showRun(run, -1); });
    connect(&page, &RunsPage::stopRequested, this, &RunsController::stop);
    connect(&page, &RunsPage::pauseRequested, this, &RunsController::pause);
    connect(&page, &RunsPage::moveRequested, this, &RunsController::move);
    page.setGoOn(afterFailure() == jobs::AfterFailure::GoOn);
    connect(&page, &RunsPage::goOnChanged, this,
        [this](bool goOn) { m_session.settings.setOfProject(m_session.folder(), u"goOn"_s, goOn); });
    connect(&page, &RunsPage::resumeRequested, this, &RunsController::resume);
    connect(&page, &RunsPage::deleteRequested, this, &RunsController::askAndDelete);
    connect(&page, &RunsPage::evaluateRequested, this, &RunsController::evaluate);
    connect(&page, &RunsPage::exportRequested, this, &RunsController::askAndExport);
    connect(&page, &RunsPage::compareRequested, this, [this](RunId run) { compare({run}); });
    connect(&page, &RunsPage::planRequested, this, [this] { emit m_session.news.pageWanted(Mode::Plan); });
    connect(&page, &RunsPage::manualRequested, &m_session.news, &News::manualWanted);
    page.setBusy(isBusy());
    m_clock.start();  // another program may train in this project, too
    refresh();
}

void RunsController::submit(
    const QString& title, std::function<Result<void>(const JobContext&)> work, std::function<void()> then)
{
    if (++m_busy == 1)
        emit busyChanged(true);
    if (m_page)
        m_page->setBusy(true);
    m_training = m_session.background.submit(this,
        {.job = {toStd(title), std::move(work)},
            .queue = Queue::Training,
            .result = Mode::Runs,
            .onEnd = [this, then = std::move(then)](const Outcome& end) {
                if (--m_busy == 0)
                    emit busyChanged(false);
                if (m_page)
                    m_page->setBusy(isBusy());
                emit m_session.news.runsChanged();
                emit m_session.news.basesChanged();
                if (end.end == JobEnd::Completed && then)
                    then();
            }});
}

void RunsController::start(const Plan& plan)
{
    emit m_session.news.pageWanted(Mode::Runs);
    submit(tr("Training %1").arg(toQt(plan.name)), [project = m_session.project, plan, after = afterFailure()](const JobContext& context) -> Result<void> {
        const Result<PlanId> queued = jobs::queuePlan(project, plan, context);
        if (!queued)
            return queued.error();
        return jobs::runQueue(project, *queued, context, after);
    });
}

void RunsController::resume(RunId run)
{
    submit(tr("Resuming run %1").arg(run.value),
        [project = m_session.project, run, after = afterFailure()](
            const JobContext& context) { return jobs::resumeRun(project, run, context, after); });
}

jobs::AfterFailure RunsController::afterFailure() const
{
    const bool goOn = m_session.settings.ofProject(m_session.folder(), u"goOn"_s).toBool();
    return goOn ? jobs::AfterFailure::GoOn : jobs::AfterFailure::Stop;
}

void RunsController::pause(RunId run)
{
    m_session.background.submit(this,
        {.job = {"Pause", [project = m_session.project, run](const JobContext&) { return jobs::pauseRun(project, run); }},
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome&) { emit m_session.news.runsChanged(); }});
}

void RunsController::move(RunId run, bool earlier)
{
    m_session.background.submit(this,
        {.job = {"Queue",
             [project = m_session.project, run, earlier](const JobContext&) -> Result<void> {
                 const Result<db::Connection> connection = openExisting(project);
                 if (!connection)
                     return connection.error();
                 return db::RunRepository(**connection).move(run, earlier ? db::QueueMove::Earlier : db::QueueMove::Later);
             }},
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome&) { emit m_session.news.runsChanged(); }});
}

// Asked through the database: it may be another program that trains it.
void RunsController::stop(RunId run)
{
    m_session.background.submit(this,
        {.job = {"Stop", [project = m_session.project, run](const JobContext&) { return jobs::stopRun(project, run); }},
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome&) { emit m_session.news.runsChanged(); }});
}

void RunsController::askAndDelete(RunId run)
{
    ask::choose(m_page,
        {.title = tr("Delete the run"),
            .text = tr("Delete run %1 with its checkpoints, curves, answers and scores?").arg(run.value),
            .detail = tr("A run that is being trained is stopped first. This can't be undone."),
            .buttons = {tr("Delete"), tr("Cancel")},
            .dangerous = 0},
        [this, run](int button) {
            if (button != 0)
                return;
            m_session.background.submit(this,
                {.job = {"Delete", [project = m_session.project, run](const JobContext& context) { return jobs::discardRun(project, run, context); }},
                    .shown = Shown::Quietly,
                    .onEnd = [this](const Outcome&) {
                        emit m_session.news.runsChanged();
                        emit m_session.news.comparisonsChanged();
                    }});
        });
}

void RunsController::evaluate(RunId run)
{
    submit(tr("Evaluating run %1").arg(run.value), [project = m_session.project, run](const JobContext& context) -> Result<void> {
        const auto scores = jobs::evaluateRun(project, run, Split::Test, context);
        return scores ? Result<void>{} : Result<void>(scores.error());
    });
}

void RunsController::askAndExport(RunId run)
{
    const Result<Run> known = db::RunRepository(m_session.database).byId(run);
    const bool adapter = known && jobs::hasAdapter(m_session.project, *known);
    auto* dialog = new ExportDialog(tr("run %1").arg(run.value), adapter, m_page);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::exportRequested, this, [this, run](const ExportForm& form) {
        const bool file = form.format == u"gguf"_s;
        const QString proposal = u"run-%1"_s.arg(run.value) + (file ? u"-%1.gguf"_s.arg(form.type) : QString());
        ask::saveFile(m_page, tr("Export model"), proposal, file ? tr("GGUF files (*.gguf)") : tr("Folders (*)"),
            [this, run, form](const QString& place) { exportTo(run, form, place); });
    });
    dialog->open();
}

void RunsController::exportTo(RunId run, const ExportForm& form, const QString& place)
{
    auto outcome = std::make_shared<jobs::ExportOutcome>();
    const jobs::ExportRequest request{run, toStd(place), *jobs::exportFormatOf(toStd(form.format)), toStd(form.type), form.rows};
    submit(
        tr("Exporting run %1").arg(run.value),
        [project = m_session.project, request, outcome](const JobContext& context) -> Result<void> {
            Result<jobs::ExportOutcome> done = jobs::exportRun(project, request, context);
            if (!done)
                return std::move(done).error();
            *outcome = *std::move(done);
            if (!outcome->accepted)
                return Error{ErrorCode::InvalidInput, "the export is refused, and nothing was written. " + jobs::fallenTasks(*outcome)};
            return {};
        },
        [this, outcome, place] {
            QString detail;
            for (const jobs::ExportedTask& task : outcome->tasks)
                detail += tr("%1: %2 tested, %3 exported (%4 rows)")
                              .arg(toQt(task.name), pointsText(task.before), pointsText(task.after), countText(task.n))
                    + u'\n';
            if (!outcome->remark.empty())
                detail += toQt(outcome->remark);
            emit m_session.news.noticed(tr("The model is in %1.").arg(place), detail.trimmed());
        });
}

void RunsController::evaluateAll(const std::vector<RunId>& runs)
{
    submit(tr("Evaluating"), [project = m_session.project, runs](const JobContext& context) { return jobs::evaluateMissing(project, runs, context); });
}

// What isn't evaluated yet is evaluated first: otherwise there is nothing to compare.
void RunsController::compare(const std::vector<RunId>& candidates, const std::string& baseline)
{
    submit(
        tr("Comparing"),
        [project = m_session.project, candidates, baseline](const JobContext& context) -> Result<void> {
            if (const auto scores = jobs::evaluateAll(project, Split::Test, context); !scores)
                return scores.error();
            std::vector<RunId> named = candidates;
            if (const RunId run{QByteArray::fromStdString(baseline).toLongLong()}; run)
                named.push_back(run);
            if (Result<void> evaluated = jobs::evaluateMissing(project, named, context); !evaluated)
                return evaluated;
            for (const RunId candidate : candidates) {
                const Result<Comparison> comparison = jobs::compareRuns(project, candidate, baseline, context);
                if (!comparison)
                    return comparison.error();
            }
            return {};
        },
        [this] {
            emit m_session.news.comparisonsChanged();
            emit m_session.news.pageWanted(Mode::Compare);
        });
}

void RunsController::refresh()
{
    if (!m_page)
        return;
    Result<std::vector<Run>> runs = db::RunRepository(m_session.database).all();
    const Result<std::vector<Task>> tasks = db::TaskRepository(m_session.database).all();
    if (!runs || !tasks)
        return;
    // What was trained by number, then the queue in its own order.
    std::stable_sort(runs->begin(), runs->end(), [](const Run& a, const Run& b) {
        const auto place = [](const Run& run) {
            const bool queued = run.status == RunStatus::Queued;
            return std::pair(queued, queued ? run.position : run.id.value);
        };
        return place(a) < place(b);
    });
    m_page->showRuns(*runs, *tasks);
    const RunId shown = m_page->selectedRun();
    for (const Run& run : *runs)
        if (run.id == shown && shown == m_shown && run.steps != m_lastStep)
            showRun(shown, m_lastStep);
}

void RunsController::showRun(RunId run, std::int64_t after)
{
    const db::MetricRepository metrics(m_session.database);
    const Result<std::vector<MetricPoint>> points = metrics.since(run, after);
    const Result<std::vector<RunTask>> tasks = db::RunRepository(m_session.database).tasks(run);
    if (!points || !tasks || !m_page)
        return;
    m_shown = run;
    m_lastStep = after;
    for (const MetricPoint& point : *points)
        m_lastStep = std::max(m_lastStep, point.step);
    m_page->addPoints(run, *points);
    m_page->showTasks(run, *tasks);
}

}  // namespace taskfold
