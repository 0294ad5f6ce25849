#include "engine/stats/bootstrap.h"

#include "engine/core/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskfold::stats {

namespace {

double meanOf(const std::vector<double>& values)
{
    return values.empty() ? 0
                          : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double varianceOf(const std::vector<double>& values)
{
    if (values.size() < 2)
        return 0;
    const double mean = meanOf(values);
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return squares / static_cast<double>(values.size() - 1);
}

double differenceOver(const std::vector<SeedPair>& seeds, const std::vector<std::uint32_t>& counts)
{
    double sum = 0;
    for (const SeedPair& pair : seeds)
        sum += aggregate(pair.multi, counts) - aggregate(pair.single, counts);
    return sum / static_cast<double>(seeds.size());
}

// Continued fraction of the incomplete beta function (Lentz's method; Abramowitz and Stegun 26.5.8).
double betaFraction(double x, double a, double b)
{
    constexpr double kTiny = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    double result = d;
    for (int m = 1; m < 500; ++m) {
        for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                 -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
            d = 1 + term * d;
            d = 1 / (std::abs(d) < kTiny ? kTiny : d);
            c = 1 + term / c;
            c = std::abs(c) < kTiny ? kTiny : c;
            result *= c * d;
        }
        if (std::abs(c * d - 1) < 1e-14)
            break;
    }
    return result;
}

double incompleteBeta(double x, double a, double b)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    const double front
        = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * betaFraction(x, a, b) / a;
    return 1 - front * betaFraction(1 - x, b, a) / b;
}

double studentBelow(double t, double df)
{
    return 1 - incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
}

// Rows and seeds both vary: their variances add, and the degrees of freedom are Satterthwaite's.
void widenBySeeds(const std::vector<SeedPair>& seeds, PairedDifference& result)
{
    std::vector<double> differences;
    for (const SeedPair& pair : seeds)
        differences.push_back(aggregate(pair.multi) - aggregate(pair.single));
    const double count = static_cast<double>(seeds.size());
    const double rows = result.se * result.se;
    const double between = varianceOf(differences) / count;
    result.se = std::sqrt(rows + between);
    const double n = static_cast<double>(seeds.front().single.size());
    const double below = rows * rows / std::max(1.0, n - 1) + between * between / (count - 1);
    const double df = below > 0 ? (rows + between) * (rows + between) / below : 1e6;
    const double t = studentQuantile(0.95, std::min(df, 1e6));
    result.low = result.difference - t * result.se;
    result.high = result.difference + t * result.se;
}

}  // namespace

double quantile(std::vector<double> values, double p)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const double place = p * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double studentQuantile(double p, double df)
{
    double low = 0;
    double high = 1e6;
    for (int i = 0; i < 200; ++i) {
        const double middle = (low + high) / 2;
        (studentBelow(middle, df) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

PairedDifference pairedDifference(const std::vector<SeedPair>& seeds, int resamples, std::uint64_t seed)
{
    PairedDifference result;
    if (seeds.empty() || seeds.front().single.size() == 0)
        return result;
    for (const SeedPair& pair : seeds) {
        result.single += aggregate(pair.single) / static_cast<double>(seeds.size());
        result.multi += aggregate(pair.multi) / static_cast<double>(seeds.size());
    }
    result.difference = result.multi - result.single;
    const std::size_t n = seeds.front().single.size();
    Random random{seed};
    std::vector<std::uint32_t> counts(n);
    result.resampled.reserve(static_cast<std::size_t>(resamples));
    for (int b = 0; b < resamples; ++b) {
        std::fill(counts.begin(), counts.end(), 0U);
        for (std::size_t i = 0; i < n; ++i)
            ++counts[static_cast<std::size_t>(random.below(n))];
        result.resampled.push_back(differenceOver(seeds, counts));
    }
    result.se = std::sqrt(varianceOf(result.resampled));
    result.low = quantile(result.resampled, 0.05);
    result.high = quantile(result.resampled, 0.95);
    if (seeds.size() > 1)
        widenBySeeds(seeds, result);
    return result;
}

}  // namespace taskfold::stats
