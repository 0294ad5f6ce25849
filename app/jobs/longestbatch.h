#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"

#include <cstdint>
#include <filesystem>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// The batch that takes most memory: tokens that are computed (what its rows have in common at their beginning counts once)
/// and targets.
struct LongestBatch {
    std::int64_t tokens = 0, targets = 0;
};

/// Of the plan's longest rows, through the base's tokenizer; remembered, since previews ask again and again. Where the
/// base isn't made yet a byte is a token.
Result<LongestBatch> longestBatch(
    const Project& project, SQLite::Database& database, const Plan& plan, const std::filesystem::path& base);

}  // namespace taskfold::jobs
