#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace taskfold::data {

/// Rows of a version as a file that others read: .jsonl, or .parquet (columns input, target, references, group). Written
/// beside and renamed. `skipped` says which lines are left out. Answers how many rows were written; Unsupported for
/// another ending.
Result<std::int64_t> exportRows(const std::filesystem::path& folder, const std::string& hash, const std::filesystem::path& out,
    const std::function<bool(std::int64_t line)>& skipped, const std::stop_token& stop);

}  // namespace taskfold::data
