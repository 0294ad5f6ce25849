#pragma once

#include "engine/core/comparison.h"
#include "widgets/plots/plot.h"

#include <vector>

namespace taskfold {

/// Each task's difference with its interval over how many rows it was trained on, or over what the other tasks do to it.
class DifferencePlot : public Plot {
    Q_OBJECT

public:
    enum class Over { Rows, Affinity };

    explicit DifferencePlot(const QString& name, Over over, QWidget* parent = nullptr);

    void setTasks(const std::vector<TaskComparison>& tasks);

signals:
    void taskClicked(taskfold::TaskId task);

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void draw();
    void drawTask(const TaskComparison& task);
    bool isShown(const TaskComparison& task) const;
    double placeOf(const TaskComparison& task) const;
    const TaskComparison* taskAt(const QPoint& place) const;

    Over m_over;
    std::vector<TaskComparison> m_tasks;
};

}  // namespace taskfold
