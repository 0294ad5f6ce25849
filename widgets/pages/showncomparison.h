#pragma once

#include "engine/core/overview.h"

#include <QString>

#include <vector>

namespace taskfold {

/// One comparison with what belongs to it.
struct ShownComparison {
    Comparison comparison;
    QString line;  // the suite line
    Slopes slopes;
    std::vector<SettingLine> settings;
};

}  // namespace taskfold
