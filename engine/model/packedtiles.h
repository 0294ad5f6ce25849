#pragma once

#include <torch/types.h>

#include <cstdint>

/// Products of whole matrices by our own kernels (tileproduct.h), divided among the threads of a loop.
namespace taskfold::model {

/// Numbers that a packed left matrix takes.
std::int64_t packedSize(const torch::Tensor& left);

/// out = (or += with `adds`) scale * left times right. Rows of `out` lie together in memory; rows or columns of each of the others.
/// `packed`: room for the left one, aligned to 64 bytes. O: float or kernels::Bf16.
template <typename O>
void multiplyInTiles(const torch::Tensor& out, const torch::Tensor& left, const torch::Tensor& right, double scale, bool adds, O* packed);

/// FLOP a second of a product of two matrices of 2048 squared, fp32 or bf16: the best of a few, by libtorch or by our own kernels
/// where these are used.
double productSpeed(torch::Device device, torch::ScalarType type);

}  // namespace taskfold::model
