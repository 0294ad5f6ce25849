#include "app/gui/datacontroller.h"

#include "app/gui/datajobs.h"
#include "app/gui/edits.h"
#include "app/gui/mappingjobs.h"
#include "db/taskrepository.h"
#include "widgets/dialogs/labeldialog.h"
#include "widgets/dialogs/taskdialog.h"
#include "widgets/pages/datapage.h"
#include "widgets/pages/rowspanel.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"
#include "widgets/plots/overlap.h"

#include <QPointer>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::int64_t kIssuesListed = 2000;

}  // namespace

DataController::DataController(DataPage& page, const Session& session)
    : QObject(&page)
    , m_page(page)
    , m_session(session)
{
    m_page.restoreLayout(m_session.settings.ofProject(m_session.folder(), u"dataLayout"_s).toByteArray());
    connectPage();
    connect(&m_session.news, &News::tasksChanged, this, &DataController::reload);
    connect(
        &m_session.news, &News::basesChanged, this, &DataController::reload);  // tokens are counted by base
    reload();
}

void DataController::connectPage()
{
    connect(&m_page, &DataPage::importRequested, this, [this] { emit importWanted({}); });
    connect(&m_page, &DataPage::taskSelected, this, &DataController::onTaskSelected);
    connect(&m_page, &DataPage::propertiesRequested, this, &DataController::editProperties);
    connect(&m_page, &DataPage::labelsRequested, this, &DataController::mergeLabels);
    connect(&m_page, &DataPage::removeRequested, this, &DataController::askAndRemove);
    connect(&m_page, &DataPage::corpusRemoveRequested, this, &DataController::askAndRemoveCorpus);
    connect(&m_page, &DataPage::manualRequested, &m_session.news, &News::manualWanted);
    connect(m_page.rows(), &RowsPanel::totalWanted, this, &DataController::count);
    connect(m_page.rows(), &RowsPanel::rowsWanted, this, &DataController::read);
    connect(&m_page, &DataPage::overlapWanted, this, &DataController::findOverlap);
    connect(m_page.rows(), &RowsPanel::exportWanted, this, [this](TaskId task, Split split, const QString& file) {
        write(exportRowsJob(m_session.project, task, split, file), file);
    });
    connect(&m_page, &DataPage::issuesExportWanted, this, [this](TaskId task, const QString& file) {
        write(exportIssuesJob(m_session.project, task, file), file);
    });
}

void DataController::reload()
{
    m_overlapKnown = false;
    if (m_page.showsOverlap())
        findOverlap();
    m_session.background.cancel(m_volumes);
    auto found = std::make_shared<VolumesFound>();
    m_volumes = m_session.background.submit(this,
        {.job = volumesJob(m_session.project, found),
            .queue = Queue::Counting,
            .shown = Shown::Quietly,
            .onEnd = [this, found](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                m_page.showTasks(found->tasks, found->corpora, found->documents);
                if (!std::exchange(m_restored, true))
                    m_page.selectTask(
                        TaskId{m_session.settings.ofProject(m_session.folder(), u"task"_s).toLongLong()});
            }});
}

// Reads every row: only for somebody who looks at it.
void DataController::findOverlap()
{
    if (m_overlapKnown)
        return;
    m_session.background.cancel(m_overlap);
    auto found = std::make_shared<OverlapMatrix>();
    m_overlap = m_session.background.submit(this,
        {.job = overlapJob(m_session.project, found), .queue = Queue::Counting, .onEnd = [this, found](const Outcome& end) {
             if (end.end != JobEnd::Completed)
                 return;
             m_overlapKnown = true;
             m_page.showOverlap(*found);
         }});
}

void DataController::write(Job job, const QString& file)
{
    m_session.background.submit(this, {.job = std::move(job), .onEnd = [this, file](const Outcome& end) {
                                           if (end.end == JobEnd::Completed)
                                               emit m_session.news.noticed(tr("Written: %1").arg(file), {});
                                       }});
}

void DataController::onTaskSelected(TaskId task)
{
    remember();
    m_session.background.cancel(m_issues);
    auto found = std::make_shared<IssuesFound>();
    m_issues = m_session.background.submit(this,
        {.job = issuesJob(m_session.project, task, kIssuesListed, found),
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, task, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    m_page.showIssues(task, std::move(found->issues), found->total);
            }});
}

void DataController::count(const RowsQuery& query)
{
    m_session.background.cancel(m_count);
    auto found = std::make_shared<RowsFound>();
    m_count = m_session.background.submit(this,
        {.job = rowsJob(m_session.project, query, 0, PagedModelBase::kPage, found),
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, query, found](const Outcome& end) {
                if (end.end != JobEnd::Completed)
                    return;
                m_page.rows()->showTotal(query, found->total);
                m_page.rows()->showRows(query, 0, std::move(found->rows));
            }});
}

