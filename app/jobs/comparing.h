#pragma once

#include "app/jobs/project.h"
#include "engine/core/comparison.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <optional>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Compares the candidate (the newest evaluated stage 3 when none is named) with the single-task models of its plan, or with
/// another run, task by task on the same test rows (method.md 12), over all seeds of the plan. Stored and answered.
Result<Comparison> compareRuns(
    const Project& project, RunId candidate, RunId baseline, const JobContext& context);

/// Rows of the test split that the two answered differently, the clearest first; of the first seed.
Result<std::vector<RowDifference>> rowDifferences(
    const Project& project, const Comparison& comparison, TaskId task, std::size_t limit = 1000);

/// N models against one, from the runs' files and counts.
Result<Ledger> ledgerOf(SQLite::Database& database, const Plan& plan, std::uint64_t seed);

/// "Not worse on 9 of 11 tasks at 1 point, worse on 1, undecided on 1."
std::string suiteLine(const Comparison& comparison);

}  // namespace taskfold::jobs
