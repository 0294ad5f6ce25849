#pragma once

#include "engine/model/adapter.h"
#include "engine/model/transformer.h"
#include "engine/train/batch.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

/// A small model and rows for what packs rows.
namespace taskfold::test {

// Every family's features at once, or those that are asked for.
inline ModelConfig packedConfig(bool rich)
{
    ModelConfig config;
    config.hidden = 32;
    config.layers = 3;
    config.heads = 4;
    config.keyValueHeads = 2;
    config.headSize = rich ? 12 : 8;
    config.feedForward = 56;
    config.vocabulary = 97;
    config.context = 128;
    config.normEpsilon = 1e-5;
    config.tiedHead = !rich;
    config.attentionBias = config.outputBias = rich;
    config.qkNorm = rich;
    if (rich)
        config.slidingWindow = {5, 0, 3};
    config.eos = {2};
    return config;
}

inline std::unique_ptr<model::Transformer> modelOf(bool rich, torch::ScalarType type)
{
    auto made = std::make_unique<model::Transformer>(packedConfig(rich), torch::kCPU, type);
    made->initialise(7);
    const torch::NoGradGuard noGrad;
    torch::manual_seed(11);
    auto flat = made->parameters().flat;
    flat.add_(torch::randn_like(flat) * 0.15);  // norms and biases too
    return made;
}

// Rows of very unequal length with long and short beginnings in common, one of them the beginning of another.
inline std::vector<train::Example> rows()
{
    std::vector<train::Example> list;
    std::vector<std::int32_t> start;
    for (int i = 0; i < 9; ++i)
        start.push_back(3 + i * 5 % 90);
    for (int r = 0; r < 7; ++r) {
        train::Example row{start, 0};
        if (r % 2 == 0)
            row.tokens.insert(row.tokens.end(), {50, 51, 52});
        for (int i = 0; i < 4 + r * r; ++i)
            row.tokens.push_back(3 + (i * 17 + r * 31) % 90);
        row.targetStart = row.tokens.size() - 1 - static_cast<std::size_t>(r) % 3;
        list.push_back(row);
    }
    list.push_back({{list[4].tokens.begin(), list[4].tokens.end() - 2}, 10});
    list.push_back({{9, 8, 7, 6}, 2});
    return list;
}

inline std::vector<const train::Example*> pointers(const std::vector<train::Example>& list)
{
    std::vector<const train::Example*> all;
    for (const train::Example& one : list)
        all.push_back(&one);
    return all;
}

inline double distance(const torch::Tensor& a, const torch::Tensor& b)
{
    return (a - b).norm().item<double>() / b.norm().item<double>();
}

inline std::unique_ptr<model::Adapter> adapterOf(const model::Transformer& made, LoraSettings settings, std::uint64_t seed)
{
    auto adapter
        = std::make_unique<model::Adapter>(std::move(settings), made.config(), torch::kCPU, made.parameters().flat.scalar_type());
    adapter->initialise(seed, made.parameters());
    const torch::NoGradGuard noGrad;
    torch::manual_seed(static_cast<std::int64_t>(seed));
    auto flat = adapter->parameters().flat;
    flat.add_(torch::randn_like(flat) * 0.05);
    return adapter;
}

}  // namespace taskfold::test
