#include "widgets/plots/comparisonplot.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/verdictlook.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr std::size_t kMostLines = 28;  // that can be read at once; more are dragged into sight

}  // namespace

ComparisonPlot::ComparisonPlot(const QString& name, Look look, QWidget* parent) : Plot(name, parent), m_look(look)
{
    if (m_look != Look::Scatter) {
        plot()->yAxis->setRangeReversed(true);
        plot()->yAxis->grid()->setVisible(false);
        plot()->axisRect()->setRangeDragAxes(plot()->xAxis, nullptr);
        plot()->axisRect()->setRangeZoomAxes(plot()->xAxis, nullptr);
    }
    if (m_look == Look::Bars)
        legendOnTop();
    plot()->xAxis->setLabel(m_look == Look::Forest ? tr("Multi-task minus single-task, points; dashed: the margin")
            : m_look == Look::Bars                 ? tr("Points")
                                                   : tr("Single-task, points"));
    if (m_look == Look::Scatter)
        plot()->yAxis->setLabel(tr("Multi-task, points"));
    connect(plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (const int line = lineAt(event->pos()); event->button() == Qt::LeftButton && line >= 0)
            emit taskClicked(m_tasks[static_cast<std::size_t>(line)].task);
    });
}

void ComparisonPlot::setTasks(const std::vector<TaskComparison>& tasks)
{
    m_tasks = tasks;
    if (m_look != Look::Scatter)
        plot()->axisRect()->setRangeDragAxes(plot()->xAxis, m_tasks.size() > kMostLines ? plot()->yAxis : nullptr);
    draw();
    resetZoom();
}

void ComparisonPlot::draw()
{
    plot()->clearPlottables();
    plot()->clearItems();
    if (m_look != Look::Scatter) {
        auto names = QSharedPointer<QCPAxisTickerText>::create();
        for (std::size_t i = 0; i < m_tasks.size(); ++i)
            names->addTick(static_cast<double>(i), plotName(m_tasks[i].name));
        plot()->yAxis->setTicker(names);
    }
    switch (m_look) {
    case Look::Forest: drawForest(); break;
    case Look::Bars: drawBars(); break;
    case Look::Scatter: drawScatter(); break;
    }
}

void ComparisonPlot::drawForest()
{
    const auto line = [&](double x1, double y1, double x2, double y2, const QPen& pen) {
        auto* item = new QCPItemLine(plot());
        item->start->setCoords(x1, y1);
        item->end->setCoords(x2, y2);
        item->setPen(pen);
        item->setClipToAxisRect(true);
    };
    const double last = static_cast<double>(m_tasks.size()) - 0.5;
    line(0, -0.5, 0, last, QPen(theme::tone(theme::Tone::Muted), 1.2));
    for (std::size_t i = 0; i < m_tasks.size(); ++i) {
        const TaskComparison& task = m_tasks[i];
        if (task.verdict == Verdict::NotComputable)
            continue;
        const double y = static_cast<double>(i);
        line(-100 * task.margin, y - 0.38, -100 * task.margin, y + 0.38, QPen(theme::tone(theme::Tone::Muted), 1.5, Qt::DashLine));
        line(100 * task.low, y, 100 * task.high, y, QPen(colourOf(task.verdict), 2));
        auto* point = plot()->addGraph();
        point->setLineStyle(QCPGraph::lsNone);
        point->addData(100 * task.difference, y);
        point->setScatterStyle({static_cast<QCPScatterStyle::ScatterShape>(shapeOf(task.verdict)), colourOf(task.verdict), colourOf(task.verdict), 9});
    }
}

void ComparisonPlot::drawBars()
{
    for (const bool multi : {false, true}) {
        auto* bars = new QCPBars(plot()->yAxis, plot()->xAxis);
        bars->setName(multi ? tr("Multi-task") : tr("Single-task"));
        bars->setWidth(0.34);
        for (std::size_t i = 0; i < m_tasks.size(); ++i)
            if (m_tasks[i].verdict != Verdict::NotComputable)
                bars->addData(static_cast<double>(i) + (multi ? 0.19 : -0.19), 100 * (multi ? m_tasks[i].multi : m_tasks[i].single));
        const QColor colour = multi ? theme::series(0) : theme::tone(theme::Tone::Muted);
        bars->setPen(QPen(colour, 0.8));
        bars->setBrush(multi ? QBrush(colour) : QBrush(colour, Qt::BDiagPattern));
    }
    showLegend(true);
}

