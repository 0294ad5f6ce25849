#pragma once

#include "app/jobs/training.h"
#include "db/metricrepository.h"
#include "db/runrepository.h"

#include <string>
#include <vector>

/// What a project trained.
namespace taskfold::test {

inline std::vector<Run> runsOf(const Project& project)
{
    const auto connection = openExisting(project);
    return *db::RunRepository(**connection).all();
}

inline Run runOf(const Project& project, RunKind kind)
{
    for (const Run& run : runsOf(project))
        if (run.kind == kind)
            return run;
    return {};
}

inline std::vector<double> curve(const Project& project, RunId run, const std::string& name)
{
    const auto connection = openExisting(project);
    std::vector<double> values;
    const auto points = db::MetricRepository(**connection).curve(run, {}, name);
    for (const MetricPoint& point : *points)
        values.push_back(point.value);
    return values;
}

inline Result<void> train(const Project& project, const Plan& plan, const JobContext& context = {},
    jobs::AfterFailure after = jobs::AfterFailure::Stop)
{
    const Result<PlanId> queued = jobs::queuePlan(project, plan, context);
    if (!queued)
        return queued.error();
    return jobs::runQueue(project, *queued, context, after);
}

}  // namespace taskfold::test
