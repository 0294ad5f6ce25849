#pragma once

#include "app/jobs/project.h"
#include "engine/core/comparison.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <cstdint>
#include <vector>

namespace SQLite {
class Database;
}

/// What serving one model costs against serving N: measured by doing it, in a process of its own each.
namespace taskfold::jobs {

/// One process that held all the models and answered the traffic.
struct Served {
    double peakMib = 0;  // resident, at most; libraries included
    double baseMib = 0;  // resident before any model was loaded: what the libraries alone take
    double loadSeconds = 0, firstAnswerSeconds = 0, seconds = 0;
    double p50 = 0, p95 = 0;  // latency of a request, seconds
    double requestsPerSecond = 0;
    int requests = 0, models = 0;
};

/// In this process: loads the runs' models and answers `requests` validation rows, drawn by the tasks' traffic shares (even
/// where none is said), one at a time. Test rows stay unread.
Result<Served> serveHere(const Project& project, const std::vector<RunId>& runs, int requests, const JobContext& context);

/// Serves the single-task models of the candidate's plan, then the folded one (with those of excluded tasks), each in a child
/// process, three times in turn; keeps the medians for the ledger. `candidate`: the newest completed stage 3 otherwise.
Result<void> measureServing(const Project& project, RunId candidate, int requests, const JobContext& context);

/// What was measured for a run, as lines of the ledger; none when nothing was.
Result<std::vector<LedgerLine>> servingLines(SQLite::Database& database, RunId candidate);

}  // namespace taskfold::jobs
