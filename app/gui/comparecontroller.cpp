#include "app/gui/comparecontroller.h"

#include "app/gui/runscontroller.h"
#include "app/jobs/comparing.h"
#include "app/jobs/overview.h"
#include "db/comparisonrepository.h"
#include "widgets/dialogs/predictionsdialog.h"
#include "widgets/models/comparemodels.h"
#include "widgets/pages/comparehead.h"
#include "widgets/pages/comparepage.h"
#include "widgets/parts/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

Result<void> readShown(const Project& project, const Overview& overview, ComparisonId id, ShownComparison& shown)
{
    const Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return connection.error();
    Result<Comparison> comparison = db::ComparisonRepository(**connection).byId(id);
    if (!comparison)
        return std::move(comparison).error();
    Result<std::vector<SettingLine>> settings = jobs::comparedSettings(project, overview, *comparison);
    if (!settings)
        return std::move(settings).error();
    shown.slopes = jobs::slopesOf(overview, *comparison);
    shown.line = toQt(jobs::suiteLine(*comparison));
    shown.settings = *std::move(settings);
    shown.comparison = *std::move(comparison);
    return {};
}

}  // namespace

CompareController::CompareController(ComparePage& page, RunsController& runs, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
    , m_overview(std::make_shared<Overview>())
{
    connectPage(runs);
    connect(&m_session.news, &News::comparisonsChanged, this, [this] { reload(true); });
    connect(&m_session.news, &News::runsChanged, this, [this] { reload(m_follow); });
    connect(&m_session.news, &News::tasksChanged, this, [this] { reload(m_follow); });
    m_page.setBusy(runs.isBusy());
    reload(true);
}

void CompareController::connectPage(RunsController& runs)
{
    connect(&m_page, &ComparePage::compareRequested, &runs, &RunsController::compare);
    connect(&m_page, &ComparePage::evaluateRequested, &runs, &RunsController::evaluateAll);
    connect(&m_page, &ComparePage::choiceChanged, this, &CompareController::showChosen);
    connect(&m_page, &ComparePage::importRequested, this, &CompareController::askForPredictions);
    connect(&m_page, &ComparePage::taskSelected, this, &CompareController::readRows);
    connect(&m_page, &ComparePage::manualRequested, &m_session.news, &News::manualWanted);
    connect(&runs, &RunsController::busyChanged, &m_page, &ComparePage::setBusy);
}

void CompareController::reload(bool follow)
{
    m_follow = follow;  // a reading that is cancelled now may have been the one to follow
    m_session.background.cancel(m_overviewJob);
    auto found = std::make_shared<Overview>();
    m_overviewJob = m_session.background.submit(this,
        {.job = {"Runs",
             [project = m_session.project, found](const JobContext&) -> Result<void> {
                 Result<Overview> overview = jobs::overviewOf(project);
                 if (!overview)
                     return std::move(overview).error();
                 for (RunSummary& run : overview->runs)
                     run.words = toStd(searchWords(run));
                 *found = *std::move(overview);
                 return {};
             }},
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    take(std::move(*found), std::exchange(m_follow, false));
            }});
}

void CompareController::take(Overview overview, bool follow)
{
    m_overview = std::make_shared<const Overview>(std::move(overview));
    m_page.setOverview(m_overview);
    if (follow && !m_overview->comparisons.empty()) {
        const ComparisonLine& newest = m_overview->comparisons.front();
        m_page.head().choose(newest.candidate, newest.baseline);
    }
    showChosen();
}

void CompareController::showChosen()
{
    const RunId candidate = m_page.head().candidate();
    const std::string baseline = m_page.head().baseline();
    const auto& all = m_overview->comparisons;
    const auto found = std::find_if(all.begin(), all.end(), [&](const ComparisonLine& one) {
        return one.candidate == candidate && (one.baseline.empty() ? "single" : one.baseline) == baseline;
    });
    if (found != all.end())
        return read(found->id);
    m_session.background.cancel(std::exchange(m_comparisonJob, 0));
    m_comparison.reset();
    m_page.showComparison(std::nullopt);
}

void CompareController::read(ComparisonId id)
{
    m_session.background.cancel(m_comparisonJob);
    auto shown = std::make_shared<ShownComparison>();
    m_comparisonJob = m_session.background.submit(this,
        {.job = {"Comparison",
             [project = m_session.project, overview = m_overview, id, shown](
                 const JobContext&) { return readShown(project, *overview, id, *shown); }},
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, shown](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                m_comparison = shown->comparison;
                m_page.showComparison(std::move(*shown));
            }});
}

void CompareController::readRows(TaskId task)
{
    if (!m_comparison)
        return;
    m_session.background.cancel(m_rowsJob);
    auto found = std::make_shared<std::vector<RowDifference>>();
    m_rowsJob = m_session.background.submit(this,
        {.job = {"Rows",
             [project = m_session.project, comparison = *m_comparison, task, found](const JobContext&) -> Result<void> {
                 Result<std::vector<RowDifference>> rows = jobs::rowDifferences(project, comparison, task);
                 if (!rows)
                     return std::move(rows).error();
                 *found = *std::move(rows);
                 return {};
             }},
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, task, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    m_page.showRows(task, std::move(*found));
            }});
}

void CompareController::askForPredictions()
{
    std::vector<PredictionsDialog::TaskLine> tasks;
    for (const TaskName& task : m_overview->tasks)
        tasks.push_back({toQt(task.name), task.testRows});
    m_dialog = new PredictionsDialog(tasks, &m_page);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_dialog, &PredictionsDialog::importRequested, this, &CompareController::importPredictions);
    m_dialog->open();
}

void CompareController::importPredictions(const std::map<QString, QString>& files, const QString& name)
{
    std::vector<jobs::PredictionFile> given;
    for (const auto& [task, file] : files)
        given.push_back({toStd(task), toStd(file)});
    m_session.background.submit(this,
        {.job = {toStd(tr("Importing predictions")),
             [project = m_session.project, given, name = toStd(name)](const JobContext& context) -> Result<void> {
                 const auto runs = jobs::importPredictions(project, given, name, context);
                 return runs ? Result<void>{} : Result<void>(runs.error());
             }},
            .result = Mode::Compare,
            .onEnd = [this, name, count = files.size()](const Outcome& end) {
                if (end.end != JobEnd::Completed) {
                    if (m_dialog)
                        m_dialog->showError(end.error);
                    return;
                }
                if (m_dialog)
                    m_dialog->accept();
                m_page.head().choose(m_page.head().candidate(), "imported:" + toStd(name));
                m_page.showNotice(tr("Predictions of %1 tasks are kept as “%2”. Press Compare.").arg(count).arg(name));
                emit m_session.news.runsChanged();
            }});
}

}  // namespace taskfold
