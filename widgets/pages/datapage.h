#pragma once

#include "engine/core/dataset.h"
#include "engine/core/error.h"
#include "widgets/models/importvalues.h"

#include <QWidget>

class QSplitter;
class QStackedWidget;

namespace taskfold {

class DataTable;
class EmptyState;
class ErrorBanner;
class RowsPanel;
class TaskModel;
class TaskPanel;
class VolumePanel;
struct OverlapMatrix;

/// What the project holds: its tasks, their volume, and everything about the chosen one.
class DataPage : public QWidget {
    Q_OBJECT

public:
    explicit DataPage(QWidget* parent = nullptr);

    /// Texts for stage 0 stand behind the tasks; each has its number below zero in `documents`.
    void showTasks(const std::vector<TaskVolume>& tasks, const std::vector<Corpus>& corpora = {}, const std::vector<TaskVolume>& documents = {});
    void showOverlap(const OverlapMatrix& matrix);
    bool showsOverlap() const;
    void showIssues(TaskId task, std::vector<RowIssue> issues, qint64 total);
    void showError(const Error& error);

    void selectTask(TaskId task);
    TaskId selectedTask() const;
    RowsPanel* rows() const;

    /// For the next session.
    QByteArray saveLayout() const;
    void restoreLayout(const QByteArray& layout);

signals:
    void importRequested();
    /// Another task is shown now: its issues are wanted.
    void taskSelected(taskfold::TaskId task);
    void propertiesRequested(taskfold::TaskId task);
    void labelsRequested(taskfold::TaskId task, const std::vector<taskfold::LabelCount>& labels);
    void removeRequested(taskfold::TaskId task);
    void corpusRemoveRequested(taskfold::CorpusId corpus, const QString& name);
    void manualRequested(const QString& topic);
    /// Somebody looks at the overlap. Answer with showOverlap.
    void overlapWanted();
    void issuesExportWanted(taskfold::TaskId task, const QString& file);

private:
    QWidget* buildHead();
    QWidget* buildLeft();
    QWidget* buildContent();
    void onTaskRow(int row);

    TaskModel* m_model;
    DataTable* m_tasks;
    VolumePanel* m_volume;
    TaskPanel* m_task;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QSplitter* m_columns = nullptr;
    QSplitter* m_rows = nullptr;
    QStackedWidget* m_stack;
};

}  // namespace taskfold
