#pragma once

#include "engine/core/error.h"
#include "engine/core/metric.h"
#include "engine/core/run.h"
#include "engine/core/task.h"

#include <QWidget>

#include <map>
#include <vector>

class QCheckBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace taskfold {

class Curves;
class DataTable;
class EmptyState;
class ErrorBanner;
class RunModel;
class RunTaskModel;
class Segments;

/// The queue, the run that is trained, and how it goes.
class RunsPage : public QWidget {
    Q_OBJECT

public:
    explicit RunsPage(QWidget* parent = nullptr);

    /// Changes lines in place, so that selection and scrolling stay.
    void showRuns(const std::vector<Run>& runs, const std::vector<Task>& tasks);
    /// More points of the chosen run; those of another run are ignored.
    void addPoints(RunId run, const std::vector<MetricPoint>& points);
    void showTasks(RunId run, const std::vector<RunTask>& tasks);
    void selectRun(RunId run);
    RunId selectedRun() const;
    /// Whether this program is at work on training: then nothing else can be started.
    void setBusy(bool busy);
    /// Whether the queue goes on after a failure.
    void setGoOn(bool goOn);
    void showError(const Error& error);

signals:
    /// Its points and tasks are wanted, from the beginning.
    void runSelected(taskfold::RunId run);
    void stopRequested(taskfold::RunId run);
    void pauseRequested(taskfold::RunId run);
    /// Of a queued run: before, or else behind, its neighbour in the queue.
    void moveRequested(taskfold::RunId run, bool earlier);
    void goOnChanged(bool goOn);
    void resumeRequested(taskfold::RunId run);
    void deleteRequested(taskfold::RunId run);
    void evaluateRequested(taskfold::RunId run);
    void compareRequested(taskfold::RunId run);
    void exportRequested(taskfold::RunId run);
    void planRequested();
    void manualRequested(const QString& topic);

private:
    QWidget* buildHead();
    void buildQueueControls();
    QWidget* buildCurves();
    QWidget* buildContent();
    void onRow(int row);
    void showButtons();
    void drawCurves();
    void showAlarm();
    void showEvaluationShare();
    QString taskName(TaskId task) const;

    RunModel* m_model;
    RunTaskModel* m_states;
    DataTable* m_table;
    DataTable* m_stateTable;
    Curves* m_curves;
    Segments* m_what;
    QCheckBox* m_smooth;
    QLabel* m_evaluating;
    QLabel* m_alarm;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QPushButton* m_stop = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_earlier = nullptr;
    QPushButton* m_later = nullptr;
    QCheckBox* m_goOn = nullptr;
    QPushButton* m_resume = nullptr;
    QPushButton* m_delete = nullptr;
    QPushButton* m_evaluate = nullptr;
    QPushButton* m_compare = nullptr;
    QPushButton* m_export = nullptr;
    std::map<TaskId, QString> m_names;
    std::map<std::pair<TaskId, std::string>, std::vector<std::pair<double, double>>> m_points;
    std::vector<RunTask> m_tasks;
    RunId m_shown;
    bool m_busy = false;
};

}  // namespace taskfold
