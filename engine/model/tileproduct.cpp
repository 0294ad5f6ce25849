#include "engine/model/tileproduct.h"

#ifdef __AMX_BF16__
#include "engine/model/kernelscratch.h"
#include "engine/model/tilekernels.h"
#endif

// A tile is 16 rows of 16 pairs of numbers. A block is 32 x 32 sums. The left matrix is packed by 32 rows, two tiles for each 32
// numbers that are summed over; a panel is 32 columns of the right matrix as pairs, two tiles likewise.
// As in kernelbody.h nothing of the standard library's templates is used here.

namespace taskfold::model::tiles {

using kernels::Bf16;

#ifdef __AMX_BF16__

namespace {

constexpr std::int64_t kInnerBlock = 768;  // so long a panel stays in a core's first caches
constexpr std::int64_t kRowBlock = 512;  // so many packed rows of such a length in the second one,
constexpr std::int64_t kSums = 1 << 17;  // beside so many sums
// Where there are more rows, panels stay there for all of them, so many pairs, beside fewer rows.
constexpr std::int64_t kKeptPairs = 192 * 1024;
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

// A block's sums as bf16, of `rows` and `width`.
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
inline std::int64_t placeOf(const Left& left, std::int64_t row, std::int64_t inner)
{
    return padded(left.rows) * inner + row * least(kInnerBlock, padded(left.inner) - inner);
}

// How times() goes through rows and columns.
struct Division {
    std::int64_t rows = 0, columns = 0;  // of a piece
    std::int64_t panel = 0;  // pairs from one panel to the next; 0 where a single one is packed again and again
    std::int64_t sums = kStep * kStep;  // numbers of memory

    Division(std::int64_t rowCount, std::int64_t width, std::int64_t inner)
        : rows(least(kRowBlock, padded(rowCount))), columns(padded(width))
    {
        const std::int64_t whole = padded(inner) * kTile;
        if (rowCount > kRowBlock && whole <= kKeptPairs) {
            rows = kRowsBesideKept;
            panel = whole;
            columns = least(columns, kKeptPairs / whole * kStep);
        }
        if (inner > kInnerBlock) {  // sums wait for the next block: as many columns as have room
            columns = least(columns, kSums / rows / kStep * kStep);
            sums = rows * columns;
        }
    }
    std::int64_t pairs(std::int64_t inner) const
    {
        return panel > 0 ? columns / kStep * panel : least(padded(inner), kInnerBlock) * kTile;
    }
};

// One piece of the work of times(): what stays in the caches.
struct Piece {
    const Left& left;
    const Bf16* packed;
    In right;
    bool turned;
    How how;
    const Division& division;
    Range rows, columns;
    bool packs;  // or the panels are there
    Unit unit;
    std::uint32_t* panels;
    float* sums;  // [columns / 32][rows][32], or of one block where nothing is to be kept

    const std::uint32_t* panelAt(std::int64_t column, std::int64_t at, std::int64_t count) const
    {
        std::uint32_t* panel = division.panel > 0 ? panels + (column - columns.from) / kStep * division.panel + at * kTile : panels;
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
        if (left.inner <= kInnerBlock)
            return sums;
        return sums + (column - columns.from) * padded(rows.to - rows.from) + (row - rows.from) * kStep;
    }
    void run(Out out) const
    {
        for (std::int64_t at = 0; at < left.inner; at += kInnerBlock) {
            const std::int64_t count = least(kInnerBlock, left.inner - at), steps = padded(count) / kStep;
            for (std::int64_t column = columns.from; column < columns.to; column += kStep) {
                const std::uint32_t* panel = panelAt(column, at, count);
                for (std::int64_t row = rows.from; row < rows.to; row += kStep) {
                    float* own = sumsAt(column, row);
                    const auto* ready = reinterpret_cast<const std::uint32_t*>(packed + placeOf(left, row, at));
                    if (unit == Unit::Tiles)
                        blockByTiles(ready, panel, steps, own, at > 0);
                    else
                        blockByPairs(ready, panel, steps, own, at > 0, least(kStep, rows.to - row));
                    if (at + count == left.inner)
                        put(out.data + row * out.stride + column, out.stride, own, least(kStep, rows.to - row),
                            least(kStep, columns.to - column), how);
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

void pack(Bf16* packed, const Left& left, std::int64_t from, std::int64_t to)
{
    for (std::int64_t row = from; row < to; row += kStep) {
        for (std::int64_t at = 0; at < left.inner; at += kInnerBlock) {
            const std::int64_t count = least(kInnerBlock, left.inner - at);
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

void times(Out out, const Bf16* packed, const Left& left, In right, bool turned, Range rows, Range columns, Unit unit, bool adds, float scale)
{
    thread_local kernels::Scratch<std::uint32_t> panelMemory;
    thread_local kernels::Scratch<float> sumsMemory;
    const Division division(rows.to - rows.from, columns.to - columns.from, left.inner);
    std::uint32_t* panels = panelMemory.atLeast(division.pairs(left.inner));
    float* sums = sumsMemory.atLeast(division.sums);
    const Tiles tiles(unit == Unit::Tiles);
    for (std::int64_t column = columns.from; column < columns.to; column += division.columns)
        for (std::int64_t row = rows.from; row < rows.to; row += division.rows)
            Piece{left, packed, right, turned, {scale, adds}, division, {row, least(row + division.rows, rows.to)},
                {column, least(column + division.columns, columns.to)}, division.panel == 0 || row == rows.from, unit, panels, sums}
                .run(out);
}

#else

bool areBuilt()
{
    return false;
}
void pack(Bf16*, const Left&, std::int64_t, std::int64_t) {}
void times(Out, const Bf16*, const Left&, In, bool, Range, Range, Unit, bool, float) {}

#endif

}  // namespace taskfold::model::tiles
