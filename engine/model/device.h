#pragma once

#include "engine/compute/compute.h"

#include <torch/types.h>

namespace taskfold::model {

/// The only place that asks which devices there are. Sets the calling thread's number of threads.
/// InvalidInput for a device that isn't there.
Result<torch::Device> place(const compute::Placement& placement);

std::vector<compute::Device> devices();

}  // namespace taskfold::model
