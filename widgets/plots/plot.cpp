#include "widgets/plots/plot.h"

#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"
#include "widgets/parts/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QHelpEvent>
#include <QLabel>
#include <QMenu>
#include <QStackedLayout>
#include <QSvgGenerator>
#include <QToolTip>
#include <qcustomplot.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

using theme::Tone;
using theme::tone;

Plot::Plot(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_plot(new QCustomPlot(this))
    , m_empty(new QLabel(this))
{
    setObjectName(name);
    m_plot->setObjectName(name + u"Canvas"_s);
    build();
    paint();
}

Plot::~Plot() = default;

void Plot::build()
{
    m_empty->setObjectName(objectName() + u"Empty"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("muted", true);
    auto* layout = new QStackedLayout(this);
    layout->addWidget(m_plot);
    layout->addWidget(m_empty);

    m_plot->axisRect()->setMinimumMargins({6, 6, 14, 6});
    m_plot->plotLayout()->setRowSpacing(0);
    m_plot->setMinimumSize(20, 20);  // on a picture of no size QCustomPlot can't paint, and complains
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom | QCP::iSelectLegend);
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->setFocusPolicy(Qt::StrongFocus);
    m_plot->setContextMenuPolicy(Qt::CustomContextMenu);
    m_plot->legend->setSelectableParts(QCPLegend::spNone);
    m_plot->installEventFilter(this);
    connect(m_plot, &QWidget::customContextMenuRequested, this, &Plot::showMenu);
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, &Plot::resetZoom);
    connect(m_plot, &QCustomPlot::legendClick, this, [this](QCPLegend*, QCPAbstractLegendItem* item) {
        if (auto* entry = qobject_cast<QCPPlottableLegendItem*>(item))
            toggle(entry->plottable());
    });
}

void Plot::setTitle(const QString& title)
{
    m_title = title;
    setAccessibleName(title);
    m_plot->setAccessibleName(title);
}

void Plot::setDescription(const QString& description)
{
    setAccessibleDescription(description);
    m_plot->setAccessibleDescription(description);
}

void Plot::setEmptyText(const QString& text)
{
    m_empty->setText(text);
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(text.isEmpty() ? 0 : 1);
}

void Plot::redraw()
{
    if (!m_drawing.isActive())
        m_drawing.start(1, this);  // a turn of its own: a plot takes half of what a turn may take
}

void Plot::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_drawing.timerId())
        return QWidget::timerEvent(event);
    m_drawing.stop();
    m_plot->replot();
}

void Plot::showAll()
{
    m_plot->rescaleAxes(true);
}

void Plot::resetZoom()
{
    showAll();
    redraw();
}

QString Plot::tipAt(const QPoint&) const
{
    return {};
}

void Plot::paintSeries() { }

void Plot::styleAxis(QCPAxis* axis) const
{
    axis->setBasePen(QPen(tone(Tone::Border)));
    axis->setTickPen(QPen(tone(Tone::Border)));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelColor(tone(Tone::Muted));
    axis->setLabelColor(tone(Tone::Muted));
    axis->setTickLengthIn(0);
    axis->setTickLengthOut(4);
    axis->grid()->setPen(QPen(tone(Tone::Grid)));
    axis->grid()->setZeroLinePen(QPen(tone(Tone::Border)));
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.92);
    axis->setTickLabelFont(small);
    axis->setLabelFont(small);
}

void Plot::legendOnTop()
{
    QCPLayoutGrid* layout = m_plot->plotLayout();
    QCPLegend* legend = m_plot->legend;
    m_plot->axisRect()->insetLayout()->take(legend);
    layout->insertRow(0);
    layout->addElement(0, 0, legend);
    layout->setRowStretchFactor(0, 0.001);
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setMargins({8, 4, 8, 0});
    legend->setColumnSpacing(14);
    legend->setIconSize(14, 12);
    m_legendOnTop = true;
    connect(m_plot, &QCustomPlot::beforeReplot, this, &Plot::fitLegend);
    paint();
}

// As many names a line as there is room for the longest: QCustomPlot would cut them.
void Plot::fitLegend()
{
    constexpr int kIconAndGaps = 14 + 8 + 14;
    QCPLegend* legend = m_plot->legend;
    int widest = 1;
    for (int i = 0; i < legend->itemCount(); ++i)
        if (auto* item = qobject_cast<QCPPlottableLegendItem*>(legend->item(i)))
            widest = std::max(widest, QFontMetrics(item->font()).horizontalAdvance(item->plottable()->name()));
    const int fitting = std::max(1, m_plot->width() / (widest + kIconAndGaps));
    if (legend->wrap() == fitting)
        return;
    legend->setWrap(fitting);
    legend->setFillOrder(QCPLegend::foColumnsFirst, true);  // the entries that are there already, too
}

