#pragma once

#include "engine/compute/compute.h"
#include "engine/model/modelio.h"
#include "engine/train/batch.h"

#include <span>
#include <string>
#include <vector>

namespace taskfold::train {

/// Documents joined by the end token and cut into windows of the context; every token but the first counts.
std::vector<Example> windowsOf(const Tokenizer& tokenizer, std::span<const std::string> documents, int context);

/// Over windows, without gradient. Zero for no text.
compute::Perplexity perplexityOf(Learner& learner, const Tokenizer& tokenizer,
    std::span<const std::string> documents, int context, int batch);

/// Stage 0 (method.md 4).
Result<compute::PretrainResult> pretrain(
    const compute::PretrainSetup& setup, const compute::TrainEvents& events, const std::stop_token& stop);

}  // namespace taskfold::train
