#pragma once

#include "engine/data/rowkeys.h"

#include <vector>

/// What is done about rows of one input, part by part of RowKeys.
namespace taskfold::data {

/// Sorts keys by input and split, then place. They have their first `sharedBits` bits in common. `room` is used again.
void sortByInput(std::vector<RowKey>& keys, std::vector<RowKey>& room, int sharedBits);

/// Goes through sorted keys: what becomes of each row that isn't alone, and, if they are wanted, the keys that stay.
void settleGroups(const std::vector<RowKey>& keys, bool joinTargets, bool wantsKept, std::vector<Decision>& decisions, std::vector<RowKey>& kept);

}  // namespace taskfold::data
