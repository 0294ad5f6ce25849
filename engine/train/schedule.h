#pragma once

#include "engine/core/plan.h"

#include <cstdint>

namespace taskfold::train {

/// Learning rate at a step from 1: linear warm-up, then by the schedule down to `finalShare` of the peak (wsd: flat until the
/// last fifth of the steps, then linear; Hu et al. 2024). No torch.
double rateAt(Schedule schedule, std::int64_t step, std::int64_t steps, double peak, double warmUp, double finalShare);

}  // namespace taskfold::train
