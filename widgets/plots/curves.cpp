#include "widgets/plots/curves.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

Curves::Curves(const QString& name, QWidget* parent) : Plot(name, parent)
{
    plot()->xAxis->setLabel(tr("Step"));
    legendOnTop();
}

int Curves::pointCount() const
{
    std::size_t count = 0;
    for (const Curve& curve : m_curves)
        count += curve.values.size();
    return static_cast<int>(count);
}

void Curves::setCurves(std::vector<Curve> curves, const QString& valueTitle)
{
    QStringList names{valueTitle};
    for (const Curve& curve : curves)
        names.append(curve.name);
    const bool same = names == m_shown;
    m_shown = names;
    m_curves = std::move(curves);
    plot()->yAxis->setLabel(valueTitle);
    if (!same) {
        plot()->clearGraphs();
        m_graphs.clear();
        for (const Curve& curve : m_curves) {
            m_graphs.push_back(plot()->addGraph());
            m_graphs.back()->setName(curve.name);
            if (!curve.inLegend)
                m_graphs.back()->removeFromLegend();
        }
        showLegend(m_curves.size() > 1);
    }
    setEmptyText(pointCount() > 0 ? QString() : tr("There are no points yet."));
    fill();
    paintSeries();
    resetZoom();
}

void Curves::setSmoothing(double share)
{
    m_smoothing = share;
    fill();
    redraw();
}

void Curves::fill()
{
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        QVector<double> steps, values;
        double smooth = 0;
        const auto& from = m_curves[i].values;
        for (std::size_t k = 0; k < from.size(); ++k) {
            smooth = k == 0 ? from[k].second : m_smoothing * smooth + (1 - m_smoothing) * from[k].second;
            steps.append(from[k].first);
            values.append(k + 1 == from.size() ? from[k].second : smooth);
        }
        m_graphs[i]->setData(steps, values, true);
    }
}

QString Curves::tipAt(const QPoint& place) const
{
    const double step = plot()->xAxis->pixelToCoord(place.x());
    QStringList lines;
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        const auto& values = m_curves[i].values;
        if (!m_graphs[i]->visible() || values.empty())
            continue;
        auto near = std::lower_bound(values.begin(), values.end(), std::pair(step, -1e300));
        if (near == values.end())
            --near;
        lines.append(tr("%1, step %2: %3").arg(m_curves[i].name, countText(std::llround(near->first)), briefText(near->second)));
    }
    return lines.join(u'\n');
}

void Curves::paintSeries()
{
    for (std::size_t i = 0; i < m_graphs.size(); ++i) {
        const Curve& curve = m_curves[i];
        constexpr int kColours = 8;
        QPen pen(theme::series(curve.colour % kColours), 1.6);
        if (curve.dashed)
            pen.setStyle(Qt::DashLine);
        else if (curve.colour >= kColours)
            pen.setStyle(Qt::DashDotLine);
        m_graphs[i]->setPen(pen);
        const QCPScatterStyle::ScatterShape shapes[]{QCPScatterStyle::ssDisc, QCPScatterStyle::ssSquare,
            QCPScatterStyle::ssTriangle, QCPScatterStyle::ssDiamond};
        m_graphs[i]->setScatterStyle(curve.points ? QCPScatterStyle(shapes[curve.colour % 4], 6) : QCPScatterStyle::ssNone);
    }
}

}  // namespace taskfold
