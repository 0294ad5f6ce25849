#pragma once

#include "engine/compute/compute.h"
#include "engine/core/plan.h"

#include <cstdint>
#include <string>
#include <vector>

/// How long a stage lasts and in which mixture, from what is known when it starts (method.md 6 and 7). Plain numbers.
namespace taskfold::jobs {

struct TaskNeed {
    TaskId task;
    std::string name;
    double rows = 0;  // that may be trained on
    double bestEpoch = 0;  // of its single-task model, or the plan's default
    bool known = false;  // whether a baseline measured it
    double seen = 0;  // epochs of earlier stages
    bool high = false;  // in the high-resource set
};

struct StageBudget {
    std::int64_t steps = 0;
    std::vector<compute::Mixing> mixing;  // by task
    std::string skipped;  // why there is nothing to do
};

/// Those of a stage.
std::vector<TaskNeed> among(const std::vector<TaskNeed>& needs, TaskSet set);

std::int64_t baselineSteps(const Plan& plan, double rows);

/// Each high-resource task up to one epoch short of its own optimum.
StageBudget stage2Budget(const Plan& plan, const std::vector<TaskNeed>& high);

/// What is left of each task's epochs, at least half of one, mixed by the plan's sampler.
StageBudget stage3Budget(const Plan& plan, const std::vector<TaskNeed>& kept);

/// Epochs of each task that a budget comes to.
std::vector<double> epochsOf(const StageBudget& budget, const Plan& plan, const std::vector<TaskNeed>& tasks);

/// Every how many steps all tasks are evaluated.
std::int64_t evaluationGap(const Plan& plan, std::int64_t steps);

}  // namespace taskfold::jobs
