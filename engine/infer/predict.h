#pragma once

#include "engine/compute/compute.h"
#include "engine/infer/answer.h"
#include "engine/text/tokenizer.h"

#include <span>
#include <stop_token>
#include <vector>

namespace taskfold::infer {

struct PredictSettings {
    Decode decode = Decode::Greedy;  // Labels counts for tasks that choose among labels; others generate
    int batch = 32;
    int maxNewTokens = 64;
    int context = 0;  // 0: the model's own
    bool everyLabel = false;  // as in compute::EvaluateSetup
    bool perCharacter = false;
};

/// One answer a row, in the rows' order.
Result<std::vector<Prediction>> predict(const Reader& reader, const Tokenizer& tokenizer, const Task& task,
    std::span<const Row> rows, const PredictSettings& settings, const compute::Report& report,
    const std::stop_token& stop);

}  // namespace taskfold::infer
