#pragma once

#include "engine/core/comparison.h"

#include <string>
#include <vector>

namespace taskfold {

enum class TaskOrder { WorstFirst, BestFirst, ByName, LargestFirst, MostHarmedFirst };

/// The tasks of a suite (empty: of all) in an order; what can't be computed stands last.
std::vector<TaskComparison> tasksOf(const Comparison& comparison, const std::string& suite, TaskOrder order);

}  // namespace taskfold
