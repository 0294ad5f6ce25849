#include "engine/stats/samplers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskfold::stats {

namespace {

std::vector<double> normalised(std::vector<double> weights)
{
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (sum <= 0) {
        std::fill(weights.begin(), weights.end(), weights.empty() ? 0 : 1 / static_cast<double>(weights.size()));
        return weights;
    }
    for (double& weight : weights)
        weight /= sum;
    return weights;
}

std::vector<double> power(const std::vector<double>& rows, double q)
{
    // From logarithms, so that large T and large n neither overflow nor vanish.
    const double largest = *std::max_element(rows.begin(), rows.end());
    std::vector<double> weights;
    for (const double n : rows)
        weights.push_back(std::exp(q * std::log(n / largest)));
    return normalised(std::move(weights));
}

// Chung et al. 2023: the budget is spread evenly, but no task gets more than E epochs.
std::vector<double> uniMax(const std::vector<double>& rows, double epochs, double draws)
{
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rows[a] < rows[b]; });
    std::vector<double> budgets(rows.size());
    double left = draws;
    for (std::size_t k = 0; k < order.size(); ++k) {
        const double even = left / static_cast<double>(order.size() - k);
        budgets[order[k]] = std::min(even, rows[order[k]] * epochs);
        left -= budgets[order[k]];
    }
    return normalised(std::move(budgets));
}

std::vector<double> capped(const std::vector<double>& rows, double cap, double temperature)
{
    std::vector<double> least;
    for (const double n : rows)
        least.push_back(std::min(n, cap));
    return power(least, 1 / temperature);
}

std::vector<double> epochMatched(const std::vector<double>& rows, const std::vector<double>& epochs)
{
    std::vector<double> weights;
    for (std::size_t i = 0; i < rows.size(); ++i)
        weights.push_back(rows[i] * (i < epochs.size() ? epochs[i] : 1));
    return normalised(std::move(weights));
}

}  // namespace

double defaultParameter(SamplerKind sampler)
{
    switch (sampler) {
    case SamplerKind::Power: return 0.5;
    case SamplerKind::Temperature: return 1 / 0.3;
    case SamplerKind::ProportionalCap: return 3000;
    case SamplerKind::UniMax: return 4;
    default: return 0;
    }
}

Shares shares(SamplerKind sampler, double parameter, double second, const std::vector<double>& rows,
    const std::vector<double>& epochs, double draws)
{
    if (rows.empty())
        return {};
    const double value = parameter == 0 ? defaultParameter(sampler) : parameter;
    const std::vector<double> even(rows.size(), 1 / static_cast<double>(rows.size()));
    std::vector<double> p;
    switch (sampler) {
    case SamplerKind::InstanceBalanced: p = normalised(rows); break;
    case SamplerKind::TaskBalanced: p = even; break;
    case SamplerKind::Power: p = power(rows, value); break;
    case SamplerKind::Temperature: p = power(rows, 1 / value); break;
    case SamplerKind::ProportionalCap: p = capped(rows, value, second == 0 ? 1 : second); break;
    case SamplerKind::ProgressivelyBalanced: return {normalised(rows), even};
    case SamplerKind::UniMax: p = uniMax(rows, value, draws); break;
    case SamplerKind::EpochMatched: p = epochMatched(rows, epochs); break;
    }
    return {p, p};
}

std::vector<double> sharesAt(const Shares& shares, double t)
{
    std::vector<double> p;
    for (std::size_t i = 0; i < shares.atStart.size(); ++i)
        p.push_back((1 - t) * shares.atStart[i] + t * shares.atEnd[i]);
    return p;
}

std::vector<double> expectedEpochs(const Shares& shares, const std::vector<double>& rows, double draws)
{
    std::vector<double> epochs = sharesAt(shares, 0.5);
    for (std::size_t i = 0; i < epochs.size(); ++i)
        epochs[i] *= draws / rows[i];
    return epochs;
}

EpochWarning epochWarning(double epochs, double bestEpoch)
{
    if (epochs > 2 * bestEpoch)
        return EpochWarning::OverFitting;
    return epochs < bestEpoch / 2 ? EpochWarning::UnderFitting : EpochWarning::None;
}

}  // namespace taskfold::stats
