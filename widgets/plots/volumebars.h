#pragma once

#include "widgets/models/volumemodel.h"
#include "widgets/plots/rowbars.h"

namespace taskfold {

/// Volume per task, stacked by what became of the rows.
class VolumeBars : public RowBars {
    Q_OBJECT

public:
    explicit VolumeBars(QWidget* parent = nullptr);

    /// In tokens only kept rows are shown: nobody counts those of rows that were left out.
    void show(const std::vector<VolumeLine>& lines, VolumeUnit unit, const QString& unitName);
    using QWidget::show;

private:
    void describe(const std::vector<VolumeLine>& lines);
};

}  // namespace taskfold
