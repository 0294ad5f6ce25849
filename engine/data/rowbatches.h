#pragma once

#include "engine/core/result.h"

#include <arrow/api.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/// Files of rows as Arrow's batches, mapped into memory. Only this folder's sources include it.
namespace taskfold::data {

// Files of fewer batches are checked whole when they are opened.
constexpr int kCheckedAtOnce = 64;

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

/// NotFound, or Damaged.
Result<Batches> openBatches(const std::filesystem::path& folder, const std::string& hash);

/// Gives the memory of what was looked at back.
void forget(const arrow::ArrayData& data);

}  // namespace taskfold::data