void ComparisonPlot::drawScatter()
{
    auto* even = new QCPItemStraightLine(plot());
    even->point1->setCoords(0, 0);
    even->point2->setCoords(1, 1);
    even->setPen(QPen(theme::tone(theme::Tone::Muted), 1, Qt::DashLine));
    for (const TaskComparison& task : m_tasks) {
        if (task.verdict == Verdict::NotComputable)
            continue;
        auto* point = plot()->addGraph();
        point->setLineStyle(QCPGraph::lsNone);
        point->addData(100 * task.single, 100 * task.multi);
        point->setScatterStyle({static_cast<QCPScatterStyle::ScatterShape>(shapeOf(task.verdict)), colourOf(task.verdict), colourOf(task.verdict), 9});
        auto* name = new QCPItemText(plot());
        name->position->setCoords(100 * task.single, 100 * task.multi);
        name->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
        name->setPadding({7, 0, 0, 3});
        name->setText(plotName(task.name));
        name->setColor(theme::tone(theme::Tone::Muted));
        name->setFont(plot()->xAxis->tickLabelFont());
    }
}

int ComparisonPlot::lineAt(const QPoint& place) const
{
    if (m_look != Look::Scatter) {
        const double line = std::round(plot()->yAxis->pixelToCoord(place.y()));
        return line >= 0 && line < static_cast<double>(m_tasks.size()) ? static_cast<int>(line) : -1;
    }
    for (std::size_t i = 0; i < m_tasks.size(); ++i) {
        const double x = plot()->xAxis->coordToPixel(100 * m_tasks[i].single) - place.x();
        const double y = plot()->yAxis->coordToPixel(100 * m_tasks[i].multi) - place.y();
        if (x * x + y * y < 100)
            return static_cast<int>(i);
    }
    return -1;
}

QString ComparisonPlot::tipAt(const QPoint& place) const
{
    const int line = lineAt(place);
    if (line < 0)
        return {};
    const TaskComparison& task = m_tasks[static_cast<std::size_t>(line)];
    if (task.verdict == Verdict::NotComputable)
        return tr("%1: %2").arg(toQt(task.name), toQt(task.note));
    return tr("%1: %2 single, %3 multi, difference %4 (%5 to %6) — %7")
        .arg(toQt(task.name), pointsText(task.single), pointsText(task.multi), signedPointsText(task.difference),
            signedPointsText(task.low), signedPointsText(task.high), titleOf(task.verdict));
}

void ComparisonPlot::showAll()
{
    const double last = std::max(0.5, static_cast<double>(std::min(kMostLines, m_tasks.size())) - 0.5);
    if (m_look != Look::Scatter)
        plot()->yAxis->setRange(-0.5, last);
    if (m_look == Look::Scatter)
        plot()->yAxis->setRange(-2, 104);
    if (m_look != Look::Forest)
        return plot()->xAxis->setRange(m_look == Look::Scatter ? -2 : 0, 104);
    double low = -2, high = 2;
    for (const TaskComparison& task : m_tasks) {
        low = std::min({low, 100 * task.low, -120 * task.margin});
        high = std::max(high, 100 * task.high);
    }
    const double room = 0.05 * (high - low);
    plot()->xAxis->setRange(low - room, high + room);
}

void ComparisonPlot::paintSeries()
{
    if (!m_tasks.empty())
        draw();
    if (m_look != Look::Scatter)
        plot()->yAxis->setTickLabelColor(theme::tone(theme::Tone::Text));
}

QImage ComparisonPlot::picture(const QSize& size)
{
    showAll();
    return plot()->toPixmap(size.width(), size.height(), 2.0).toImage();
}

}  // namespace taskfold
