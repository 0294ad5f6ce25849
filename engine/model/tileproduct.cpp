#include "engine/model/tileproduct.h"

#ifdef __AMX_BF16__
#include "engine/model/kernelscratch.h"
#include "engine/model/tilekernels.h"
#endif

// A tile is 16 rows of 16 units: pairs of bf16, or numbers of fp32. A block is 32 x 32 sums. The left matrix is packed by 32 rows,
// two tiles for each 16 units that are summed over; a panel is 32 columns of the right matrix, two tiles likewise.
// As in kernelbody.h nothing of the standard library's templates is used here.

namespace taskfold::model::tiles {

using kernels::Bf16;

#ifdef __AMX_BF16__

namespace {

template <typename T>
constexpr std::int64_t kInnerBlock = 384 * kOfUnit<T>;  // so long a panel stays in a core's first caches
constexpr std::int64_t kRowBlock = 512;  // so many packed rows of such a length in the second one,
constexpr std::int64_t kSums = 1 << 17;  // beside so many sums
// Where there are more rows, panels stay there for all of them, so many units, beside fewer rows.
constexpr std::int64_t kKeptUnits = 192 * 1024;
constexpr std::int64_t kRowsBesideKept = 256;

inline std::int64_t least(std::int64_t a, std::int64_t b)
{
    return a < b ? a : b;
}

inline __m512 wide(__m256i x)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16));
}

struct How {
    float scale = 1;
    bool adds = false;
};

// A block's sums as numbers of the result, of `rows` and `width`.
void put(float* to, std::int64_t stride, const float* sums, std::int64_t rows, std::int64_t width, How how)
{
    const __mmask32 there = width >= kStep ? 0xFFFFFFFFU : (1U << width) - 1U;
    const auto first = static_cast<__mmask16>(there), second = static_cast<__mmask16>(there >> kTile);
    const __m512 scale = _mm512_set1_ps(how.scale);
    for (std::int64_t r = 0; r < rows; ++r, to += stride, sums += kStep) {
        __m512 low = _mm512_mul_ps(scale, _mm512_load_ps(sums)), high = _mm512_mul_ps(scale, _mm512_load_ps(sums + kTile));
        if (how.adds) {
            low = _mm512_add_ps(low, _mm512_maskz_loadu_ps(first, to));
            high = _mm512_add_ps(high, _mm512_maskz_loadu_ps(second, to + kTile));
        }
        _mm512_mask_storeu_ps(to, first, low);
        _mm512_mask_storeu_ps(to + kTile, second, high);
    }
}

void put(Bf16* to, std::int64_t stride, const float* sums, std::int64_t rows, std::int64_t width, How how)
{
    const __mmask32 there = width >= kStep ? 0xFFFFFFFFU : (1U << width) - 1U;
    const __m512 scale = _mm512_set1_ps(how.scale);
    for (std::int64_t r = 0; r < rows; ++r, to += stride, sums += kStep) {
        __m512 low = _mm512_mul_ps(scale, _mm512_load_ps(sums)), high = _mm512_mul_ps(scale, _mm512_load_ps(sums + kTile));
        if (how.adds) {
            const __m512i old = _mm512_maskz_loadu_epi16(there, to);
            low = _mm512_add_ps(low, wide(_mm512_castsi512_si256(old)));
            high = _mm512_add_ps(high, wide(_mm512_extracti64x4_epi64(old, 1)));
        }
        const __m512bh both = _mm512_cvtne2ps_pbh(high, low);
        _mm512_mask_storeu_epi16(to, there, reinterpret_cast<__m512i>(both));
    }
}

// Where the packed rows from `row` on lie, with what is summed over from `inner` on: blocks of kInnerBlock, in them rows.
template <typename T>
std::int64_t placeOf(const Left<T>& left, std::int64_t row, std::int64_t inner)
{
    return padded(left.rows) * inner + row * least(kInnerBlock<T>, padded(left.inner) - inner);
}

// How times() goes through rows and columns.
template <typename T>
struct Division {
    std::int64_t rows = 0, columns = 0;  // of a piece
    std::int64_t panel = 0;  // units from one panel to the next; 0 where a single one is packed again and again
    std::int64_t sums = kStep * kStep;  // numbers of memory

    Division(std::int64_t rowCount, std::int64_t width, std::int64_t inner)
        : rows(least(kRowBlock, padded(rowCount))), columns(padded(width))
    {
        const std::int64_t whole = padded(inner) / kOfUnit<T> * kStep;
        if (rowCount > kRowBlock && whole <= kKeptUnits) {
            rows = kRowsBesideKept;
            panel = whole;
            columns = least(columns, kKeptUnits / whole * kStep);
        }
        if (inner > kInnerBlock<T>) {  // sums wait for the next block: as many columns as have room
            columns = least(columns, kSums / rows / kStep * kStep);
            sums = rows * columns;
        }
    }
    std::int64_t units(std::int64_t inner) const
    {
        return panel > 0 ? columns / kStep * panel : least(padded(inner), kInnerBlock<T>) / kOfUnit<T> * kStep;
    }
};

// One piece of the work of times(): what stays in the caches.
template <typename T>
struct Piece {
    const Left<T>& left;
    const T* packed;
    Rows<const T> right;
    bool turned;
    How how;
    const Division<T>& division;
    Range rows, columns;
    bool packs;  // or the panels are there
    Unit unit;
    std::uint32_t* panels;
    float* sums;  // [columns / 32][rows][32], or of one block where nothing is to be kept

