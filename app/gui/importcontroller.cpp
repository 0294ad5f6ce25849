#include "app/gui/importcontroller.h"

#include "app/gui/datajobs.h"
#include "app/gui/mappingjobs.h"
#include "db/taskrepository.h"
#include "widgets/dialogs/importdialog.h"
#include "widgets/parts/text.h"

namespace taskfold {

ImportController::ImportController(const Session& session, QWidget* window, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_window(window)
{
}

void ImportController::open(const QStringList& paths)
{
    if (!m_dialog) {
        m_dialog = new ImportDialog(m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        m_dialog->setTaskNames(taskNames());
        connectDialog();
        connectMapping();
        m_dialog->open();
    }
    m_dialog->addPaths(paths);
}

void ImportController::connectDialog()
{
    connect(m_dialog, &ImportDialog::previewWanted, this, &ImportController::preview);
    connect(m_dialog, &ImportDialog::importRequested, this, &ImportController::start);
    connect(
        m_dialog, &ImportDialog::cancelRequested, this, [this] { m_session.background.cancel(m_import); });
}

void ImportController::connectMapping()
{
    connect(m_dialog, &ImportDialog::mappingOfTaskWanted, this, [this](const QString& task) {
        auto found = std::make_shared<MappingFound>();
        useMapping(mappingOfTaskJob(m_session.project, task, found), found);
    });
    connect(m_dialog, &ImportDialog::mappingInFileWanted, this, [this](const QString& file) {
        auto found = std::make_shared<MappingFound>();
        useMapping(mappingInFileJob(file, found), found);
    });
    connect(m_dialog, &ImportDialog::mappingSaveWanted, this, &ImportController::saveMapping);
    connect(m_dialog, &ImportDialog::labelsWanted, this, &ImportController::findLabels);
}

void ImportController::useMapping(Job job, std::shared_ptr<MappingFound> found)
{
    m_session.background.submit(m_dialog, {.job = std::move(job), .shown = Shown::Quietly, .onEnd = [this, found](const Outcome& end) {
                                               if (end.end == JobEnd::Completed)
                                                   m_dialog->useMapping(found->settings, found->labels);
                                               else if (end.end == JobEnd::Failed)
                                                   m_dialog->showFailure(end.error);
                                           }});
}

void ImportController::saveMapping(const ImportItem& item, const QString& file, const QString& to)
{
    m_session.background.submit(m_dialog, {.job = saveMappingJob(item, file, to), .shown = Shown::Quietly, .onEnd = [this, to](const Outcome& end) {
                                               if (end.end == JobEnd::Completed)
                                                   m_dialog->showNotice(tr("Written: %1").arg(to));
                                               else if (end.end == JobEnd::Failed)
                                                   m_dialog->showFailure(end.error);
                                           }});
}

// All rows are read for it: it shows in the corner, and can be stopped there.
void ImportController::findLabels(const ImportItem& item, const QString& file)
{
    m_session.background.cancel(m_labels);
    auto found = std::make_shared<LabelsFound>();
    m_labels = m_session.background.submit(m_dialog, {.job = labelsJob(m_session.project, item, file, found), .onEnd = [this, found](const Outcome& end) {
                                                          if (end.end == JobEnd::Completed)
                                                              m_dialog->editLabels(found->labels, found->declared);
                                                          else if (end.end == JobEnd::Failed)
                                                              m_dialog->showFailure(end.error);
                                                      }});
}

QStringList ImportController::taskNames() const
{
    QStringList names;
    if (const Result<std::vector<Task>> tasks = db::TaskRepository(m_session.database).all())
        for (const Task& task : *tasks)
            names.append(toQt(task.name));
    return names;
}

void ImportController::preview(int request, const ImportItem& item, const QString& file)
{
    m_session.background.cancel(m_preview);
    auto found = std::make_shared<ImportPreview>();
    m_preview = m_session.background.submit(m_dialog,
        {.job = previewJob(item, file, found),
            .shown = Shown::Quietly,
            .onEnd = [this, request, found](const Outcome& end) {
                if (end.end == JobEnd::Failed)
                    found->error = end.error;
                if (end.end != JobEnd::Cancelled)
                    m_dialog->showPreview(request, *found);
            }});
}

void ImportController::start(const ImportForm& form)
{
    auto found = std::make_shared<ImportSummary>();
    m_dialog->showRunning();
    m_import = m_session.background.submit(this,
        {.job = importJobOf(m_session.project, form, found),
            .result = Mode::Data,
            .onProgress =
                [this](const Progress& progress) {
                    if (m_dialog)
                        m_dialog->showProgress(progress.done, progress.total, toQt(progress.phase));
                },
            .onEnd = [this, found](const Outcome& outcome) { onEnd(outcome, *found); }});
}

void ImportController::onEnd(const Outcome& outcome, const ImportSummary& summary)
{
    if (outcome.end == JobEnd::Completed)
        emit m_session.news.tasksChanged();
    if (!m_dialog)
        return;
    switch (outcome.end) {
    case JobEnd::Completed: return m_dialog->showSummary(summary);
    case JobEnd::Failed: return m_dialog->showFailure(outcome.error);
    case JobEnd::Cancelled: return m_dialog->showStopped();
    }
}

}  // namespace taskfold
