#include "app/cli/planoptions.h"

#include "app/jobs/ablations.h"
#include "app/jobs/planfile.h"
#include "app/jobs/planning.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace taskfold::cli {

void addPlanOptions(CLI::App& command, PlanOptions& options)
{
    command.add_option("--base", options.base, "Base model; tiny is built in");
    command.add_option("--method", options.method)->check(CLI::IsMember({"full", "lora"}));
    command.add_option("--sampler", options.sampler);
    command.add_option("--seeds", options.seeds)->delimiter(',');
    command.add_option("--stages", options.stages)->delimiter(',')->check(CLI::IsMember({0, 2, 3}));
    command.add_option("--device", options.device, "cpu or cuda:0");
    command.add_flag("--no-baselines", options.noBaselines);
    command.add_option("--set", options.assignments, "key=value of the plan");
}

Result<Plan> planFor(const Project& project, const PlanOptions& options)
{
    const auto& given = options.assignments;
    const bool lora = options.method == "lora" || std::find(given.begin(), given.end(), "method=lora") != given.end();
    Result<Plan> plan = jobs::draftPlan(project, options.base, lora ? Method::Lora : Method::Full);
    if (!plan)
        return plan;
    std::vector<std::string> assignments;
    if (!options.sampler.empty())
        assignments.push_back("sampler=" + options.sampler);
    if (!options.device.empty())
        assignments.push_back("device=\"" + options.device + "\"");
    assignments.insert(assignments.end(), options.assignments.begin(), options.assignments.end());
    for (const std::string& assignment : assignments)
        if (Result<void> set = jobs::setPlanValue(*plan, assignment); !set)
            return std::move(set).error();
    if (!options.seeds.empty())
        plan->seeds = options.seeds;
    if (!options.stages.empty())
        plan->stages = options.stages;
    if (options.noBaselines)
        plan->baselines = false;
    for (const std::string& ablation : options.ablations)
        if (Result<void> done = jobs::ablate(*plan, ablation); !done)
            return std::move(done).error();
    return plan;
}

}  // namespace taskfold::cli
