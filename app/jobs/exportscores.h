#pragma once

#include "app/jobs/exporting.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Scores two models of a run, `before` and `after`, on the same sample of every task the run was trained on.
Result<std::vector<ExportedTask>> scoresOfExport(const Project& project, SQLite::Database& database, const Run& run, const Plan& plan,
    const std::filesystem::path& before, const std::filesystem::path& after, int rowsPerTask, const JobContext& context);

}  // namespace taskfold::jobs
