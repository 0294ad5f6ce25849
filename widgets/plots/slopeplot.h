#pragma once

#include "engine/core/overview.h"
#include "widgets/plots/plot.h"

#include <vector>

class QCPItemText;

namespace taskfold {

/// A line a task, from its own model over the stages to the folded one, then the ablations: where it was won or lost.
class SlopePlot : public Plot {
    Q_OBJECT

public:
    explicit SlopePlot(const QString& name, QWidget* parent = nullptr);

    void setSlopes(const Slopes& slopes);
    static QString titleOf(const SlopeStop& stop);

signals:
    void taskClicked(taskfold::TaskId task);

protected:
    QString tipAt(const QPoint& place) const override;
    void showAll() override;
    void paintSeries() override;

private:
    void draw();
    void drawLine(const SlopeLine& line);
    void spreadNames();
    std::pair<const SlopeLine*, std::size_t> pointAt(const QPoint& place) const;

    Slopes m_slopes;
    struct Name {
        QCPItemText* item;
        double value;
    };
    std::vector<Name> m_names;
};

}  // namespace taskfold
