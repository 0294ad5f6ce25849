#include "widgets/plots/histogram.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

Histogram::Histogram(QWidget* parent)
    : Plot(u"histogram"_s, parent)
    , m_bars(new QCPBars(plot()->xAxis, plot()->yAxis))
{
    setTitle(tr("Length of the rows"));
    plot()->yAxis->setLabel(tr("Rows"));
    plot()->xAxis->grid()->setVisible(false);
    for (int i = 0; i < 3; ++i) {
        Mark mark{new QCPItemStraightLine(plot()), new QCPItemText(plot())};
        mark.label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        mark.label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        mark.label->setPadding({4, 2, 4, 2});
        m_marks.push_back(mark);
    }
    paintSeries();
}

void Histogram::setMark(std::size_t index, const QString& name, std::int64_t value)
{
    const auto at = static_cast<double>(value);
    Mark& mark = m_marks[index];
    mark.line->point1->setCoords(at, 0);
    mark.line->point2->setCoords(at, 1);
    mark.label->position->setCoords(at, 0.02 + 0.09 * static_cast<double>(index));
    mark.label->setText(tr("%1 %2").arg(name, countText(value)));
}

void Histogram::show(const LengthStatistics& lengths, const QString& unit)
{
    m_lengths = lengths;
    m_unit = unit;
    const auto width = static_cast<double>(lengths.barWidth);
    QVector<double> keys, values;
    for (std::size_t i = 0; i < lengths.bars.size(); ++i) {
        keys.append((static_cast<double>(i) + 0.5) * width);
        values.append(static_cast<double>(lengths.bars[i]));
    }
    m_bars->setWidth(width * 0.92);
    m_bars->setData(keys, values, true);
    setMark(0, tr("median"), lengths.median);
    setMark(1, tr("90 %"), lengths.p90);
    setMark(2, tr("99 %"), lengths.p99);
    plot()->xAxis->setLabel(unit == u"bytes" ? tr("Length in bytes") : tr("Length in tokens of %1").arg(unit));
    setEmptyText(lengths.bars.empty() ? tr("No rows were kept.") : QString());
    setDescription(tr("Shortest %1, median %2, 90 % below %3, 99 % below %4, longest %5 %6")
                       .arg(countText(lengths.smallest), countText(lengths.median), countText(lengths.p90),
                           countText(lengths.p99), countText(lengths.largest), unit));
    resetZoom();
}

QString Histogram::tipAt(const QPoint& place) const
{
    const double at = plot()->xAxis->pixelToCoord(place.x());
    const auto bar = static_cast<std::int64_t>(std::floor(at / static_cast<double>(m_lengths.barWidth)));
    if (bar < 0 || bar >= static_cast<std::int64_t>(m_lengths.bars.size()))
        return {};
    return tr("%1 rows of %2 to %3 %4")
        .arg(countText(m_lengths.bars[static_cast<std::size_t>(bar)]), countText(bar * m_lengths.barWidth),
            countText((bar + 1) * m_lengths.barWidth - 1), m_unit);
}

void Histogram::showAll()
{
    // A few very long rows must not squeeze all others into one bar; zooming out still shows them.
    const double all = static_cast<double>(m_lengths.bars.size()) * static_cast<double>(m_lengths.barWidth);
    const double most = std::max(1.0, std::min(all, 1.6 * static_cast<double>(m_lengths.p99)));
    plot()->xAxis->setRange(0, most);
    std::int64_t highest = 1;
    // A mark in the right half has its words at its left, where there is room.
    for (const Mark& mark : m_marks) {
        const bool left = mark.line->point1->key() > 0.5 * most;
        mark.label->setPositionAlignment((left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
    }
    for (const std::int64_t count : m_lengths.bars)
        highest = std::max(highest, count);
    plot()->yAxis->setRange(0, static_cast<double>(highest) * 1.08);
}

void Histogram::paintSeries()
{
    m_bars->setPen(Qt::NoPen);
    m_bars->setBrush(theme::series(0));
    for (const Mark& mark : m_marks) {
        mark.line->setPen(QPen(theme::tone(theme::Tone::Muted), 1, Qt::DashLine));
        mark.label->setColor(theme::tone(theme::Tone::Text));
        mark.label->setBrush(theme::tone(theme::Tone::Surface));
        mark.label->setFont(plot()->xAxis->tickLabelFont());
    }
    plot()->yAxis->setBasePen(Qt::NoPen);
    plot()->yAxis->setTickPen(Qt::NoPen);
}

}  // namespace taskfold
