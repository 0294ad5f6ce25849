#pragma once

#include "engine/compute/compute.h"

#include <cstdint>
#include <string>

namespace taskfold::jobs {

/// Perplexity on general text may rise by so much through stage 0 (method.md 4).
constexpr double kMostGeneralRise = 0.05;

/// What is wrong with it, as half a sentence; empty: nothing.
std::string generalRiseWords(double before, double after);

/// What stage 0 did to both perplexities, and what of it isn't as it must be. `leftOut` documents held an input of a
/// validation or test split.
std::string stage0Note(const compute::PretrainResult& result, std::int64_t leftOut);

}  // namespace taskfold::jobs
