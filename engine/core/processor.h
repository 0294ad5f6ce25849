#pragma once

namespace taskfold {

/// Whether the processor multiplies tiles of bf16 (AMX, with AVX-512 beside it) and the system lets this process. Asks once.
bool multipliesTiles();

/// Whether it multiplies pairs of bf16 (AVX-512's BF16), which all do that multiply tiles.
bool multipliesPairs();

/// Whether products of fp32 by our own kernels are quicker than libtorch's: its library (MKL) has kernels of AVX-512 for Intel's
/// processors alone.
bool outpacesLibrary();

}  // namespace taskfold
