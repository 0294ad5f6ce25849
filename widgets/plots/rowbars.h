#pragma once

#include "widgets/plots/plot.h"

#include <QColor>
#include <QStringList>

#include <functional>
#include <vector>

class QCPBars;
class QCPItemRect;
class QCPItemText;
class QScrollBar;

namespace taskfold {

/// Lying bars, one line each with its name at the left, stacked in series. However many there are, each stays
/// readable: what doesn't fit is scrolled.
class RowBars : public Plot {
    Q_OBJECT

public:
    struct Series {
        QString name;
        std::function<QColor()> colour;  // asked again when the theme changes
        Qt::BrushStyle pattern = Qt::SolidPattern;  // so that colour is never the only sign
        std::vector<double> values;  // one a line
    };

    explicit RowBars(const QString& name, QWidget* parent = nullptr);

    void setBars(const QStringList& names, std::vector<Series> series);
    void setValueTitle(const QString& title);
    void setLogarithmic(bool logarithmic);
    /// -1: none
    void setSelected(int line);
    int selected() const { return m_selected; }
    int lineCount() const { return static_cast<int>(m_names.size()); }
    /// Of all series at one line.
    double totalAt(int line) const;

signals:
    void lineClicked(int line);

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildPlot();
    void makeBars();
    void makeLabels();
    void scrollTo(int first);
    void fitLines();
    int lineAt(const QPoint& place) const;
    void choose(int line);

    QStringList m_names;
    std::vector<Series> m_series;
    std::vector<QCPBars*> m_bars;
    std::vector<QCPItemText*> m_labels;
    QCPItemRect* m_mark;
    QScrollBar* m_scroll;
    int m_selected = -1;
    bool m_logarithmic = false;
};

}  // namespace taskfold
