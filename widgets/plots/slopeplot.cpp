#include "widgets/plots/slopeplot.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/verdictlook.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace taskfold {

SlopePlot::SlopePlot(const QString& name, QWidget* parent) : Plot(name, parent)
{
    plot()->yAxis->setLabel(tr("Test score, points"));
    plot()->xAxis->grid()->setVisible(true);
    plot()->axisRect()->setRangeDragAxes(nullptr, plot()->yAxis);
    plot()->axisRect()->setRangeZoomAxes(nullptr, plot()->yAxis);
    connect(plot(), &QCustomPlot::afterLayout, this, &SlopePlot::spreadNames);
    connect(plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (const SlopeLine* line = pointAt(event->pos()).first; event->button() == Qt::LeftButton && line)
            emit taskClicked(line->task);
    });
}

QString SlopePlot::titleOf(const SlopeStop& stop)
{
    if (stop.baseline)
        return tr("Baseline");
    const QString run = tr("run %1").arg(stop.run.value);
    return (stop.ablation ? excerptText(toQt(stop.plan), 18) : taskfold::titleOf(stop.kind)) + u'\n' + run;
}

void SlopePlot::setSlopes(const Slopes& slopes)
{
    m_slopes = slopes;
    setEmptyText(m_slopes.lines.empty() ? tr("Nothing to draw yet.") : QString());
    draw();
    resetZoom();
}

void SlopePlot::draw()
{
    m_names.clear();
    plot()->clearPlottables();
    plot()->clearItems();
    auto stops = QSharedPointer<QCPAxisTickerText>::create();
    for (std::size_t i = 0; i < m_slopes.stops.size(); ++i) {
        stops->addTick(static_cast<double>(i), titleOf(m_slopes.stops[i]));
        if (!m_slopes.stops[i].ablation || m_slopes.stops[i - 1].ablation)
            continue;
        auto* wall = new QCPItemStraightLine(plot());  // ablations stand apart
        wall->point1->setCoords(static_cast<double>(i) - 0.5, 0);
        wall->point2->setCoords(static_cast<double>(i) - 0.5, 1);
        wall->setPen(QPen(theme::tone(theme::Tone::Muted), 1, Qt::DashLine));
    }
    plot()->xAxis->setTicker(stops);
    for (const SlopeLine& line : m_slopes.lines)
        drawLine(line);
}

// Over a stop that wasn't scored the line goes on to the next; ablations are points of their own.
void SlopePlot::drawLine(const SlopeLine& line)
{
    const auto style = QCPScatterStyle(
        static_cast<QCPScatterStyle::ScatterShape>(shapeOf(line.verdict)), colourOf(line.verdict), colourOf(line.verdict), 7);
    auto* way = plot()->addGraph();
    auto* beside = plot()->addGraph();
    way->setPen(QPen(colourOf(line.verdict), 1.6));
    way->setScatterStyle(style);
    beside->setLineStyle(QCPGraph::lsNone);
    beside->setScatterStyle(style);
    double last = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < line.scores.size(); ++i) {
        if (!line.scores[i])
            continue;
        const bool ablation = m_slopes.stops[i].ablation;
        (ablation ? beside : way)->addData(static_cast<double>(i), 100 * *line.scores[i]);
        last = 100 * *line.scores[i];
    }
    if (std::isnan(last))
        return;
    auto* name = new QCPItemText(plot());
    name->setText(plotName(line.name));
    name->setColor(theme::tone(theme::Tone::Text));
    name->setFont(plot()->xAxis->tickLabelFont());
    name->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    name->position->setType(QCPItemPosition::ptAbsolute);
    name->setClipToAxisRect(false);
    m_names.push_back({name, last});
}

// Names at the right end, each where its line ends, moved apart as far as they would lie on each other.
void SlopePlot::spreadNames()
{
    std::stable_sort(m_names.begin(), m_names.end(), [](const Name& a, const Name& b) { return a.value > b.value; });
    const double step = QFontMetrics(plot()->xAxis->tickLabelFont()).height();
    const QRect area = plot()->axisRect()->rect();
    const double left = plot()->xAxis->coordToPixel(static_cast<double>(m_slopes.stops.size()) - 1) + 10;
    std::vector<double> places;
    for (const Name& name : m_names) {
        const double wanted = plot()->yAxis->coordToPixel(name.value);
        places.push_back(places.empty() ? wanted : std::max(wanted, places.back() + step));
    }
    double below = area.bottom() + step / 2;  // and up again from the lower edge
    for (std::size_t i = places.size(); i-- > 0;) {
        places[i] = std::min(places[i], below);
        below = places[i] - step;
        m_names[i].item->position->setPixelPosition({left, places[i]});
        m_names[i].item->setVisible(places[i] >= area.top() - step && places[i] <= area.bottom() + step);
    }
}

std::pair<const SlopeLine*, std::size_t> SlopePlot::pointAt(const QPoint& place) const
{
    for (const SlopeLine& line : m_slopes.lines)
        for (std::size_t i = 0; i < line.scores.size(); ++i) {
            if (!line.scores[i])
                continue;
            const double x = plot()->xAxis->coordToPixel(static_cast<double>(i)) - place.x();
            const double y = plot()->yAxis->coordToPixel(100 * *line.scores[i]) - place.y();
            if (x * x + y * y < 81)
                return {&line, i};
        }
    return {nullptr, 0};
}

QString SlopePlot::tipAt(const QPoint& place) const
{
    const auto [line, stop] = pointAt(place);
    if (!line)
        return {};
    return tr("%1 at %2: %3 points").arg(toQt(line->name), titleOf(m_slopes.stops[stop]).replace(u'\n', u' '), pointsText(*line->scores[stop]));
}

void SlopePlot::showAll()
{
    double low = 100, high = 0;
    for (const SlopeLine& line : m_slopes.lines)
        for (const std::optional<double>& score : line.scores)
            if (score) {
                low = std::min(low, 100 * *score);
                high = std::max(high, 100 * *score);
            }
    if (low > high)
        low = 0, high = 100;
    const double room = std::max(1.0, 0.06 * (high - low));
    plot()->yAxis->setRange(low - room, high + room);
    const double stops = std::max(1.0, static_cast<double>(m_slopes.stops.size()) - 1);
    plot()->xAxis->setRange(-0.25, stops + 0.25 + 0.22 * stops);  // room for the names
}

void SlopePlot::paintSeries()
{
    if (!m_slopes.lines.empty())
        draw();
}

}  // namespace taskfold
