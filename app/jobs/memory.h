#pragma once

#include "engine/core/plan.h"
#include "engine/format/modelconfig.h"

namespace taskfold::jobs {

/// What decides how much memory a training takes.
struct TrainingShape {
    Method method = Method::Full;
    Precision precision = Precision::Fp32;
    int batch = 16;
    int context = 256;  // tokens of a row, at most
    int rank = 16;  // of LoRA, on all linear layers
};

/// Before anything runs, in MiB: weights (and an fp32 master copy under bf16), gradient and two moments of what is
/// trained; what a layer keeps for its gradient (about 34 numbers a token and hidden unit, Korthikanti et al. 2022, table
/// 2); logits in fp32; libtorch itself.
double trainingMemoryMib(const ModelConfig& config, const TrainingShape& shape);

}  // namespace taskfold::jobs
