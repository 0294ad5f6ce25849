#pragma once

#include "engine/format/modelconfig.h"

#include <torch/types.h>

#include <map>
#include <string>

namespace taskfold::model {

/// All weights in one run of memory, and their gradients in another: the optimiser's step, clipping and checkpoints are
/// a few operations on whole buffers. The named tensors are leaves that share this memory.
struct Parameters {
    Parameters(const ModelConfig& config, torch::Device device);

    torch::Tensor at(const std::string& name) const { return named.at(name); }

    torch::Tensor flat;  // [count], matrices first, so that weight decay is a prefix
    torch::Tensor gradient;  // [count]
    std::int64_t decayed = 0;
    std::map<std::string, torch::Tensor> named;
};

}  // namespace taskfold::model
