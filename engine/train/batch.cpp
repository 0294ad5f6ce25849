#include "engine/train/batch.h"

#include "engine/train/plainloss.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::train {

Targets targetsOf(std::span<const Example* const> batch, LossMean mean)
{
    Targets targets;
    std::vector<std::size_t> counts;
    for (const Example* example : batch) {
        counts.push_back(example->targets());
        targets.tokens += static_cast<std::int64_t>(example->tokens.size());
        targets.count += static_cast<std::int64_t>(counts.back());
    }
    for (std::size_t row = 0; row < batch.size(); ++row) {
        const auto count = static_cast<double>(counts[row]);
        const double weight = mean == LossMean::Example ? 1 / (count * static_cast<double>(batch.size()))
                                                        : 1 / static_cast<double>(targets.count);
        for (std::size_t t = batch[row]->tokens.size() - counts[row]; t < batch[row]->tokens.size(); ++t)
            targets.list.push_back({row, t - 1, batch[row]->tokens[t], 1 / count, weight});
    }
    return targets;
}

namespace {

// What comes after the last token isn't asked.
void addRows(std::span<const Example* const> batch, std::vector<std::span<const std::int32_t>>& rows)
{
    for (const Example* example : batch)
        rows.push_back(std::span(example->tokens).first(example->tokens.empty() ? 0 : example->tokens.size() - 1));
}

BatchLoss summed(std::span<const double> losses, const Targets& targets, std::size_t rows)
{
    BatchLoss loss;
    loss.perExample.assign(rows, 0);
    for (std::size_t i = 0; i < losses.size(); ++i) {
        loss.perExample[targets.list[i].row] += losses[i] * targets.list[i].share;
        loss.total += losses[i] * targets.list[i].weight;
    }
    loss.tokens = targets.tokens;
    loss.targetTokens = targets.count;
    return loss;
}

BatchLoss packedLoss(model::PackedNet& net, model::Adapter* adapter, std::span<const Example* const> batch,
    const Targets& targets, double scale, std::span<const double> factors)
{
    std::vector<std::span<const std::int32_t>> rows;
    addRows(batch, rows);
    const model::Tree tree = model::treeOf(rows);
    std::vector<model::Aim> aims;
    for (const Target& target : targets.list)
        aims.push_back({tree.nodeOf[target.row][target.place], target.token,
            scale * target.weight * (factors.empty() ? 1 : factors[target.row])});
    const std::vector<model::Adapter*> adapters(adapter ? 1 : 0, adapter);
    return summed(net.losses(tree, aims, adapters, scale != 0), targets, batch.size());
}

}  // namespace

Learner::Learner(model::Transformer& model, Precision precision, model::Adapter* adapter)
    : m_model(model), m_precision(precision), m_adapter(adapter)
{
    const bool plain = adapter && (adapter->settings().dora || adapter->settings().dropout > 0);
    if (!plain && model.device().is_cpu())
        m_net = model::PackedNet::make(model, precision);
    if (m_net && adapter && precision == Precision::Bf16)
        adapter->parameters().keepHalf();
}

Learner::Learner(const Learner& other, model::Adapter& adapter)
    : m_model(other.m_model), m_precision(other.m_precision), m_adapter(&adapter), m_net(other.m_net)
{
    if (m_net && m_precision == Precision::Bf16)
        adapter.parameters().keepHalf();
}

void Learner::train(bool addsUp)
{
    const bool half = m_net && m_precision == Precision::Bf16;
    if (half && !m_adapter && !addsUp)
        trained().trainOverHalf(m_model.config().tiedHead ? "model.embed_tokens.weight" : "lm_head.weight");
    else
        trained().train(half);
}

void Learner::startGradient()
{
    if (m_net && !m_adapter)
        trained().startGradient();
    else
        trained().zeroGradient();
}

void Learner::dropGradient()
{
    startGradient();
    if (trained().isOverHalf())
        trained().renewHalf();
}

void Learner::weightsChanged()
{
    if (m_net)
        m_net->weightsChanged();
    if (m_adapter)
        m_adapter->parameters().renewHalf();
}

void Learner::forgetMemory()
{
    if (m_net)
        m_net->forgetMemory();
}

void Learner::setCheckpointing(bool on)
{
    if (m_net)
        m_net->setCheckpointing(on);
}

BatchLoss Learner::loss(
    std::span<const Example* const> batch, LossMean mean, double scale, std::span<const double> factors)
{
    const Targets targets = targetsOf(batch, mean);
    if (m_net)
        return packedLoss(*m_net, m_adapter, batch, targets, scale, factors);
    BatchLoss loss = plainLoss(m_model, m_adapter, m_precision, batch, targets, scale, factors);
    loss.tokens = targets.tokens;
    loss.targetTokens = targets.count;
    m_plainWork += (scale != 0 ? 6.0 : 2.0) * static_cast<double>(m_model.parameters().count()) * static_cast<double>(loss.tokens);
    return loss;
}

std::vector<BatchLoss> Learner::together(
    std::span<Learner* const> learners, std::span<const std::vector<const Example*>> batches, LossMean mean)
{
    std::vector<std::span<const std::int32_t>> rows;
    std::vector<int> groups;
    std::vector<model::Adapter*> adapters;
    std::vector<Targets> targets;
    for (std::size_t g = 0; g < learners.size(); ++g) {
        addRows(batches[g], rows);
        groups.resize(rows.size(), static_cast<int>(g));
        adapters.push_back(learners[g]->m_adapter);
        targets.push_back(targetsOf(batches[g], mean));
    }
    const model::Tree tree = model::treeOf(rows, groups);
    std::vector<model::Aim> aims;
    std::size_t first = 0;
    for (std::size_t g = 0; g < learners.size(); first += batches[g++].size())
        for (const Target& target : targets[g].list)
            aims.push_back({tree.nodeOf[first + target.row][target.place], target.token, target.weight});
    const std::vector<double> losses = learners.front()->m_net->losses(tree, aims, adapters, true);
    std::vector<BatchLoss> found;
    std::size_t at = 0;
    for (std::size_t g = 0; g < learners.size(); at += targets[g++].list.size())
        found.push_back(summed(std::span(losses).subspan(at, targets[g].list.size()), targets[g], batches[g].size()));
    return found;
}

double Learner::meanLoss(std::span<const Example> examples, int batch)
{
    double sum = 0;
    for (std::size_t from = 0; from < examples.size(); from += static_cast<std::size_t>(batch)) {
        std::vector<const Example*> part;
        for (std::size_t i = from; i < std::min(examples.size(), from + static_cast<std::size_t>(batch)); ++i)
            part.push_back(&examples[i]);
        for (const double loss : this->loss(part, LossMean::Example).perExample)
            sum += loss;
    }
    return examples.empty() ? 0 : sum / static_cast<double>(examples.size());
}

}  // namespace taskfold::train
