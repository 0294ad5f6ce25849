#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace taskfold::data {

struct RowDifference {
    std::int64_t added = 0, removed = 0, same = 0;
};

/// How many rows two files have in common, by input, target and references; line numbers don't count.
Result<RowDifference> differenceOf(const std::filesystem::path& folder, const std::string& before, const std::string& after);

}  // namespace taskfold::data
