#pragma once

#include "engine/core/comparison.h"
#include "widgets/plots/plot.h"

#include <QImage>

#include <vector>

namespace taskfold {

/// Differences with their intervals, task by task, and each task's margin; or both scores as bars; or one against the other.
class ComparisonPlot : public Plot {
    Q_OBJECT

public:
    enum class Look { Forest, Bars, Scatter };

    explicit ComparisonPlot(const QString& name, Look look, QWidget* parent = nullptr);

    void setTasks(const std::vector<TaskComparison>& tasks);
    /// As it is drawn on paper: light, at twice the size in pixels.
    QImage picture(const QSize& size);

signals:
    void taskClicked(taskfold::TaskId task);

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void draw();
    void drawForest();
    void drawBars();
    void drawScatter();
    int lineAt(const QPoint& place) const;

    Look m_look;
    std::vector<TaskComparison> m_tasks;
};

}  // namespace taskfold
