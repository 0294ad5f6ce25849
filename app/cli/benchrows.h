#pragma once

#include "engine/core/result.h"
#include "engine/core/row.h"
#include "engine/core/task.h"

#include <filesystem>
#include <vector>

namespace taskfold::cli {

struct TaskSample {
    Task task;
    std::vector<Row> rows;
};

/// A task folder as the peers' scripts read it: every (n / most)-th row of `file` (JSON lines with input and target), `most`
/// of them, in that order.
Result<TaskSample> sampleOf(const std::filesystem::path& folder, const std::string& file, std::size_t most);

}  // namespace taskfold::cli
