#pragma once

#include "engine/core/plan.h"

#include <string>
#include <vector>

namespace taskfold::stats {

struct HighResource {
    std::vector<bool> chosen;  // by task
    double threshold = 0;  // rows (of updates for EpochNeed); 0 where the rule has none
    std::string skipped;  // why there is no stage 2: imbalance below 3, no gap, all or none chosen
};

/// method.md 6. `parameter` 0: the rule's default (coverage 0.8, count 10,000). `bestEpochs` counts for EpochNeed.
HighResource highResource(HighResourceRule rule, double parameter, const std::vector<double>& rows,
    const std::vector<double>& bestEpochs);

}  // namespace taskfold::stats
