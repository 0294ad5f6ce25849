#pragma once

#include "engine/core/result.h"
#include "engine/stats/stopcontroller.h"
#include "engine/train/draw.h"

#include <string>
#include <vector>

namespace taskfold::train {

/// All of a training that isn't a tensor. Lies in a checkpoint as state.json.
struct TrainState {
    std::int64_t step = 0, steps = 0;
    std::int64_t tokens = 0, targetTokens = 0;
    double seconds = 0, loss = 0;
    double evaluationSeconds = 0;  // of `seconds`
    double stepWork = 0, evaluationWork = 0, lastEvaluationWork = 0;  // floating point operations
    int parts = 1;  // a batch is computed in so many parts more than asked for, since the memory didn't hold it
    std::vector<double> logVariance, logVarianceFirst, logVarianceSecond;  // of uncertainty weighting, and its moments
    std::string notes;  // what the run must say at its end
    Draw::State draw;
    stats::StopController controller;
    std::string templateHash;
};

/// Numbers go out and come back to the bit.
std::string textOf(const TrainState& state);
Result<TrainState> stateFrom(const std::string& text);

}  // namespace taskfold::train
