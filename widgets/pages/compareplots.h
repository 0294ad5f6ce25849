#pragma once

#include "engine/core/overview.h"

#include <QFrame>

#include <vector>

class QPushButton;
class QStackedWidget;

namespace taskfold {

class ComparisonPlot;
class DifferencePlot;
class Plot;
class ReliabilityPlot;
class Segments;
class SlopePlot;
struct Error;

/// One comparison as pictures: differences, scores, the way over the stages, over volume and affinity, calibration.
/// A picture is drawn when it is first looked at.
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
    Kind* add(Kind* plot, const QString& title);
    void fill(int look);
    void showLook(int look);

    Segments* m_look;
    QStackedWidget* m_stack;
    QPushButton* m_evaluate;
    std::vector<ComparisonPlot*> m_comparisons;
    SlopePlot* m_slopePlot;
    DifferencePlot* m_volume;
    DifferencePlot* m_affinity;
    ReliabilityPlot* m_reliability;
    std::vector<TaskComparison> m_tasks;
    Slopes m_slopes;
    std::vector<bool> m_filled;
    bool m_busy = false;
};

}  // namespace taskfold
