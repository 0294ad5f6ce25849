#pragma once

#include "widgets/plots/plot.h"

#include <QString>

#include <vector>

class QCPGraph;

namespace taskfold {

/// Curves over the steps of a run. Smoothing keeps the first and the last point as they were measured.
class Curves : public Plot {
    Q_OBJECT

public:
    struct Curve {
        QString name;
        int colour = 0;  // a theme's series
        bool dashed = false;
        bool points = false;  // few values: each is marked
        bool inLegend = true;
        std::vector<std::pair<double, double>> values;  // step, value; by step
    };

    explicit Curves(const QString& name, QWidget* parent = nullptr);

    /// Keeps the range that the user zoomed to, unless the curves are others now.
    void setCurves(std::vector<Curve> curves, const QString& valueTitle);
    void setSmoothing(double share);  // of the value before, 0 to 1
    int curveCount() const { return static_cast<int>(m_curves.size()); }
    int pointCount() const;

protected:
    QString tipAt(const QPoint& place) const override;
    void paintSeries() override;

private:
    void fill();

    std::vector<Curve> m_curves;
    std::vector<QCPGraph*> m_graphs;
    QStringList m_shown;
    double m_smoothing = 0;
};

}  // namespace taskfold