    const std::uint32_t* panelAt(std::int64_t column, std::int64_t at, std::int64_t count) const
    {
        std::uint32_t* panel = division.panel > 0 ? panels + (column - columns.from) / kStep * division.panel + at / kOfUnit<T> * kStep : panels;
        if (!packs)
            return panel;
        const std::int64_t width = least(kStep, columns.to - column);
        if (turned)
            turnedPanel(panel, right.data + column * right.stride + at, right.stride, count, width);
        else if (width == kStep)
            straightPanel<true>(panel, right.data + at * right.stride + column, right.stride, count, width);
        else
            straightPanel<false>(panel, right.data + at * right.stride + column, right.stride, count, width);
        return panel;
    }
    float* sumsAt(std::int64_t column, std::int64_t row) const
    {
        if (left.inner <= kInnerBlock<T>)
            return sums;
        return sums + (column - columns.from) * padded(rows.to - rows.from) + (row - rows.from) * kStep;
    }
    void sum(const T* ready, const std::uint32_t* panel, std::int64_t count, float* own, bool goesOn, std::int64_t rowCount) const
    {
        const auto* units = reinterpret_cast<const std::uint32_t*>(ready);
        const std::int64_t steps = padded(count) / kOfTile<T>;
        if constexpr (sizeof(T) == 2)
            if (unit == Unit::Tiles)
                return blockByTiles(units, panel, steps, own, goesOn);
        constexpr std::int64_t chain = sizeof(T) == 2 ? kInnerBlock<T> : kChain;
        for (std::int64_t step = 0; step < steps; step += chain)
            blockByVectors<T>(units + step * 2 * kUnits, panel + step * 2 * kUnits, least(chain, steps - step), own, goesOn || step > 0, rowCount);
    }
    void run(Rows<T> out) const
    {
        for (std::int64_t at = 0; at < left.inner; at += kInnerBlock<T>) {
            const std::int64_t count = least(kInnerBlock<T>, left.inner - at);
            for (std::int64_t column = columns.from; column < columns.to; column += kStep) {
                const std::uint32_t* panel = panelAt(column, at, count);
                for (std::int64_t row = rows.from; row < rows.to; row += kStep) {
                    const std::int64_t rowCount = least(kStep, rows.to - row);
                    float* own = sumsAt(column, row);
                    sum(packed + placeOf(left, row, at), panel, count, own, at > 0, rowCount);
                    if (at + count == left.inner)
                        put(out.data + row * out.stride + column, out.stride, own, rowCount, least(kStep, columns.to - column), how);
                }
            }
        }
    }
};

}  // namespace

bool areBuilt()
{
    return true;
}

template <typename T>
void pack(T* packed, const Left<T>& left, std::int64_t from, std::int64_t to)
{
    for (std::int64_t row = from; row < to; row += kStep) {
        for (std::int64_t at = 0; at < left.inner; at += kInnerBlock<T>) {
            const std::int64_t count = least(kInnerBlock<T>, left.inner - at);
            auto* place = reinterpret_cast<std::uint32_t*>(packed + placeOf(left, row, at));
            const std::int64_t there = least(kStep, left.rows - row);
            if (!left.turned)
                straightLeft(place, left.matrix.data + row * left.matrix.stride + at, left.matrix.stride, there, count);
            else if (there == kStep)
                turnedLeft<true>(place, left.matrix.data + at * left.matrix.stride + row, left.matrix.stride, count, there);
            else
                turnedLeft<false>(place, left.matrix.data + at * left.matrix.stride + row, left.matrix.stride, count, there);
        }
    }
}

template <typename T>
void times(Rows<T> out, const T* packed, const Left<T>& left, Rows<const T> right, bool turned, Range rows, Range columns, Unit unit,
    bool adds, float scale)
{
    thread_local kernels::Scratch<std::uint32_t> panelMemory;
    thread_local kernels::Scratch<float> sumsMemory;
    const Division<T> division(rows.to - rows.from, columns.to - columns.from, left.inner);
    std::uint32_t* panels = panelMemory.atLeast(division.units(left.inner));
    float* sums = sumsMemory.atLeast(division.sums);
    const Tiles tiles(unit == Unit::Tiles);
    for (std::int64_t column = columns.from; column < columns.to; column += division.columns)
        for (std::int64_t row = rows.from; row < rows.to; row += division.rows)
            Piece<T>{left, packed, right, turned, {scale, adds}, division, {row, least(row + division.rows, rows.to)},
                {column, least(column + division.columns, columns.to)}, division.panel == 0 || row == rows.from, unit, panels, sums}
                .run(out);
}

#else

bool areBuilt()
{
    return false;
}
template <typename T>
void pack(T*, const Left<T>&, std::int64_t, std::int64_t)
{
}
template <typename T>
void times(Rows<T>, const T*, const Left<T>&, Rows<const T>, bool, Range, Range, Unit, bool, float)
{
}

#endif

template void pack(float*, const Left<float>&, std::int64_t, std::int64_t);
template void pack(Bf16*, const Left<Bf16>&, std::int64_t, std::int64_t);
template void times(Rows<float>, const float*, const Left<float>&, Rows<const float>, bool, Range, Range, Unit, bool, float);
template void times(Rows<Bf16>, const Bf16*, const Left<Bf16>&, Rows<const Bf16>, bool, Range, Range, Unit, bool, float);

}  // namespace taskfold::model::tiles
