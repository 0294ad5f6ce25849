#pragma once

#include "engine/core/result.h"
#include "engine/stats/stopcontroller.h"
#include "engine/train/draw.h"

#include <string>

namespace taskfold::train {

/// All of a training that isn't a tensor. Lies in a checkpoint as state.json.
struct TrainState {
    std::int64_t step = 0, steps = 0;
    std::int64_t tokens = 0, targetTokens = 0;
    double seconds = 0, loss = 0;
    Draw::State draw;
    stats::StopController controller;
    std::string templateHash;
};

/// Numbers go out and come back to the bit.
std::string textOf(const TrainState& state);
Result<TrainState> stateFrom(const std::string& text);

}  // namespace taskfold::train
