#include "app/gui/reportcontroller.h"

#include "app/gui/reportfigures.h"
#include "app/jobs/reporting.h"
#include "db/comparisonrepository.h"
#include "engine/report/writers.h"
#include "widgets/models/comparemodels.h"
#include "widgets/pages/reportpage.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

jobs::ReportWish wishOf(const ReportPage& page)
{
    Result<jobs::ReportWish> wish
        = jobs::reportWish(toStd(page.title()), toStd(page.sections().join(u',')), toStd(page.language()), {}, page.comparison());
    if (wish && page.sections().isEmpty())
        wish->sections.clear();  // nothing chosen isn't everything
    return wish ? *std::move(wish) : jobs::ReportWish{};
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
    connect(&m_session.news, &News::comparisonsChanged, this, &ReportController::readComparisons);
    connect(&m_session.news, &News::comparisonsChanged, this, &ReportController::preview);
    connect(&m_session.news, &News::decisionsChanged, this, &ReportController::preview);
    readComparisons();
    preview();
}

// A line each, without their numbers; as many as a list can be chosen from.
void ReportController::readComparisons()
{
    constexpr std::size_t kMost = 100;
    const Result<std::vector<ComparisonLine>> lines = db::ComparisonRepository(m_session.database).lines();
    if (!lines)
        return m_page.showError(lines.error());
    std::vector<std::pair<qint64, QString>> titles;
    for (std::size_t i = 0; i < std::min(kMost, lines->size()); ++i) {
        const ComparisonLine& one = (*lines)[i];
        titles.emplace_back(one.id.value,
            tr("%1: run %2 against %3, %4").arg(one.id.value).arg(one.candidate.value).arg(baselineTitle(one.baseline), momentText(one.created)));
    }
    m_page.setComparisons(titles);
}

void ReportController::preview()
{
    m_session.background.cancel(m_previewing);
    auto found = std::make_shared<report::ReportData>();
    m_previewing = m_session.background.submit(this,
        {.job = gatherJob(m_session.project, wishOf(m_page), tr("Report"), found),
            .queue = Queue::Reading,
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
                    ? writePdf(file, toQt(report::documentReport(*found)), reportFigures(*found), {toQt(found->title), toQt(found->created)})
                    : jobs::writeReport(*found, file.toStdString());
                if (written)
                    m_page.showWritten(file);
                else
                    m_page.showError(written.error());
            }});
}

}  // namespace taskfold
