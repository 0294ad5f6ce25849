#pragma once

namespace taskfold {

/// Whether the processor multiplies tiles of bf16 (AMX, with AVX-512 beside it) and the system lets this process. Asks once.
bool multipliesTiles();

}  // namespace taskfold
