#pragma once

#include "engine/compute/compute.h"

namespace taskfold::train {

/// Several adapters in one pass over one base, as compute::Engine::trainTogether says. On the CPU, by PackedNet.
Result<void> trainTogether(const std::vector<compute::TrainPart>& parts);

}  // namespace taskfold::train
