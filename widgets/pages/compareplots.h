#pragma once

#include "engine/core/overview.h"

#include <QFrame>

#include <vector>

class QPushButton;
class QStackedWidget;

namespace taskfold {

class Plot;
class Segments;
struct Error;

/// One comparison as pictures: differences, scores, the way over the stages, over volume and affinity, calibration.
/// A picture is made when it is first looked at.
class ComparePlots : public QFrame {
    Q_OBJECT

public:
    explicit ComparePlots(QWidget* parent = nullptr);

    void showTasks(const std::vector<TaskComparison>& tasks, const Slopes& slopes);
    void setBusy(bool busy);

signals:
    void taskClicked(taskfold::TaskId task);
    /// Stages or ablations that have no test scores yet.
    void evaluateRequested(const std::vector<taskfold::RunId>& runs);
    void failed(const taskfold::Error& error);

private:
    template <typename Kind>
    Kind* shown(Kind* plot, const QString& title);
    Plot* made(int look);
    void fill(int look);
    void showLook(int look);

    Segments* m_look;
    QStackedWidget* m_stack;
    QPushButton* m_evaluate;
    std::vector<Plot*> m_plots;  // by look; null: not looked at yet
    std::vector<TaskComparison> m_tasks;
    Slopes m_slopes;
    std::vector<bool> m_filled;
    bool m_busy = false;
};

}  // namespace taskfold
