#pragma once

#include "engine/compute/compute.h"

namespace taskfold::jobs {

/// The engine that needs tensors. The first call opens its module, libtaskfold-compute.so beside the program (or the file
/// that TASKFOLD_COMPUTE names), and with it libtorch. Any thread; the engine itself is for one at a time.
Result<compute::Engine*> computeEngine();

/// Another engine in its place, for tests; null: the module again.
void useEngine(compute::Engine* engine);

}  // namespace taskfold::jobs