void Plot::showLegend(bool visible)
{
    m_plot->legend->setVisible(visible);
    m_plot->legend->setMaximumSize(QWIDGETSIZE_MAX, visible ? QWIDGETSIZE_MAX : 0);
}

void Plot::paint()
{
    m_plot->setBackground(QBrush(tone(Tone::Surface)));
    for (QCPAxisRect* rect : m_plot->axisRects())
        for (QCPAxis* axis : rect->axes())
            styleAxis(axis);
    m_plot->legend->setBrush(QBrush(tone(Tone::Surface)));
    m_plot->legend->setBorderPen(m_legendOnTop ? QPen(Qt::NoPen) : QPen(tone(Tone::Border)));
    for (int i = 0; i < m_plot->legend->itemCount(); ++i)
        m_plot->legend->item(i)->setTextColor(tone(Tone::Text));
    m_plot->legend->setTextColor(tone(Tone::Text));
    m_plot->legend->setFont(font());
    paintSeries();
    redraw();
}

void Plot::toggle(QCPAbstractPlottable* plottable)
{
    plottable->setVisible(!plottable->visible());
    if (QCPPlottableLegendItem* item = m_plot->legend->itemWithPlottable(plottable)) {
        QFont face = font();
        face.setStrikeOut(!plottable->visible());
        item->setFont(face);
        item->setTextColor(tone(plottable->visible() ? Tone::Text : Tone::Muted));
    }
    redraw();
}

void Plot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paint();
}

void Plot::showMenu(const QPoint& place)
{
    auto* menu = new QMenu(this);
    menu->setObjectName(objectName() + u"Menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Save picture…")), &QAction::triggered, this, &Plot::askAndSave);
    connect(menu->addAction(tr("Copy picture")), &QAction::triggered, this, &Plot::copyPicture);
    menu->addSeparator();
    connect(menu->addAction(tr("Show everything")), &QAction::triggered, this, &Plot::resetZoom);
    menu->popup(m_plot->mapToGlobal(place));
}

void Plot::askAndSave()
{
    const QString name = (m_title.isEmpty() ? objectName() : m_title) + u".png"_s;
    ask::saveFile(this, tr("Save the picture"), name,
        tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF document (*.pdf)"), [this](const QString& file) {
            if (const Result<void> saved = save(file); !saved)
                emit failed(saved.error());
        });
}

void Plot::copyPicture()
{
    QGuiApplication::clipboard()->setPixmap(m_plot->toPixmap(0, 0, 2.0));
}

Result<void> Plot::save(const QString& file) const
{
    const QString ending = QFileInfo(file).suffix().toLower();
    bool saved = false;
    if (ending == u"png") {
        saved = m_plot->savePng(file, 0, 0, 2.0);
    } else if (ending == u"pdf") {
        saved = m_plot->savePdf(file);
    } else if (ending == u"svg") {
        QSvgGenerator generator;
        generator.setFileName(file);
        generator.setSize(m_plot->size());
        generator.setViewBox(m_plot->rect());
        generator.setTitle(m_title);
        generator.setDescription(accessibleDescription());
        QCPPainter painter;
        saved = painter.begin(&generator);
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        if (saved)
            m_plot->toPainter(&painter, m_plot->width(), m_plot->height());
        saved = saved && painter.end() && QFileInfo(file).size() > 0;
    } else {
        return Error{
            ErrorCode::Unsupported, toStd(tr("%1: pictures are saved as png, svg or pdf").arg(file))};
    }
    if (!saved)
        return Error{ErrorCode::Io, toStd(tr("%1 can't be written").arg(file))};
    return {};
}

bool Plot::zoomByKey(int key)
{
    const double factor = key == Qt::Key_Plus ? 0.8 : 1.25;
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Minus:
        for (QCPAxis* axis : m_plot->axisRect()->axes())
            axis->scaleRange(factor);
        break;
    case Qt::Key_0: resetZoom(); break;
    case Qt::Key_Left:
    case Qt::Key_Right:
        m_plot->xAxis->moveRange((key == Qt::Key_Left ? -0.1 : 0.1) * m_plot->xAxis->range().size());
        break;
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const bool onward = (key == Qt::Key_Up) != m_plot->yAxis->rangeReversed();
        m_plot->yAxis->moveRange((onward ? 0.1 : -0.1) * m_plot->yAxis->range().size());
        break;
    }
    default: return false;
    }
    redraw();
    return true;
}

bool Plot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_plot && event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString tip = tipAt(help->pos());
        if (tip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), tip, m_plot);
        return true;
    }
    if (watched == m_plot && event->type() == QEvent::KeyPress)
        return zoomByKey(static_cast<QKeyEvent*>(event)->key());
    return QWidget::eventFilter(watched, event);
}

}  // namespace taskfold
