#pragma once

#include "widgets/plots/plot.h"

#include <QStringList>

#include <vector>

class QCPColorMap;
class QCPItemText;

namespace taskfold {

/// Effects of lines on columns: blue helps, orange harms (told apart by colour-blind people), numbers in the cells.
class HeatMap : public Plot {
    Q_OBJECT

public:
    struct Cell {
        double value = 0;
        double se = 0;
        bool reliable = true;
    };

    explicit HeatMap(const QString& name, QWidget* parent = nullptr);

    void setCells(const QStringList& names, std::vector<std::vector<Cell>> cells);  // [line][column]

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void fill();
    void writeNumbers();

    QStringList m_names;
    std::vector<std::vector<Cell>> m_cells;
    QCPColorMap* m_map;
    std::vector<QCPItemText*> m_numbers;
};

}  // namespace taskfold
