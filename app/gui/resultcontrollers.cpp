#include "app/gui/resultcontrollers.h"

#include "app/gui/reportfigures.h"
#include "app/gui/runscontroller.h"
#include "app/jobs/comparing.h"
#include "app/jobs/reporting.h"
#include "db/comparisonrepository.h"
#include "db/runrepository.h"
#include "engine/report/writers.h"
#include "widgets/pages/comparepage.h"
#include "widgets/pages/reportpage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

jobs::ReportWish wishOf(const ReportPage& page)
{
    jobs::ReportWish wish;
    wish.title = toStd(page.title());
    wish.sections.clear();
    const QStringList chosen = page.sections();
    for (const report::Section section : report::allSections())
        if (chosen.contains(toQt(report::wordOf(section))))
            wish.sections.push_back(section);
    return wish;
}

Job gatherJob(const Project& project, const jobs::ReportWish& wish, const QString& title, std::shared_ptr<report::ReportData> found)
{
    return {toStd(title), [project, wish, found](const JobContext& context) -> Result<void> {
                Result<report::ReportData> data = jobs::reportData(project, wish, context);
                if (!data)
                    return std::move(data).error();
                *found = *std::move(data);
                return {};
            }};
}

}  // namespace

CompareController::CompareController(ComparePage& page, RunsController& runs, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    connect(&m_page, &ComparePage::compareRequested, &runs, &RunsController::compare);
    connect(&m_page, &ComparePage::taskSelected, this, &CompareController::readRows);
    connect(&m_page, &ComparePage::manualRequested, &m_session.news, &News::manualWanted);
    connect(&runs, &RunsController::busyChanged, &m_page, &ComparePage::setBusy);
    connect(&m_session.news, &News::comparisonsChanged, this, &CompareController::reload);
    connect(&m_session.news, &News::runsChanged, this, &CompareController::reload);
    reload();
    m_page.setBusy(runs.isBusy());
}

void CompareController::reload()
{
    const Result<std::vector<Run>> runs = db::RunRepository(m_session.database).all();
    Result<std::optional<Comparison>> newest = db::ComparisonRepository(m_session.database).newest();
    if (!runs || !newest)
        return m_page.showError(runs ? newest.error() : runs.error());
    std::vector<Run> candidates;
    for (const Run& run : *runs)
        if ((run.kind == RunKind::Stage3 || run.kind == RunKind::Stage2) && run.status == RunStatus::Completed && !run.checkpoint.empty())
            candidates.push_back(run);
    m_page.setCandidates(candidates);
    m_comparison = *std::move(newest);
    m_page.showComparison(m_comparison, m_comparison ? toQt(jobs::suiteLine(*m_comparison)) : QString());
}

void CompareController::readRows(TaskId task)
{
    if (!m_comparison)
        return;
    m_session.background.cancel(m_reading);
    auto found = std::make_shared<std::vector<RowDifference>>();
    m_reading = m_session.background.submit(this,
        {.job = {"Rows",
             [project = m_session.project, comparison = *m_comparison, task, found](const JobContext&) -> Result<void> {
                 Result<std::vector<RowDifference>> rows = jobs::rowDifferences(project, comparison, task);
                 if (!rows)
                     return std::move(rows).error();
                 *found = *std::move(rows);
                 return {};
             }},
            .shown = Shown::Quietly,
            .onEnd = [this, task, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    m_page.showRows(task, std::move(*found));
            }});
}

ReportController::ReportController(ReportPage& page, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    m_page.setTitle(tr("Folding %1").arg(QDir(m_session.folder()).dirName()));
    connect(&m_page, &ReportPage::changed, this, &ReportController::preview);
    connect(&m_page, &ReportPage::exportRequested, this, &ReportController::askAndExport);
    connect(&m_page, &ReportPage::compareRequested, this, [this] { emit m_session.news.pageWanted(Mode::Compare); });
    connect(&m_page, &ReportPage::manualRequested, &m_session.news, &News::manualWanted);
    connect(&m_session.news, &News::comparisonsChanged, this, &ReportController::preview);
    connect(&m_session.news, &News::decisionsChanged, this, &ReportController::preview);
    preview();
}

void ReportController::preview()
{
    m_session.background.cancel(m_previewing);
    auto found = std::make_shared<report::ReportData>();
    m_previewing = m_session.background.submit(this,
        {.job = gatherJob(m_session.project, wishOf(m_page), tr("Report"), found),
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                m_page.setAnyComparison(found->comparison.has_value());
                m_page.showPreview(toQt(report::documentReport(*found)), reportFigures(*found));
            }});
}

void ReportController::askAndExport(const QString& format)
{
    const QString name = QDir(m_session.folder()).filePath(u"reports/report."_s + format);
    QDir(m_session.folder()).mkpath(u"reports"_s);
    ask::saveFile(&m_page, tr("Export the report"), name, tr("%1 (*.%2)").arg(format.toUpper(), format),
        [this, format](const QString& file) { write(format, file); });
}

void ReportController::write(const QString& format, const QString& file)
{
    auto found = std::make_shared<report::ReportData>();
    m_session.background.submit(this,
        {.job = gatherJob(m_session.project, wishOf(m_page), tr("Writing the report"), found),
            .result = Mode::Report,
            .onEnd = [this, found, format, file](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                const Result<void> written = format == u"pdf"
                    ? writePdf(file, toQt(report::documentReport(*found)), reportFigures(*found))
                    : jobs::writeReport(*found, file.toStdString());
                if (written)
                    m_page.showWritten(file);
                else
                    m_page.showError(written.error());
            }});
}

}  // namespace taskfold
