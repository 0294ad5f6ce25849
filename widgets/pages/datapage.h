#pragma once

#include "engine/core/dataset.h"
#include "engine/core/error.h"

#include <QWidget>

class QLabel;
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

    void showTasks(const std::vector<TaskVolume>& tasks, const std::vector<Corpus>& corpora = {});
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
    void removeRequested(taskfold::TaskId task);
    void manualRequested(const QString& topic);
    /// Somebody looks at the overlap. Answer with showOverlap.
    void overlapWanted();
    void issuesExportWanted(taskfold::TaskId task, const QString& file);

private:
    QWidget* buildHead();
    QWidget* buildLeft();
    QWidget* buildContent();
    void onTaskRow(int row);
    void showCorpora(const std::vector<Corpus>& corpora);

    TaskModel* m_model;
    DataTable* m_tasks;
    QLabel* m_corpora;
    VolumePanel* m_volume;
    TaskPanel* m_task;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QSplitter* m_columns = nullptr;
    QSplitter* m_rows = nullptr;
    QStackedWidget* m_stack;
};

}  // namespace taskfold
