#include "widgets/plots/rowbars.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScrollBar>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kLineHeight = 24;  // pixels
constexpr int kNameLength = 26;  // characters

/// 1k, 20k, 3M: a million written out takes more room than a tick has.
class ShortTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return shortCountText(tick); }
};

class ShortLogTicker : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return shortCountText(tick); }
};

}  // namespace

RowBars::RowBars(const QString& name, QWidget* parent)
    : Plot(name, parent)
    , m_mark(new QCPItemRect(plot()))
    , m_scroll(new QScrollBar(Qt::Vertical, plot()))
{
    buildPlot();
    auto* layout = new QHBoxLayout(plot());
    layout->setContentsMargins(0, 30, 2, 40);
    layout->addStretch();
    layout->addWidget(m_scroll);
    m_scroll->setObjectName(name + u"Scroll"_s);
    m_scroll->setAccessibleName(tr("Scroll the bars"));
    m_scroll->hide();
    connect(m_scroll, &QScrollBar::valueChanged, this, &RowBars::scrollTo);
    connect(plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (event->button() == Qt::LeftButton && plot()->axisRect()->outerRect().contains(event->pos()))
            choose(lineAt(event->pos()));
    });
}

void RowBars::buildPlot()
{
    QCustomPlot* const canvas = plot();
    canvas->yAxis->setRangeReversed(true);
    canvas->yAxis->setTicker(QSharedPointer<QCPAxisTickerText>::create());
    canvas->yAxis->grid()->setVisible(false);
    canvas->xAxis->setTicker(QSharedPointer<ShortTicker>::create());
    canvas->axisRect()->setRangeDragAxes(canvas->xAxis, nullptr);
    canvas->axisRect()->setRangeZoomAxes(canvas->xAxis, nullptr);
    legendOnTop();
    m_mark->setLayer(u"background"_s);
    m_mark->setClipToAxisRect(true);
    m_mark->topLeft->setTypeX(QCPItemPosition::ptAxisRectRatio);
    m_mark->bottomRight->setTypeX(QCPItemPosition::ptAxisRectRatio);
    m_mark->setVisible(false);
}

void RowBars::setBars(const QStringList& names, std::vector<Series> series)
{
    m_names = names;
    m_series = std::move(series);
    m_selected = m_selected < lineCount() ? m_selected : -1;
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    for (int line = 0; line < lineCount(); ++line) {
        const QString& name = m_names[line];
        ticker->addTick(line, name.size() > kNameLength ? name.left(kNameLength - 1) + u'…' : name);
    }
    plot()->yAxis->setTicker(ticker);
    makeBars();
    makeLabels();
    fitLines();
    setSelected(m_selected);
    paintSeries();
    resetZoom();
}

void RowBars::makeBars()
{
    plot()->clearPlottables();
    m_bars.clear();
    for (const Series& series : m_series) {
        auto* bars = new QCPBars(plot()->yAxis, plot()->xAxis);
        bars->setName(series.name);
        bars->setWidth(0.68);
        QVector<double> keys, values;
        for (std::size_t line = 0; line < series.values.size(); ++line) {
            keys.append(static_cast<double>(line));
            values.append(series.values[line]);
        }
        bars->setData(keys, values, true);
        if (!m_bars.empty())
            bars->moveAbove(m_bars.back());
        m_bars.push_back(bars);
    }
    showLegend(m_series.size() > 1);
}

void RowBars::makeLabels()
{
    for (QCPItemText* label : m_labels)
        plot()->removeItem(label);
    m_labels.clear();
    for (int line = 0; line < lineCount(); ++line) {
        auto* label = new QCPItemText(plot());
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        label->position->setCoords(std::max(totalAt(line), 0.9), line);  // a log axis has no zero
        label->setPadding({6, 0, 0, 0});
        label->setText(countText(std::llround(totalAt(line))));
        label->setClipToAxisRect(true);
        m_labels.push_back(label);
    }
}

void RowBars::setValueTitle(const QString& title)
{
    plot()->xAxis->setLabel(title);
    redraw();
}

void RowBars::setLogarithmic(bool logarithmic)
{
    m_logarithmic = logarithmic;
    plot()->xAxis->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic)
        plot()->xAxis->setTicker(QSharedPointer<ShortLogTicker>::create());
    else
        plot()->xAxis->setTicker(QSharedPointer<ShortTicker>::create());
    resetZoom();
}

