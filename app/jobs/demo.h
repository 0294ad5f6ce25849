#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <string>

namespace taskfold::jobs {

struct DemoOptions {
    bool dataOnly = false;
};

struct DemoOutcome {
    std::filesystem::path report;  // empty with dataOnly
    std::string verdict;
};

/// Generates the demo's data into a new project and walks the whole loop: import, baselines, filter, stages, evaluation,
/// comparison, report. InvalidInput where the project has tasks already.
Result<DemoOutcome> runDemo(const Project& project, const DemoOptions& options, const JobContext& context);

}  // namespace taskfold::jobs
