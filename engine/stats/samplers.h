#pragma once

#include "engine/core/plan.h"

#include <vector>

namespace taskfold::stats {

/// Shares of examples of each task; each vector sums to 1.
struct Shares {
    std::vector<double> atStart, atEnd;  // different only for the progressively balanced sampler
};

/// method.md 7.1. A parameter of 0 stands for the sampler's default: q = 1/2, T = 3.33, K = 3,000, 4 epochs.
/// `rows`: n_i > 0; `epochs`: r_i that remain (epoch-matched alone); `draws`: rows to draw in all (UniMax alone).
Shares shares(SamplerKind sampler, double parameter, double second, const std::vector<double>& rows,
    const std::vector<double>& epochs, double draws);

/// p_i of the straight line between start and end, at a part t (0..1) of the stage.
std::vector<double> sharesAt(const Shares& shares, double t);

/// How often a row of each task is seen: mean share times draws over rows.
std::vector<double> expectedEpochs(const Shares& shares, const std::vector<double>& rows, double draws);

double defaultParameter(SamplerKind sampler);

enum class EpochWarning { None, OverFitting, UnderFitting };

/// More than twice, or less than half of the best epoch (method.md 7.1).
EpochWarning epochWarning(double epochs, double bestEpoch);

}  // namespace taskfold::stats
