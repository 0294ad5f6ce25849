#pragma once

#include "app/jobs/project.h"
#include "engine/core/comparison.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Compares the candidate (the newest completed stage 3 when none is named) with a baseline set, task by task on the same test
/// rows (method.md 12), over all seeds of the plan. `baseline`: "single" (or empty), a run's number, or "imported:NAME".
/// Margin and metric are those that were fixed before the test rows were read. Stored and answered.
Result<Comparison> compareRuns(
    const Project& project, RunId candidate, const std::string& baseline, const JobContext& context);

/// The same, not stored.
Result<Comparison> comparisonOf(
    const Project& project, RunId candidate, const std::string& baseline, const JobContext& context);

/// Rows of the test split that the two answered differently, the clearest first; of the candidate's seed.
Result<std::vector<RowDifference>> rowDifferences(
    const Project& project, const Comparison& comparison, TaskId task, std::size_t limit = 1000);

/// Answers of the model that serves a task today.
struct PredictionFile {
    std::string task;
    std::filesystem::path file;
};

/// Predictions of the models that serve tasks today, one JSON object a line: {"line": N, "prediction": "..."} or, without
/// line numbers, one a test row in order. Scored and stored as a baseline under that name, all files or none; InvalidInput
/// names the first line that doesn't fit. Answers the runs they are kept as.
Result<std::vector<RunId>> importPredictions(
    const Project& project, const std::vector<PredictionFile>& files, const std::string& name, const JobContext& context);

/// N models against one, from the runs' files and counts, and what serving was measured to cost (app/jobs/serving).
Result<Ledger> ledgerOf(const Project& project, SQLite::Database& database, const Plan& plan, std::uint64_t seed, RunId candidate);

/// "Not worse on 9 of 11 tasks at 1 point, worse on 1, undecided on 1."
std::string suiteLine(const Comparison& comparison);

}  // namespace taskfold::jobs
