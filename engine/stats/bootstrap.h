#pragma once

#include "engine/stats/distributions.h"
#include "engine/stats/metrics.h"
#include "engine/stats/pairedrows.h"

#include <cstdint>
#include <vector>

namespace taskfold::stats {

struct PairedDifference {
    double single = 0, multi = 0;  // means over the seeds
    double difference = 0;  // multi - single
    double low = 0, high = 0;  // one-sided 95 % bounds
    double se = 0;
    double seRows = 0;  // of the choice of test rows alone
    double seSeeds = 0;  // of the trainings alone
    double df = 0;  // of Student's t; 0: one seed, the bounds are the resamples' own
    double ownNoise = 0;  // what the variance between seeds owes to the choice of rows alone
    std::vector<double> singles, multis;  // one a seed
    std::vector<double> resampled;  // differences, one a resample
};

constexpr int kResamples = 10000;

/// Paired bootstrap over rows (Efron; Koehn 2004): for one seed the 5th and 95th percentile, or 1.645 SE from the
/// difference where that is wider: alone, percentiles of 300 skewed rows hold 94.4 to 95.3 %, with it 95.0 to 95.5 %.
///
/// With S seeds the trainings vary too: see seedvariance.h. method.md 12 adds s²_seeds, the variance of the seeds' differences, to
/// SE_rows², which counts twice what the choice of rows does to each seed: where seeds hardly differ its 95 % bounds hold 98.7 %.
///
/// The same numbers for the same `seed`, whatever the number of threads (0: one a core). All zero for no rows.
PairedDifference pairedDifference(
    const std::vector<SeedPair>& seeds, int resamples = kResamples, std::uint64_t seed = 1, int threads = 0);

/// Two-sided p of the null hypothesis that which model answered which row is chance (Noreen 1989): exact over all 2^k ways
/// to swap for up to 13 rows that differ, else from `rounds` random ones.
double randomisationP(const std::vector<SeedPair>& seeds, int rounds = kResamples, std::uint64_t seed = 1, int threads = 0);

/// McNemar's exact test, two-sided: `b` and `c` rows that only one of the two got right. 1 for none.
double mcNemarExact(std::int64_t b, std::int64_t c);

/// Rows at which a margin could be resolved at 80 % power, (1.645 + 0.842) SE = margin, when only SE_rows shrinks with them.
/// 0 where the trainings alone vary too much: more seeds are needed.
std::int64_t rowsNeeded(const PairedDifference& difference, std::int64_t rows, double margin);

}  // namespace taskfold::stats
