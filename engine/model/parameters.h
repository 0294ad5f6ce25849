#pragma once

#include "engine/format/modelconfig.h"

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

namespace taskfold::model {

/// Weights in one run of memory, and their gradients in another: the optimiser's step, clipping and checkpoints are one
/// pass over whole buffers. The named tensors are leaves that share this memory.
struct Parameters {
    Parameters(std::vector<NamedShape> shapes, torch::Device device, torch::ScalarType type = torch::kFloat32);

    torch::Tensor at(const std::string& name) const { return named.at(name); }
    std::int64_t offsetOf(const std::string& name) const { return offsets.at(name); }

    /// Makes room for gradients; with `half` those of the matrices are bf16, and `half` copies of the matrices are kept
    /// beside the weights. Not for automatic differentiation then.
    void train(bool withHalf);
    /// The bf16 copies alone.
    void keepHalf();
    void zeroGradient();
    std::int64_t count() const { return flat.numel(); }

    torch::Tensor flat;  // [count], matrices first, so that weight decay is a prefix
    std::int64_t decayed = 0;  // numbers in matrices
    torch::Tensor gradient;  // [count], or with halfGradient what isn't a matrix: [count - decayed]
    torch::Tensor half, halfGradient;  // [decayed], bf16
    std::map<std::string, torch::Tensor> named;
    std::map<std::string, std::int64_t> offsets;
};

}  // namespace taskfold::model
