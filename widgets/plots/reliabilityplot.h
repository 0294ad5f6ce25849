#pragma once

#include "engine/core/comparison.h"
#include "widgets/plots/plot.h"

#include <vector>

namespace taskfold {

/// How far the confidence of both sides can be believed: the share of right answers by confidence, in ten bins, with the
/// expected calibration error (Naeini et al. 2015) of the rows together.
class ReliabilityPlot : public Plot {
    Q_OBJECT

public:
    explicit ReliabilityPlot(const QString& name, QWidget* parent = nullptr);

    /// Of these tasks' rows together; those that don't choose among labels have none.
    void setTasks(const std::vector<TaskComparison>& tasks);

    struct Side {
        double ece = 0;
        std::int64_t rows = 0;
        std::vector<ReliabilityBin> bins;  // those with rows
    };
    /// The tasks' bins put together, rows counted once each.
    static Side pooled(const std::vector<TaskComparison>& tasks, Calibration TaskComparison::*side);

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void draw();
    void drawSide(const Side& side, const QString& name, const QColor& colour, bool filled);

    Side m_single, m_multi;
};

}  // namespace taskfold
