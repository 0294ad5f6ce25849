#pragma once

#include "engine/core/plan.h"
#include "engine/format/modelconfig.h"

#include <string>
#include <vector>

namespace taskfold::jobs {

/// What decides how much memory a training takes.
struct TrainingShape {
    Method method = Method::Full;
    Precision precision = Precision::Fp32;
    int batch = 16;  // rows at once: of all that share a pass
    double context = 256;  // tokens of a row, at most
    int rank = 16;  // of LoRA
    std::vector<std::string> targets{};  // of LoRA; empty: all linear layers
    int adapters = 1;  // trained in one pass
    double targetTokens = 8;  // of a row
    bool checkpointing = false;
    bool addsUp = false;  // gradients of several passes, before the optimiser's step
    bool plain = false;  // with dropout or DoRA, or on another device: by automatic differentiation
};

/// Before anything runs, in MiB, of the CPU's network (engine/model/packedlayers.h) when no two rows begin alike: weights,
/// the half copies of bf16, gradient (over those copies where it can) and two moments of what is trained; what each layer keeps
/// for its gradient; the buffers that layers share; logits of 192 places; libtorch itself. In the plain form a layer keeps about
/// 34 numbers a token and hidden unit (Korthikanti et al. 2022, table 2), and logits stand for all tokens. tst_memory sets it
/// beside real peaks.
double trainingMemoryMib(const ModelConfig& config, const TrainingShape& shape);

/// Of a plan whose largest batch has so many tokens and targets (app/jobs/longestbatch.h); `together`: adapters in one pass.
double planMemoryMib(const ModelConfig& config, const Plan& plan, double batchTokens, double batchTargets, int together);

/// What this machine could give now, in MiB; 0 where it doesn't say.
double availableMemoryMib();

}  // namespace taskfold::jobs