double RowBars::totalAt(int line) const
{
    double total = 0;
    for (const Series& series : m_series)
        total += series.values.at(static_cast<std::size_t>(line));
    return total;
}

void RowBars::setSelected(int line)
{
    m_selected = line;
    m_mark->setVisible(line >= 0);
    m_mark->topLeft->setCoords(0, line - 0.5);
    m_mark->bottomRight->setCoords(1, line + 0.5);
    if (line >= 0 && isVisible()) {
        if (line < m_scroll->value())
            m_scroll->setValue(line);
        else if (line >= m_scroll->value() + m_scroll->pageStep())
            m_scroll->setValue(line - m_scroll->pageStep() + 1);
    }
    redraw();
}

void RowBars::choose(int line)
{
    if (line < 0 || line >= lineCount())
        return;
    setSelected(line);
    emit lineClicked(line);
}

int RowBars::lineAt(const QPoint& place) const
{
    const double line = std::round(plot()->yAxis->pixelToCoord(place.y()));
    return line >= 0 && line < lineCount() ? static_cast<int>(line) : -1;
}

QString RowBars::tipAt(const QPoint& place) const
{
    const int line = lineAt(place);
    if (line < 0 || !plot()->axisRect()->outerRect().contains(place))
        return {};
    QString tip = u"<b>%1</b><table>"_s.arg(m_names[line].toHtmlEscaped());
    for (const Series& series : m_series) {
        const double value = series.values[static_cast<std::size_t>(line)];
        if (value > 0 || m_series.size() == 1)
            tip += u"<tr><td>%1&nbsp;&nbsp;</td><td align=right>%2</td></tr>"_s.arg(
                series.name.toHtmlEscaped(), countText(std::llround(value)));
    }
    return tip + u"</table>"_s;
}

void RowBars::showAll()
{
    constexpr double kRoomForLabels = 1.25;  // behind the longest bar, in a narrow plot, too
    double most = 0;
    for (int line = 0; line < lineCount(); ++line)
        most = std::max(most, totalAt(line));
    if (m_logarithmic)
        plot()->xAxis->setRange(0.8, std::pow(std::max(most, 10.0), 1.12) * 1.3);
    else
        plot()->xAxis->setRange(0, std::max(most, 1.0) * kRoomForLabels);
}

void RowBars::paintSeries()
{
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const QColor colour = m_series[i].colour();
        m_bars[i]->setPen(QPen(colour, 0.8));
        m_bars[i]->setBrush(QBrush(colour, m_series[i].pattern));
    }
    for (QCPItemText* label : m_labels) {
        label->setColor(theme::tone(theme::Tone::Muted));
        label->setFont(plot()->xAxis->tickLabelFont());
    }
    m_mark->setPen(Qt::NoPen);
    m_mark->setBrush(theme::tone(theme::Tone::AccentSoft));
    plot()->yAxis->setTickLabelColor(theme::tone(theme::Tone::Text));
    plot()->yAxis->setBasePen(Qt::NoPen);
    plot()->yAxis->setTickPen(Qt::NoPen);
}

void RowBars::scrollTo(int first)
{
    const int shown = std::max(1, m_scroll->pageStep());
    plot()->yAxis->setRange(first - 0.5, first + shown - 0.5);
    redraw();
}

void RowBars::fitLines()
{
    const int room = std::max(1, (plot()->height() - 78) / kLineHeight);
    const int rest = std::max(0, lineCount() - room);
    m_scroll->setVisible(rest > 0);
    m_scroll->setPageStep(std::max(1, std::min(room, lineCount())));
    m_scroll->setRange(0, rest);
    scrollTo(std::min(m_scroll->value(), rest));
}

void RowBars::resizeEvent(QResizeEvent* event)
{
    Plot::resizeEvent(event);
    fitLines();
}

bool RowBars::eventFilter(QObject* watched, QEvent* event)
{
    const bool mine = watched == plot();
    if (mine && event->type() == QEvent::Resize)
        fitLines();
    if (mine && event->type() == QEvent::Wheel) {
        const auto* wheel = static_cast<QWheelEvent*>(event);
        if (!wheel->modifiers().testFlag(Qt::ControlModifier)) {
            m_scroll->setValue(m_scroll->value() - wheel->angleDelta().y() / 40);
            return true;
        }
    }
    if (mine && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            choose(m_selected + (key == Qt::Key_Up ? -1 : 1));
            return true;
        }
    }
    return Plot::eventFilter(watched, event);
}

}  // namespace taskfold
