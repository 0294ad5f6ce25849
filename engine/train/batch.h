#pragma once

#include "engine/core/plan.h"
#include "engine/core/result.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "engine/model/transformer.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace taskfold::train {

/// Tokens with a target that starts somewhere; the loss counts from there on.
struct Example {
    std::vector<std::int32_t> tokens;
    std::size_t targetStart = 0;
};

/// A task's rows through the template. Those whose instruction and target alone don't fit are left out and counted.
struct Examples {
    std::vector<Example> list;
    std::size_t tooLong = 0;
};

/// InvalidInput when there are rows and none fits.
Result<Examples> examplesOf(const Tokenizer& tokenizer, const Task& task, std::span<const Row> rows, int context);

struct BatchLoss {
    torch::Tensor total;  // one number, with gradient unless it is off
    torch::Tensor perExample;  // [examples] mean over the example's targets, without gradient
    std::int64_t tokens = 0, targetTokens = 0;
};

/// Mean over examples of the mean over each one's target tokens, or over all target tokens (method.md 2).
BatchLoss lossOf(const model::Transformer& model, std::span<const Example* const> batch, LossMean mean);

/// Mean over examples of each one's mean loss, without gradient, `batch` at a time.
double meanLoss(const model::Transformer& model, std::span<const Example> examples, int batch);

/// AdamW (Loshchilov and Hutter 2019) on whole buffers; clips the gradient first. Returns its norm before clipping.
struct AdamW {
    double learningRate = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01, clip = 1;
    double step(model::Parameters& parameters, torch::Tensor& first, torch::Tensor& second, std::int64_t count) const;
};

/// Linear warm-up, then cosine to `finalShare` of the peak. `step` from 1.
double rateAt(std::int64_t step, std::int64_t steps, double peak, double warmUp, double finalShare);

}  // namespace taskfold::train
