#pragma once

#include "widgets/plots/rowbars.h"

#include <cstdint>
#include <map>
#include <string>

namespace taskfold {

/// How many kept training rows each label has, most first.
class LabelBars : public RowBars {
    Q_OBJECT

public:
    explicit LabelBars(QWidget* parent = nullptr);

    void show(const std::map<std::string, std::int64_t>& labels);
    using QWidget::show;
};

}  // namespace taskfold
