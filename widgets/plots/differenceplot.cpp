#include "widgets/plots/differenceplot.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/verdictlook.h"

#include <qcustomplot.h>

#include <algorithm>

namespace taskfold {

namespace {

constexpr std::size_t kMostNamed = 40;  // above that, names hide the points

}  // namespace

DifferencePlot::DifferencePlot(const QString& name, Over over, QWidget* parent) : Plot(name, parent), m_over(over)
{
    if (m_over == Over::Rows) {
        plot()->xAxis->setScaleType(QCPAxis::stLogarithmic);
        plot()->xAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
        plot()->xAxis->setNumberFormat(QStringLiteral("f"));
        plot()->xAxis->setNumberPrecision(0);
    }
    plot()->xAxis->setLabel(m_over == Over::Rows ? tr("Training rows (logarithmic)") : tr("Effect of the other tasks' steps on it; right of zero helps"));
    plot()->yAxis->setLabel(tr("Multi minus single, points"));
    connect(plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (const TaskComparison* task = taskAt(event->pos()); event->button() == Qt::LeftButton && task)
            emit taskClicked(task->task);
    });
}

void DifferencePlot::setTasks(const std::vector<TaskComparison>& tasks)
{
    m_tasks.clear();
    for (const TaskComparison& task : tasks)
        if (isShown(task))
            m_tasks.push_back(task);
    setEmptyText(!m_tasks.empty() ? QString()
            : m_over == Over::Rows ? tr("No task could be compared yet.")
                                   : tr("No affinity was measured: measure it on the Filter page."));
    draw();
    resetZoom();
}

bool DifferencePlot::isShown(const TaskComparison& task) const
{
    return task.verdict != Verdict::NotComputable && (m_over == Over::Rows ? task.trainRows > 0 : task.affinity.has_value());
}

double DifferencePlot::placeOf(const TaskComparison& task) const
{
    return m_over == Over::Rows ? static_cast<double>(task.trainRows) : task.affinity.value_or(0);
}

void DifferencePlot::draw()
{
    plot()->clearPlottables();
    plot()->clearItems();
    auto* even = new QCPItemStraightLine(plot());
    even->point1->setCoords(1, 0);
    even->point2->setCoords(2, 0);
    even->setPen(QPen(theme::tone(theme::Tone::Muted), 1.2));
    for (const TaskComparison& task : m_tasks)
        drawTask(task);
}

void DifferencePlot::drawTask(const TaskComparison& task)
{
    const double x = placeOf(task);
    auto* interval = new QCPItemLine(plot());
    interval->start->setCoords(x, 100 * task.low);
    interval->end->setCoords(x, 100 * task.high);
    interval->setPen(QPen(colourOf(task.verdict), 1.6));
    auto* point = plot()->addGraph();
    point->setLineStyle(QCPGraph::lsNone);
    point->addData(x, 100 * task.difference);
    point->setScatterStyle({static_cast<QCPScatterStyle::ScatterShape>(shapeOf(task.verdict)), colourOf(task.verdict), colourOf(task.verdict), 9});
    if (m_tasks.size() > kMostNamed)
        return;
    auto* name = new QCPItemText(plot());
    name->position->setCoords(x, 100 * task.difference);
    name->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    name->setPadding({8, 0, 0, 0});
    name->setText(plotName(task.name));
    name->setColor(theme::tone(theme::Tone::Muted));
    name->setFont(plot()->xAxis->tickLabelFont());
}

const TaskComparison* DifferencePlot::taskAt(const QPoint& place) const
{
    for (const TaskComparison& task : m_tasks) {
        const double x = plot()->xAxis->coordToPixel(placeOf(task)) - place.x();
        const double y = plot()->yAxis->coordToPixel(100 * task.difference) - place.y();
        if (x * x + y * y < 100)
            return &task;
    }
    return nullptr;
}

QString DifferencePlot::tipAt(const QPoint& place) const
{
    const TaskComparison* task = taskAt(place);
    if (!task)
        return {};
    const QString where = m_over == Over::Rows ? tr("%1 training rows").arg(countText(task->trainRows))
                                               : tr("affinity %1").arg(numberText(*task->affinity, 4));
    return tr("%1: %2, difference %3 (%4 to %5) — %6")
        .arg(toQt(task->name), where, signedPointsText(task->difference), signedPointsText(task->low), signedPointsText(task->high),
            titleOf(task->verdict));
}

void DifferencePlot::showAll()
{
    double low = -1, high = 1, left = m_over == Over::Rows ? 1e18 : 0, right = m_over == Over::Rows ? 1 : 0;
    for (const TaskComparison& task : m_tasks) {
        low = std::min(low, 100 * task.low);
        high = std::max(high, 100 * task.high);
        left = std::min(left, placeOf(task));
        right = std::max(right, placeOf(task));
    }
    const double room = 0.06 * (high - low);
    plot()->yAxis->setRange(low - room, high + room);
    if (m_over == Over::Rows)
        return plot()->xAxis->setRange(std::min(left, right) * 0.7, right * 2.5);  // room for a name at the right
    const double width = std::max(right - left, 1e-6);
    plot()->xAxis->setRange(left - 0.06 * width, right + 0.25 * width);
}

void DifferencePlot::paintSeries()
{
    if (!m_tasks.empty())
        draw();
}

}  // namespace taskfold
