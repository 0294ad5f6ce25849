#include "engine/stats/seedvariance.h"

#include "engine/stats/distributions.h"

#include <algorithm>
#include <cmath>

namespace taskfold::stats {

namespace {

constexpr double kLevel = 0.95;
constexpr double kManyDegrees = 1e6;
constexpr double kLeastOfRows = 0.25;  // of the rows' variance

// The degrees of freedom at which Student's t has that quantile, which grows with 1 / df.
double degreesOf(double quantile, double least)
{
    double low = 1 / kManyDegrees, high = 1 / least;
    for (int turn = 0; turn < 40; ++turn) {
        const double middle = (low + high) / 2;
        (studentQuantile(kLevel, 1 / middle) < quantile ? low : high) = middle;
    }
    return 2 / (low + high);
}

}  // namespace

SeedError seedError(const SeedVariance& known)
{
    const double ofSeeds = known.between / known.seeds;
    const double shared = std::max(0.0, known.rows - known.ownNoise / known.seeds);
    const double whole = std::max(shared + ofSeeds, kLeastOfRows * known.rows);
    SeedError error;
    error.se = std::sqrt(whole);
    if (whole <= 0)
        return error;
    const double weight = std::pow(std::min(1.0, ofSeeds / whole), 1.5);
    const double normal = normalQuantile(kLevel);
    const double student = studentQuantile(kLevel, known.seeds - 1);
    error.df = degreesOf(normal + (student - normal) * weight, known.seeds - 1);
    return error;
}

}  // namespace taskfold::stats
