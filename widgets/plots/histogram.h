#pragma once

#include "engine/core/dataset.h"
#include "widgets/plots/plot.h"

#include <vector>

class QCPBars;
class QCPItemStraightLine;
class QCPItemText;

namespace taskfold {

/// How long a task's rows are, with median, 90th and 99th percentile as lines.
class Histogram : public Plot {
    Q_OBJECT

public:
    explicit Histogram(QWidget* parent = nullptr);

    void show(const LengthStatistics& lengths, const QString& unit);
    using QWidget::show;

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    struct Mark {
        QCPItemStraightLine* line;
        QCPItemText* label;
    };

    void setMark(std::size_t index, const QString& name, std::int64_t value);

    LengthStatistics m_lengths;
    QString m_unit;
    QCPBars* m_bars;
    std::vector<Mark> m_marks;
};

}  // namespace taskfold
