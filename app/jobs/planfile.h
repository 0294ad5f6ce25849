#pragma once

#include "engine/core/plan.h"
#include "engine/core/result.h"

#include <filesystem>
#include <string>

/// Plans as JSON. Every key of a file must be known: a misspelt one would be ignored for hours of training.
namespace taskfold::jobs {

std::string planText(const Plan& plan);
Result<Plan> planFrom(const std::string& text);

/// SHA-256 of what decides what is computed: neither name nor time of the plan.
std::string planHash(const Plan& plan);

Result<Plan> readPlan(const std::filesystem::path& file);
Result<void> writePlan(const Plan& plan, const std::filesystem::path& file);

/// "key=value" of the command line: the value as JSON, or as text. "learning_rate.stage2=1e-3" reaches inside.
Result<void> setPlanValue(Plan& plan, const std::string& assignment);

}  // namespace taskfold::jobs
