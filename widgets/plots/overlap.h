#pragma once

#include "engine/core/id.h"
#include "widgets/plots/plot.h"

#include <QStringList>

#include <cstdint>
#include <vector>

class QCPColorMap;
class QCPItemText;

namespace taskfold {

/// How many training rows of one task (line) also stand in a test or validation split of another (column).
struct OverlapMatrix {
    QStringList names;
    std::vector<std::vector<std::int64_t>> counts;  // [line][column]
};

/// Task by task: whose training rows lie in whose tests.
class Overlap : public Plot {
    Q_OBJECT

public:
    explicit Overlap(QWidget* parent = nullptr);

    void show(const OverlapMatrix& matrix);
    using QWidget::show;

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void fillCells();
    void writeCounts();
    void describe();
    std::int64_t largest() const;

    OverlapMatrix m_matrix;
    QCPColorMap* m_map;
    std::vector<QCPItemText*> m_counts;
};

}  // namespace taskfold
