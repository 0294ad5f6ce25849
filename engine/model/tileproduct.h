#pragma once

#include "engine/model/kernels.h"

/// Products of matrices of bf16, on processors that multiply tiles of them (AMX) or pairs (AVX-512), and of fp32 (AVX-512). Sums are
/// fp32 and rounded once; the same bits for any division among threads. No torch, no threads: the caller gives each thread its
/// range. The left matrix is packed before, the right one in pieces that stay in a core's cache: weights need no second copy in
/// memory. Only where multipliesPairs() (core/processor.h) and areBuilt().
namespace taskfold::model::tiles {

/// Whether the compiler made them: for other kinds of processors it doesn't.
bool areBuilt();

/// Rows of the left and columns of the right matrix are taken by so many at once.
inline constexpr std::int64_t kStep = 32;

/// Rows of memory: `stride` numbers from one to the next.
template <typename O>
struct Rows {
    O* data = nullptr;
    std::int64_t stride = 0;
};

/// Whole steps that hold `count`.
static inline std::int64_t padded(std::int64_t count)
{
    return (count + kStep - 1) / kStep * kStep;
}

/// The left matrix [rows, inner], or where it is `turned` [inner, rows].
template <typename T>
struct Left {
    Rows<const T> matrix;
    bool turned = false;
    std::int64_t rows = 0, inner = 0;
};
/// Writes rows [from, to) of padded(rows) * padded(inner) numbers, both multiples of 32 or the end, in the order in
/// which times() reads them.
template <typename T>
void pack(T* packed, const Left<T>& left, std::int64_t from, std::int64_t to);

/// What multiplies: tiles only bf16, and where multipliesTiles().
enum class Unit { Tiles, Vectors };

struct Range {
    std::int64_t from = 0, to = 0;  // multiples of 32, or where the matrix ends
};
/// out [rows, columns] = (or += with `adds`) scale times left times right [inner, columns]; right is [columns, inner] where it is
/// `turned`. `packed`: the whole left matrix.
template <typename T>
void times(Rows<T> out, const T* packed, const Left<T>& left, Rows<const T> right, bool turned, Range rows, Range columns, Unit unit,
    bool adds, float scale = 1);

}  // namespace taskfold::model::tiles
