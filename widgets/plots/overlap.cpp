#include "widgets/plots/overlap.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kNameLength = 22;  // characters
constexpr int kWritable = 30;  // tasks up to which a number fits into a cell

QSharedPointer<QCPAxisTicker> nameTicker(const QStringList& names)
{
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int i = 0; i < names.size(); ++i)
        ticker->addTick(i, names[i].size() > kNameLength ? names[i].left(kNameLength - 1) + u'…' : names[i]);
    return ticker;
}

}  // namespace

Overlap::Overlap(QWidget* parent)
    : Plot(u"overlap"_s, parent)
    , m_map(new QCPColorMap(plot()->xAxis2, plot()->yAxis))
{
    setTitle(tr("Training rows that stand in tests"));
    plot()->xAxis->setVisible(false);
    plot()->xAxis2->setVisible(true);
    plot()->xAxis2->setTickLabelRotation(-40);
    plot()->axisRect()->setMinimumMargins({6, 6, 84, 6});  // the last names lean over the edge
    plot()->yAxis->setRangeReversed(true);
    plot()->axisRect()->setRangeDragAxes(plot()->xAxis2, plot()->yAxis);
    plot()->axisRect()->setRangeZoomAxes(plot()->xAxis2, plot()->yAxis);
    m_map->setInterpolate(false);
    m_map->setTightBoundary(false);
    for (QCPAxis* axis : {plot()->xAxis2, plot()->yAxis})
        axis->grid()->setVisible(false);
}

void Overlap::show(const OverlapMatrix& matrix)
{
    m_matrix = matrix;
    plot()->xAxis2->setTicker(nameTicker(m_matrix.names));
    plot()->yAxis->setTicker(nameTicker(m_matrix.names));
    fillCells();
    writeCounts();
    describe();
    setEmptyText(
        largest() > 0 ? QString() : tr("No training row stands in a test or validation split of any task."));
    paintSeries();
    resetZoom();
}

void Overlap::fillCells()
{
    const int size = static_cast<int>(m_matrix.names.size());
    m_map->data()->setSize(size, size);
    m_map->data()->setRange({0, size - 1.0}, {0, size - 1.0});
    for (int line = 0; line < size; ++line)
        for (int column = 0; column < size; ++column) {
            const std::int64_t count
                = m_matrix.counts[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)];
            m_map->data()->setCell(column, line, std::log1p(static_cast<double>(count)));
        }
    m_map->setDataRange({0, std::log1p(static_cast<double>(std::max<std::int64_t>(1, largest())))});
}

void Overlap::writeCounts()
{
    for (QCPItemText* text : m_counts)
        plot()->removeItem(text);
    m_counts.clear();
    if (m_matrix.names.size() > kWritable)
        return;
    for (std::size_t line = 0; line < m_matrix.counts.size(); ++line)
        for (std::size_t column = 0; column < m_matrix.counts[line].size(); ++column) {
            if (m_matrix.counts[line][column] == 0)
                continue;
            auto* text = new QCPItemText(plot());
            text->position->setAxes(plot()->xAxis2, plot()->yAxis);
            text->position->setCoords(static_cast<double>(column), static_cast<double>(line));
            text->setText(countText(m_matrix.counts[line][column]));
            m_counts.push_back(text);
        }
}

void Overlap::describe()
{
    QStringList parts;
    for (int line = 0; line < m_matrix.names.size(); ++line)
        for (int column = 0; column < m_matrix.names.size(); ++column)
            if (const std::int64_t count
                = m_matrix.counts[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)];
                count > 0)
                parts.append(tr("%1 training rows of %2 stand in tests of %3")
                                 .arg(countText(count), m_matrix.names[line], m_matrix.names[column]));
    setDescription(parts.join(u"; "_s));
}

std::int64_t Overlap::largest() const
{
    std::int64_t most = 0;
    for (const std::vector<std::int64_t>& line : m_matrix.counts)
        for (const std::int64_t count : line)
            most = std::max(most, count);
    return most;
}

QString Overlap::tipAt(const QPoint& place) const
{
    const auto column = std::llround(plot()->xAxis2->pixelToCoord(place.x()));
    const auto line = std::llround(plot()->yAxis->pixelToCoord(place.y()));
    const qsizetype size = m_matrix.names.size();
    if (line < 0 || column < 0 || line >= size || column >= size)
        return {};
    const std::int64_t count
        = m_matrix.counts[static_cast<std::size_t>(line)][static_cast<std::size_t>(column)];
    return tr("%1 of %2 also in a test or validation split of %3")
        .arg(countedText(count, tr("%1 training row"), tr("%1 training rows")), m_matrix.names[line],
            m_matrix.names[column]);
}

void Overlap::showAll()
{
    const double size = std::max(1.0, static_cast<double>(m_matrix.names.size()));
    plot()->xAxis2->setRange(-0.5, size - 0.5);
    plot()->yAxis->setRange(-0.5, size - 0.5);
}

void Overlap::paintSeries()
{
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setColorStopAt(0, theme::tone(theme::Tone::Surface));
    gradient.setColorStopAt(1, theme::reason(Reason::Leak));
    m_map->setGradient(gradient);
    for (QCPItemText* text : m_counts) {
        text->setColor(theme::tone(theme::Tone::Text));
        text->setFont(plot()->yAxis->tickLabelFont());
    }
    for (QCPAxis* axis : {plot()->xAxis2, plot()->yAxis}) {
        styleAxis(axis);
        axis->setTickLabelColor(theme::tone(theme::Tone::Text));
    }
}

}  // namespace taskfold