void DataController::read(const RowsQuery& query, qint64 offset, qint64 limit)
{
    auto found = std::make_shared<RowsFound>();
    m_session.background.submit(this,
        {.job = rowsJob(m_session.project, query, offset, limit, found),
            .queue = Queue::Reading,
            .shown = Shown::Quietly,
            .onEnd = [this, query, offset, found](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    m_page.rows()->showRows(query, offset, std::move(found->rows));
            }});
}

void DataController::editProperties(TaskId id)
{
    const Result<Task> task = db::TaskRepository(m_session.database).byId(id);
    if (!task)
        return emit m_session.news.failed(task.error());
    auto* dialog = new TaskDialog(*task, m_page.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TaskDialog::saveRequested, this,
        [this, before = *task](const Task& after) { pushEdit(before, after); });
    dialog->open();
}

void DataController::pushEdit(const Task& before, const Task& after)
{
    if (before == after)
        return;
    const QPointer<DataController> self(this);
    const auto putting = [self](const Task& task) {
        return [self, task] {
            if (self)
                self->put(task);
        };
    };
    m_session.undo.push(new Edit(tr("change of %1").arg(toQt(after.name)), putting(after), putting(before)));
}

void DataController::put(const Task& task)
{
    m_session.background.submit(this,
        {.job = putTaskJob(m_session.project, task),
            .shown = Shown::Quietly,
            .onEnd = [this](const Outcome& end) {
                if (end.end == JobEnd::Completed)
                    emit m_session.news.tasksChanged();
            }});
}

void DataController::mergeLabels(TaskId id, const std::vector<LabelCount>& labels)
{
    auto* dialog = new LabelDialog(labels, {}, {}, m_page.window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, id] {
        const std::map<QString, QString> renamed = dialog->renamed();
        if (renamed.empty())
            return;
        const QPointer<DataController> self(this);
        const auto before = std::make_shared<jobs::Labelled>();
        const auto changing = [self](const std::function<Job(const Project&)>& job) {
            return [self, job] {
                if (self)
                    self->changeLabels(job(self->m_session.project));
            };
        };
        m_session.undo.push(new Edit(tr("change of labels"),
            changing([id, renamed, before](const Project& project) { return relabelJob(project, id, renamed, before); }),
            changing([before](const Project& project) { return putBackJob(project, before); })));
    });
    dialog->open();
}

void DataController::changeLabels(Job job)
{
    m_session.background.submit(this, {.job = std::move(job), .onEnd = [this](const Outcome& end) {
                                           if (end.end == JobEnd::Completed)
                                               emit m_session.news.tasksChanged();
                                       }});
}

void DataController::askAndRemove(TaskId id)
{
    const Result<Task> task = db::TaskRepository(m_session.database).byId(id);
    if (!task)
        return emit m_session.news.failed(task.error());
    ask::choose(&m_page,
        {.title = tr("Remove the task"),
            .text = tr("Remove %1 from this project?").arg(toQt(task->name)),
            .detail
            = tr("Its rows, decisions, baselines, predictions and scores go with it. This can't be undone."),
            .buttons = {tr("Remove"), tr("Cancel")},
            .dangerous = 0},
        [this, task = *task](int button) {
            if (button != 0)
                return;
            m_session.background.submit(
                this, {.job = removeTaskJob(m_session.project, task), .onEnd = [this](const Outcome& end) {
                           if (end.end != JobEnd::Completed)
                               return;
                           m_session.undo.clear();  // what it holds may be of the task that is gone
                           emit m_session.news.tasksChanged();
                           emit m_session.news.runsChanged();
                       }});
        });
}

void DataController::askAndRemoveCorpus(CorpusId id, const QString& name)
{
    ask::choose(&m_page,
        {.title = tr("Remove the text"),
            .text = tr("Remove %1 from this project?").arg(name),
            .detail = tr("Its documents go with it. This can't be undone."),
            .buttons = {tr("Remove"), tr("Cancel")},
            .dangerous = 0},
        [this, id](int button) {
            if (button != 0)
                return;
            m_session.background.submit(this, {.job = removeCorpusJob(m_session.project, id), .onEnd = [this](const Outcome& end) {
                                                   if (end.end == JobEnd::Completed)
                                                       emit m_session.news.tasksChanged();
                                               }});
        });
}

void DataController::remember()
{
    if (!m_restored)
        return;
    m_session.settings.setOfProject(m_session.folder(), u"task"_s, qlonglong{m_page.selectedTask().value});
    m_session.settings.setOfProject(m_session.folder(), u"dataLayout"_s, m_page.saveLayout());
}

}  // namespace taskfold
