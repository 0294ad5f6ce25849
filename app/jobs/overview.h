#pragma once

#include "app/jobs/project.h"
#include "engine/core/overview.h"

#include <vector>

/// What the Compare page chooses from.
namespace taskfold::jobs {

/// All runs with their test scores, imported predictions, and the comparisons there are. Four reads, whatever their number.
Result<Overview> overviewOf(const Project& project);

/// The way from the baseline over the candidate's stages to the candidate, then the newest other plans' last stages of its
/// seed that answered the same test rows: ablations, as far as they were run.
Slopes slopesOf(const Overview& overview, const Comparison& comparison);

/// Settings and facts of both sides, those that are equal too.
Result<std::vector<SettingLine>> comparedSettings(const Project& project, const Overview& overview, const Comparison& comparison);

}  // namespace taskfold::jobs
