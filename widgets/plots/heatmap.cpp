#include "widgets/plots/heatmap.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kNameLength = 18;  // characters
constexpr int kWritable = 16;  // tasks up to which a number fits into a cell

QSharedPointer<QCPAxisTicker> nameTicker(const QStringList& names)
{
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int i = 0; i < names.size(); ++i)
        ticker->addTick(i, names[i].size() > kNameLength ? names[i].left(kNameLength - 1) + u'…' : names[i]);
    return ticker;
}

}  // namespace

HeatMap::HeatMap(const QString& name, QWidget* parent)
    : Plot(name, parent)
    , m_map(new QCPColorMap(plot()->xAxis2, plot()->yAxis))
{
    plot()->xAxis->setVisible(false);
    plot()->xAxis2->setVisible(true);
    plot()->xAxis2->setTickLabelRotation(-40);
    plot()->xAxis2->setLabel(tr("… what it does to this task"));
    plot()->yAxis->setLabel(tr("A step on this task …"));
    plot()->axisRect()->setMinimumMargins({6, 6, 84, 6});  // the last names lean over the edge
    plot()->yAxis->setRangeReversed(true);
    plot()->axisRect()->setRangeDragAxes(plot()->xAxis2, plot()->yAxis);
    plot()->axisRect()->setRangeZoomAxes(plot()->xAxis2, plot()->yAxis);
    m_map->setInterpolate(false);
    m_map->setTightBoundary(false);
    for (QCPAxis* axis : {plot()->xAxis2, plot()->yAxis})
        axis->grid()->setVisible(false);
}

void HeatMap::setCells(const QStringList& names, std::vector<std::vector<Cell>> cells)
{
    m_names = names;
    m_cells = std::move(cells);
    plot()->xAxis2->setTicker(nameTicker(m_names));
    plot()->yAxis->setTicker(nameTicker(m_names));
    fill();
    writeNumbers();
    paintSeries();
    resetZoom();
}

void HeatMap::fill()
{
    const int size = static_cast<int>(m_names.size());
    m_map->data()->setSize(size, size);
    m_map->data()->setRange({0, size - 1.0}, {0, size - 1.0});
    // A task's effect on itself is larger by far: the scale is made for the others.
    double most = 1e-6;
    for (int line = 0; line < size; ++line)
        for (int column = 0; column < size; ++column)
            if (line != column)
                most = std::max(most, std::abs(m_cells[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)].value));
    for (int line = 0; line < size; ++line)
        for (int column = 0; column < size; ++column) {
            const double value = m_cells[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)].value;
            m_map->data()->setCell(column, line, std::clamp(value, -most, most));
        }
    m_map->setDataRange({-most, most});
}

void HeatMap::writeNumbers()
{
    for (QCPItemText* text : m_numbers)
        plot()->removeItem(text);
    m_numbers.clear();
    if (m_names.size() > kWritable)
        return;
    for (std::size_t line = 0; line < m_cells.size(); ++line)
        for (std::size_t column = 0; column < m_cells[line].size(); ++column) {
            const Cell& cell = m_cells[line][column];
            auto* text = new QCPItemText(plot());
            text->position->setAxes(plot()->xAxis2, plot()->yAxis);
            text->position->setCoords(static_cast<double>(column), static_cast<double>(line));
            text->setText(signedPointsText(cell.value, 1) + (cell.reliable ? u""_s : u"?"_s));
            text->setClipToAxisRect(true);
            m_numbers.push_back(text);
        }
}

QString HeatMap::tipAt(const QPoint& place) const
{
    const auto column = std::llround(plot()->xAxis2->pixelToCoord(place.x()));
    const auto line = std::llround(plot()->yAxis->pixelToCoord(place.y()));
    const qsizetype size = m_names.size();
    if (line < 0 || column < 0 || line >= size || column >= size)
        return {};
    const Cell& cell = m_cells[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)];
    const QString words = tr("A step on %1 changes the loss of %2 by %3 ± %4 % (positive: it falls)")
                              .arg(m_names[line], m_names[column], signedPointsText(cell.value, 2), pointsText(cell.se, 2));
    return cell.reliable ? words : words + tr("; not reliable");
}

void HeatMap::showAll()
{
    const double size = std::max(1.0, static_cast<double>(m_names.size()));
    plot()->xAxis2->setRange(-0.5, size - 0.5);
    plot()->yAxis->setRange(-0.5, size - 0.5);
}

void HeatMap::paintSeries()
{
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setColorStopAt(0, QColor(0xd5, 0x5e, 0x00));
    gradient.setColorStopAt(0.5, theme::tone(theme::Tone::Surface));
    gradient.setColorStopAt(1, QColor(0x00, 0x72, 0xb2));
    m_map->setGradient(gradient);
    const double most = m_map->dataRange().upper;
    for (QCPItemText* text : m_numbers) {
        const double value = m_map->data()->data(text->position->key(), text->position->value());
        text->setColor(std::abs(value) > 0.55 * most ? QColor(Qt::white) : theme::tone(theme::Tone::Text));
        text->setFont(plot()->yAxis->tickLabelFont());
    }
    for (QCPAxis* axis : {plot()->xAxis2, plot()->yAxis}) {
        styleAxis(axis);
        axis->setTickLabelColor(theme::tone(theme::Tone::Text));
    }
}

}  // namespace taskfold
