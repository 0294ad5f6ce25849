#include "widgets/plots/reliabilityplot.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

#include <cmath>

namespace taskfold {

ReliabilityPlot::ReliabilityPlot(const QString& name, QWidget* parent) : Plot(name, parent)
{
    legendOnTop();
    plot()->xAxis->setLabel(tr("Confidence, %"));
    plot()->yAxis->setLabel(tr("Right answers, %"));
}

ReliabilityPlot::Side ReliabilityPlot::pooled(const std::vector<TaskComparison>& tasks, Calibration TaskComparison::*side)
{
    std::vector<ReliabilityBin> sums;
    Side pooled;
    for (const TaskComparison& task : tasks) {
        const auto& bins = (task.*side).bins;
        sums.resize(std::max(sums.size(), bins.size()));
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const auto n = static_cast<double>(bins[i].n);
            sums[i].confidence += n * bins[i].confidence;
            sums[i].accuracy += n * bins[i].accuracy;
            sums[i].n += bins[i].n;
            pooled.rows += bins[i].n;
        }
    }
    for (const ReliabilityBin& sum : sums) {
        if (sum.n == 0)
            continue;
        const auto n = static_cast<double>(sum.n);
        pooled.bins.push_back({sum.confidence / n, sum.accuracy / n, sum.n});
        pooled.ece += std::abs(sum.accuracy - sum.confidence) / static_cast<double>(pooled.rows);
    }
    return pooled;
}

void ReliabilityPlot::setTasks(const std::vector<TaskComparison>& tasks)
{
    m_single = pooled(tasks, &TaskComparison::calibrationSingle);
    m_multi = pooled(tasks, &TaskComparison::calibrationMulti);
    const bool any = m_single.rows + m_multi.rows > 0;
    setEmptyText(any ? QString() : tr("No confidence is known: it is of tasks that choose among labels, evaluated here."));
    setDescription(any ? tr("Expected calibration error: single-task %1, multi-task %2").arg(pointsText(m_single.ece), pointsText(m_multi.ece)) : QString());
    draw();
    resetZoom();
}

void ReliabilityPlot::draw()
{
    plot()->clearPlottables();
    plot()->clearItems();
    auto* even = new QCPItemStraightLine(plot());
    even->point1->setCoords(0, 0);
    even->point2->setCoords(1, 1);
    even->setPen(QPen(theme::tone(theme::Tone::Muted), 1, Qt::DashLine));
    drawSide(m_single, tr("Single-task (ECE %1)"), theme::tone(theme::Tone::Muted), false);
    drawSide(m_multi, tr("Multi-task (ECE %1)"), theme::series(0), true);
    showLegend(true);
}

void ReliabilityPlot::drawSide(const Side& side, const QString& name, const QColor& colour, bool filled)
{
    if (side.rows == 0)
        return;
    auto* line = plot()->addGraph();
    line->setName(name.arg(pointsText(side.ece)));
    line->setPen(QPen(colour, filled ? 2 : 1.6, filled ? Qt::SolidLine : Qt::DashLine));
    line->setScatterStyle({filled ? QCPScatterStyle::ssDisc : QCPScatterStyle::ssSquare, colour,
        filled ? colour : theme::tone(theme::Tone::Surface), 8});
    for (const ReliabilityBin& bin : side.bins)
        line->addData(100 * bin.confidence, 100 * bin.accuracy);
}

QString ReliabilityPlot::tipAt(const QPoint& place) const
{
    for (const auto* side : {&m_multi, &m_single})
        for (const ReliabilityBin& bin : side->bins) {
            const double x = plot()->xAxis->coordToPixel(100 * bin.confidence) - place.x();
            const double y = plot()->yAxis->coordToPixel(100 * bin.accuracy) - place.y();
            if (x * x + y * y < 100)
                return tr("%1: confidence %2 %, right %3 %, %4 rows")
                    .arg(side == &m_multi ? tr("Multi-task") : tr("Single-task"), pointsText(bin.confidence), pointsText(bin.accuracy), countText(bin.n));
        }
    return {};
}

void ReliabilityPlot::showAll()
{
    plot()->xAxis->setRange(-2, 102);
    plot()->yAxis->setRange(-2, 102);
}

void ReliabilityPlot::paintSeries()
{
    if (m_single.rows + m_multi.rows > 0)
        draw();
}

}  // namespace taskfold
