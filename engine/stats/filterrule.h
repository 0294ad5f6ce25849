#pragma once

#include "engine/core/affinity.h"

#include <map>
#include <vector>

namespace taskfold::stats {

/// A task's own model against one that learned nothing; known once baselines were trained.
struct Learnability {
    double single = 0, singleSe = 0;
    double trivial = 0;
};

struct FilterSettings {
    double epsilonShare = 0.05;  // of the median effect of a task's step on itself
    int leastKept = 2;
    double mostExcluded = 1.0 / 3;  // of all tasks
};

/// method.md 5.2: removes the worst candidate, looks again, and says for every task what it found. The order of the tasks
/// doesn't matter. Cells that aren't reliable count for nothing.
std::vector<Suggestion> suggest(const AffinityEvidence& evidence, const std::map<TaskId, Learnability>& learnability,
    const FilterSettings& settings = {});

}  // namespace taskfold::stats
