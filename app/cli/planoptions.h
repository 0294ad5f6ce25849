#pragma once

#include "app/jobs/project.h"
#include "engine/core/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace taskfold::cli {

/// What a plan is asked to be on the command line.
struct PlanOptions {
    std::string base, method, sampler, device;
    std::vector<std::uint64_t> seeds;
    std::vector<int> stages;
    std::vector<std::string> ablations, assignments;
    bool noBaselines = false;
};

void addPlanOptions(CLI::App& command, PlanOptions& options);

/// Good defaults for the project, then what the options say.
Result<Plan> planFor(const Project& project, const PlanOptions& options);

}  // namespace taskfold::cli
