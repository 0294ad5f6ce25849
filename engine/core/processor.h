#pragma once

namespace taskfold {

/// Whether the processor multiplies tiles of bf16 (AMX).
bool multipliesTiles();

}  // namespace taskfold
