#pragma once

#include <torch/types.h>

namespace taskfold::model {

/// [count] zeros for what is passed over as a whole in every step: on the CPU in large pages where the system has them, since
/// with small ones the passes wait for the page tables.
torch::Tensor longZeros(std::int64_t count, torch::TensorOptions options);

}  // namespace taskfold::model
