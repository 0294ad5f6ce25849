#pragma once

#include "engine/core/result.h"

#include <QBasicTimer>
#include <QWidget>

class QCPAbstractPlottable;
class QCPAxis;
class QCustomPlot;
class QLabel;

namespace taskfold {

/// What all plots share: dragging and zooming, legend entries that toggle by a click, tool tips, saving as
/// PNG, SVG or PDF from the context menu, the theme's colours, a line of text where there is nothing to draw.
/// Plots derive from it.
class Plot : public QWidget {
    Q_OBJECT

public:
    ~Plot() override;

    /// Used for the saved file's proposed name and by screen readers.
    void setTitle(const QString& title);
    /// What the plot says, in words, for those who don't see it.
    void setDescription(const QString& description);
    /// Shown in the plot's place while it has nothing to draw; empty: the plot itself is shown.
    void setEmptyText(const QString& text);

    /// By the name's ending: png, svg or pdf.
    Result<void> save(const QString& file) const;
    QString title() const { return m_title; }
    /// What was asked for stands on the canvas: a plot is drawn in a turn of the event loop after the asking.
    bool isDrawn() const { return !m_drawing.isActive(); }

public slots:
    void resetZoom();

signals:
    void failed(const taskfold::Error& error);

protected:
    explicit Plot(const QString& name, QWidget* parent = nullptr);

    QCustomPlot* plot() const { return m_plot; }
    /// Several calls in a row draw once.
    void redraw();
    /// The tool tip at a place of the plot, empty: none.
    virtual QString tipAt(const QPoint& place) const;
    /// Ranges that show everything. The default rescales the axes.
    virtual void showAll();
    /// Called after a change of the theme: give pens and brushes their colours again.
    virtual void paintSeries();

    void styleAxis(QCPAxis* axis) const;
    /// Puts the legend in a line above the axes, where it hides nothing.
    void legendOnTop();
    /// A legend of one entry says nothing and takes no room.
    void showLegend(bool visible);
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void timerEvent(QTimerEvent* event) override;

private:
    void build();
    void paint();
    void fitLegend();
    void toggle(QCPAbstractPlottable* plottable);
    void showMenu(const QPoint& place);
    void askAndSave();
    void copyPicture();
    bool zoomByKey(int key);

    QString m_title;
    QCustomPlot* m_plot;
    QLabel* m_empty;
    QBasicTimer m_drawing;
    bool m_legendOnTop = false;
};

}  // namespace taskfold
