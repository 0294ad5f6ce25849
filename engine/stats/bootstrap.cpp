#include "engine/stats/bootstrap.h"

#include "engine/core/random.h"
#include "engine/stats/seedvariance.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <numeric>
#include <thread>

namespace taskfold::stats {

namespace {

constexpr std::size_t kBlock = 100;  // resamples that share one stream of random numbers
constexpr std::size_t kWorthThreads = 4'000'000;  // draws below which one thread is faster
constexpr std::size_t kExactRows = 13;
constexpr double kPowerFactor = 1.6448536269514722 + 0.8416212335729143;  // normal quantiles of 95 % and 80 %

double meanOf(const std::vector<double>& values)
{
    return values.empty() ? 0
                          : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::uint64_t streamOf(std::uint64_t seed, std::size_t block)
{
    Random random{seed * 0xD1342543DE82EF95ULL + block};
    random.next();
    return random.next();
}

// Blocks of numbers by any number of threads: which block gets which stream doesn't depend on who fills it.
void inBlocks(std::vector<double>& into, std::size_t rows, std::uint64_t seed, int threads,
    const std::function<void(std::uint64_t, double*, std::size_t)>& fill)
{
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t block = next++; block * kBlock < into.size(); block = next++) {
            const std::size_t from = block * kBlock;
            fill(streamOf(seed, block), into.data() + from, std::min(kBlock, into.size() - from));
        }
    };
    std::size_t count = threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
    if (rows * into.size() < kWorthThreads)
        count = 1;
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < count; ++i)
        helpers.emplace_back(work);
    work();
}

// What the seeds' differences vary by through the choice of rows alone: mean variance less mean covariance.
double ownNoiseOf(const PairedRows& rows)
{
    const auto bearing = rows.influence();
    const double n = static_cast<double>(rows.rows());
    const double seeds = static_cast<double>(rows.seeds());
    double sameSeed = 0, anyTwo = 0;
    std::vector<double> mean(bearing.size());
    for (std::size_t s = 0; s < bearing.size(); ++s)
        mean[s] = meanOf(bearing[s]);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        double sum = 0;
        for (std::size_t s = 0; s < bearing.size(); ++s) {
            const double away = bearing[s][i] - mean[s];
            sum += away;
            sameSeed += away * away;
        }
        anyTwo += sum * sum;
    }
    const double scale = n * std::max(1.0, n - 1);
    return (sameSeed / seeds - (anyTwo - sameSeed) / (seeds * (seeds - 1))) / scale;
}

// Rows and seeds both vary.
void widenBySeeds(const PairedRows& rows, PairedDifference& result)
{
    std::vector<double> differences;
    for (std::size_t s = 0; s < result.singles.size(); ++s)
        differences.push_back(result.multis[s] - result.singles[s]);
    const double count = static_cast<double>(differences.size());
    const double between = varianceOf(differences);
    result.ownNoise = ownNoiseOf(rows);
    result.seSeeds = std::sqrt(std::max(0.0, between - result.ownNoise) / count);
    const SeedError error = seedError({result.seRows * result.seRows, result.ownNoise, between, count});
    result.se = error.se;
    result.df = error.df;
    const double t = studentQuantile(0.95, result.df);
    result.low = result.difference - t * result.se;
    result.high = result.difference + t * result.se;
}

double shareAsFar(const std::vector<double>& values, double observed)
{
    const double far = std::abs(observed) - 1e-12;
    return static_cast<double>(std::count_if(values.begin(), values.end(), [=](double d) { return std::abs(d) >= far; }));
}

}  // namespace

PairedDifference pairedDifference(const std::vector<SeedPair>& seeds, int resamples, std::uint64_t seed, int threads)
{
    PairedDifference result;
    const PairedRows rows(seeds);
    if (rows.rows() == 0 || resamples <= 0)
        return result;
    for (const SeedPair& pair : seeds) {
        result.singles.push_back(aggregate(pair.single));
        result.multis.push_back(aggregate(pair.multi));
    }
    result.single = meanOf(result.singles);
    result.multi = meanOf(result.multis);
    result.difference = result.multi - result.single;
    result.resampled.resize(static_cast<std::size_t>(resamples));
    inBlocks(result.resampled, rows.rows(), seed, threads,
        [&](std::uint64_t state, double* into, std::size_t count) { rows.resample(state, into, count); });
    result.se = result.seRows = std::sqrt(varianceOf(result.resampled));
    const double away = normalQuantile(0.95) * result.se;
    result.low = std::min(quantile(result.resampled, 0.05), result.difference - away);
    result.high = std::max(quantile(result.resampled, 0.95), result.difference + away);
    if (seeds.size() > 1)
        widenBySeeds(rows, result);
    return result;
}

double randomisationP(const std::vector<SeedPair>& seeds, int rounds, std::uint64_t seed, int threads)
{
    const PairedRows rows(seeds);
    const std::size_t k = rows.differing().size();
    if (k == 0)
        return 1;
    const double observed = rows.swappedDifference(std::vector<bool>(k));
    if (k <= kExactRows) {
        std::vector<double> all;
        std::vector<bool> swap(k);
        for (std::size_t way = 0; way < std::size_t{1} << k; ++way) {
            for (std::size_t i = 0; i < k; ++i)
                swap[i] = (way >> i & 1U) != 0;
            all.push_back(rows.swappedDifference(swap));
        }
        return shareAsFar(all, observed) / static_cast<double>(all.size());
    }
    std::vector<double> drawn(static_cast<std::size_t>(rounds));
    inBlocks(drawn, k, seed, threads,
        [&](std::uint64_t state, double* into, std::size_t count) { rows.randomise(state, into, count); });
    return (shareAsFar(drawn, observed) + 1) / static_cast<double>(drawn.size() + 1);
}

double mcNemarExact(std::int64_t b, std::int64_t c)
{
    return std::min(1.0, 2 * fairCoinsAtMost(std::min(b, c), b + c));
}

std::int64_t rowsNeeded(const PairedDifference& difference, std::int64_t rows, double margin)
{
    const double wanted = margin / kPowerFactor;
    const double left = wanted * wanted - difference.seSeeds * difference.seSeeds;
    if (left <= 0 || rows <= 0)
        return 0;
    return static_cast<std::int64_t>(
        std::ceil(static_cast<double>(rows) * difference.seRows * difference.seRows / left - 1e-9));
}

}  // namespace taskfold::stats
