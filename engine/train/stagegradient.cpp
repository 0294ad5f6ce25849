#include "engine/train/stage.h"

#include "engine/model/guard.h"
#include "engine/train/plainloss.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::train {

Result<void> Stage::probe()
{
    if (m_setup.measureOnly)
        return {};
    const std::vector<Example> longest = longestBatch();
    const std::vector<const Example*> rows = placesOf(longest);
    const std::vector<std::size_t> owners(rows.size(), 0);
    torch::manual_seed(m_setup.seed);
    m_learner.startGradient();
    gradientOf(rows, owners);
    m_learner.dropGradient();
    return {};
}

Result<void> Stage::computeStep()
{
    const auto start = Clock::now();
    draw();
    const double before = m_learner.work();
    const BatchLoss loss = gradientOf(m_batch, m_owners);
    const double flops = m_learner.work() - before;
    return take(loss, std::chrono::duration<double>(Clock::now() - start).count(), flops);
}

// Where the memory doesn't hold it in twice as many parts, until it does.
BatchLoss Stage::gradientOf(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners)
{
    while (true) {
        try {
            return gradientOnce(batch, owners);
        } catch (const std::exception& e) {
            if (!model::saysOutOfMemory(e) || static_cast<std::size_t>(m_state.parts) >= batch.size())
                throw;
        }
        m_state.parts *= 2;
        m_learner.forgetMemory();
        m_learner.dropGradient();
        note("the memory didn't hold a whole batch: from step " + std::to_string(m_state.step + 1) + " on it is computed in "
            + std::to_string(m_state.parts * std::max(1, m_setup.accumulate)) + " parts, with the same result");
    }
}

BatchLoss Stage::gradientOnce(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners)
{
    if (m_setup.weighting == Weighting::PcGrad)
        return bySurgery(batch, owners);
    std::vector<double> factors;
    if (m_weights)
        for (const std::size_t owner : owners)
            factors.push_back(m_weights->of(owner));
    return inParts(batch, 1, factors);
}

double Stage::sizeOf(std::span<const Example* const> rows) const
{
    return static_cast<double>(m_setup.lossMean == LossMean::Example ? static_cast<std::int64_t>(rows.size())
                                                                     : targetsOf(rows, m_setup.lossMean).count);
}

// One after the other: their losses and gradients add up to the batch's, which counts as `share`.
BatchLoss Stage::inParts(const std::vector<const Example*>& batch, double share, const std::vector<double>& factors)
{
    const auto wanted = static_cast<std::size_t>(std::max(1, m_setup.accumulate) * m_state.parts);
    const std::size_t parts = std::min(batch.size(), wanted);
    if (parts == 1)
        return m_learner.loss(batch, m_setup.lossMean, share, factors);
    m_learner.train();
    const double whole = sizeOf(batch);
    BatchLoss all;
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t from = batch.size() * part / parts, count = batch.size() * (part + 1) / parts - from;
        const std::span<const Example* const> rows(batch.data() + from, count);
        const double own = sizeOf(rows) / whole;
        const std::span<const double> weights = factors.empty() ? std::span<const double>() : std::span(factors).subspan(from, count);
        const BatchLoss loss = m_learner.loss(rows, m_setup.lossMean, share * own, weights);
        all.total += loss.total * own;
        all.perExample.insert(all.perExample.end(), loss.perExample.begin(), loss.perExample.end());
        all.tokens += loss.tokens;
        all.targetTokens += loss.targetTokens;
    }
    return all;
}

// A pass for each task of the batch, their gradients projected (PCGrad).
BatchLoss Stage::bySurgery(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners)
{
    GradientSurgery surgery;
    BatchLoss all;
    all.perExample.resize(batch.size());
    for (std::size_t task = 0; task < m_sources.size(); ++task) {
        std::vector<const Example*> rows;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < batch.size(); ++i)
            if (owners[i] == task) {
                rows.push_back(batch[i]);
                places.push_back(i);
            }
        if (rows.empty())
            continue;
        const double share = sizeOf(rows) / sizeOf(batch);
        const BatchLoss loss = inParts(rows, share, {});
        surgery.take(m_learner.trained());
        all.total += loss.total * share;
        for (std::size_t i = 0; i < places.size(); ++i)
            all.perExample[places[i]] = loss.perExample[i];
        all.tokens += loss.tokens;
        all.targetTokens += loss.targetTokens;
    }
    surgery.putSum(m_learner.trained(), Random{m_setup.seed ^ (0x94D049BB133111EBULL * static_cast<std::uint64_t>(m_state.step + 1))});
    return all;
}

void Stage::learnWeights(const BatchLoss& loss, double rate)
{
    constexpr double kRate = 0.01;  // at the schedule's peak: s is a number of order one, whatever the model
    std::vector<double> batchShares(m_sources.size()), losses(m_sources.size());
    for (std::size_t i = 0; i < m_owners.size(); ++i) {
        batchShares[m_owners[i]] += 1;
        losses[m_owners[i]] += loss.perExample[i];
    }
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        losses[i] /= std::max(1.0, batchShares[i]);
        batchShares[i] /= static_cast<double>(m_owners.size());
    }
    m_weights->step(batchShares, losses, kRate * rate / m_setup.learningRate, m_state.step);
}

}  // namespace taskfold::train
