#pragma once

#include "engine/compute/compute.h"

#include <stop_token>

namespace taskfold::affinity {

/// S2, look-ahead (TAG, Fifty et al. 2021): Z_ij = 1 - L_j(after an AdamW step on i) / L_j(before), on held-out rows of j.
/// S1, gradients of two halves: A_ij = rate * mean of the two cross products / L_j. Both at points of one joint run with
/// equal shares (method.md 5.1).
Result<compute::AffinityOutcome> measure(
    const compute::AffinitySetup& setup, const compute::Report& report, const std::stop_token& stop);

}  // namespace taskfold::affinity
