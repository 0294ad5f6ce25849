#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>

namespace taskfold::data {

/// Writes ten generated tasks of all four kinds, strongly imbalanced, into folder/tasks, and a generated corpus into
/// folder/corpus.txt. Small tasks have a large sibling that helps them; shuffled_intent repeats another task's inputs and
/// instruction with permuted labels, so that a filter has something to find. The same seed gives the same bytes.
Result<void> writeDemoData(const std::filesystem::path& folder, std::uint64_t seed = 1);

}  // namespace taskfold::data
