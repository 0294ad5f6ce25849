#pragma once

#include "engine/core/task.h"
#include "engine/data/cleaning.h"

#include <map>
#include <vector>

namespace taskfold::data {

/// Where no split was given: 80/10/10 of the rows, those of one group together, stratified by label where there are
/// labels and no groups; by hash, so that the same rows give the same splits (method.md 3, step 6).
std::map<Split, std::vector<RawRow>> splitUp(const Task& task, std::vector<RawRow> rows);

/// A tenth of the training rows, by hash, for a task that came without validation rows.
std::vector<RawRow> takeValidation(std::vector<RawRow>& train);

}  // namespace taskfold::data
