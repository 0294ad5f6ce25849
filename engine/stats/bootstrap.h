#pragma once

#include "engine/stats/metrics.h"

#include <cstdint>
#include <vector>

namespace taskfold::stats {

/// The two models' rows of one seed, in the same order.
struct SeedPair {
    RowScores single, multi;
};

struct PairedDifference {
    double single = 0, multi = 0;  // means over the seeds
    double difference = 0;  // multi - single
    double low = 0, high = 0;  // one-sided 95 % bounds
    double se = 0;
    std::vector<double> resampled;  // differences, one a resample
};

constexpr int kResamples = 10000;

/// Paired bootstrap over rows (Efron; Koehn 2004); with several seeds SE² = SE_rows² + s²_seeds / S and Student's t with
/// Satterthwaite's degrees of freedom (method.md 12). Deterministic in `seed`. All zero for no rows.
PairedDifference pairedDifference(
    const std::vector<SeedPair>& seeds, int resamples = kResamples, std::uint64_t seed = 1);

/// Value below which a part p of the sorted numbers lies, between neighbours on a straight line.
double quantile(std::vector<double> values, double p);

/// Of Student's t with `df` degrees of freedom (may be a fraction), for 0.5 <= p < 1.
double studentQuantile(double p, double df);

}  // namespace taskfold::stats
