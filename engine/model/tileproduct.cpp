#include "engine/model/tileproduct.h"

#ifdef __AMX_BF16__
#include <immintrin.h>
#include <cstdlib>
#endif

// A tile is 16 rows of 64 bytes. TDPBF16PS adds to a tile of 16 x 16 sums the products of 16 rows of 32 numbers with 32 rows
// of 16, the latter as 16 rows of pairs (Intel's Architecture Instruction Set Extensions, chapter 3). A block is 2 x 2 tiles
// of sums: each tile that is loaded is used twice. The left matrix is packed by 32 rows, two tiles for each 32 numbers that
// are summed over; a panel is 32 columns of the right matrix as pairs, two tiles likewise.
// As in kernelbody.h nothing of the standard library's templates is used here.

namespace taskfold::model::tiles {

using kernels::Bf16;

#ifdef __AMX_BF16__

namespace {

constexpr std::int64_t kTile = 16;
constexpr std::int64_t kPairs = kTile * kTile;  // in a tile
constexpr std::int64_t kInnerBlock = 768;  // so long a panel stays in a core's first caches
constexpr std::int64_t kRowBlock = 512;  // so many packed rows of such a length in the second one,
constexpr std::int64_t kSums = 1 << 17;  // beside so many sums

struct alignas(64) Config {
    std::uint8_t palette = 1, startRow = 0, reserved[14] = {};
    std::uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// The compiler's functions for tiles don't say what memory they read.
inline void everythingIsWritten()
{
    __asm__ volatile("" : : : "memory");
}

// The thread's tiles are ours as long as this lives. Tiles 0 to 3 are sums, 4 and 5 the left matrix, 6 and 7 the panel.
class Tiles {
public:
    Tiles()
    {
        const Config config;
        __asm__ volatile("ldtilecfg %0" : : "m"(config));
    }
    ~Tiles() { _tile_release(); }
    Tiles(const Tiles&) = delete;
    Tiles& operator=(const Tiles&) = delete;
};

inline std::int64_t least(std::int64_t a, std::int64_t b)
{
    return a < b ? a : b;
}

// Memory of one thread that grows and stays; aligned for tiles.
template <typename T>
struct Scratch {
    T* data = nullptr;
    std::int64_t size = 0;

    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { std::free(data); }

    T* atLeast(std::int64_t count)
    {
        if (count > size) {
            std::free(data);
            const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(T) + 63) / 64 * 64;
            data = static_cast<T*>(std::aligned_alloc(64, bytes));
            if (data == nullptr)
                __builtin_trap();
            size = count;
        }
        return data;
    }
};

// 16 x 16 numbers of 32 bits, transposed.
inline void transpose(__m512i (&r)[16])
{
    __m512i t[16];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
    // r[4 g + j] holds, in its 128-bit lane l, column 4 l + j of rows 4 g ... 4 g + 3.
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
        const __m512i low01 = _mm512_shuffle_i32x4(r[j], r[4 + j], 0x44), high01 = _mm512_shuffle_i32x4(r[j], r[4 + j], 0xEE);
        const __m512i low23 = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0x44), high23 = _mm512_shuffle_i32x4(r[8 + j], r[12 + j], 0xEE);
        t[j] = _mm512_shuffle_i32x4(low01, low23, 0x88);
        t[4 + j] = _mm512_shuffle_i32x4(low01, low23, 0xDD);
        t[8 + j] = _mm512_shuffle_i32x4(high01, high23, 0x88);
        t[12 + j] = _mm512_shuffle_i32x4(high01, high23, 0xDD);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        r[i] = t[i];
}

// 16 rows of 32 numbers each to one tile of pairs.
inline void turnedTile(std::uint32_t* to, const Bf16* from, std::int64_t stride)
{
    __m512i r[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        r[i] = _mm512_loadu_si512(from + i * stride);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm_prefetch(from + i * stride + 2 * kStep, _MM_HINT_T0);
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm512_storeu_si512(to + i * kTile, r[i]);
}

struct Pairs {
    __m512i low, high;  // of columns 0 to 15, and 16 to 31
};

// Rows `at` and at + 1, as far as there are any: 32 numbers of each.
inline Pairs pairsAt(const Bf16* from, std::int64_t stride, std::int64_t at, std::int64_t rows)
{
    static const __m512i lows = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37,
        5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i highs = _mm512_add_epi16(lows, _mm512_set1_epi16(16));
    const __m512i a = at < rows ? _mm512_loadu_si512(from + at * stride) : _mm512_setzero_si512();
    const __m512i b = at + 1 < rows ? _mm512_loadu_si512(from + (at + 1) * stride) : _mm512_setzero_si512();
    return {_mm512_permutex2var_epi16(a, lows, b), _mm512_permutex2var_epi16(a, highs, b)};
}

// 32 columns of the right matrix as a panel, `count` numbers of each; what is missing to whole steps is zero.
void straightPanel(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t count)
{
    for (std::int64_t row = 0; row < count; row += kStep, to += 2 * kPairs) {
#pragma GCC unroll 8
        for (std::int64_t p = 0; p < kTile; ++p) {
            _mm_prefetch(from + (row + 2 * p + kStep) * stride, _MM_HINT_T0);
            _mm_prefetch(from + (row + 2 * p + 1 + kStep) * stride, _MM_HINT_T0);
            const Pairs pairs = pairsAt(from, stride, row + 2 * p, count);
            _mm512_storeu_si512(to + p * kTile, pairs.low);
            _mm512_storeu_si512(to + kPairs + p * kTile, pairs.high);
        }
    }
}

// The same where the right matrix is transposed in memory.
void turnedPanel(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t count)
{
    for (std::int64_t at = 0; at < count; at += kStep, to += 2 * kPairs) {
        turnedTile(to, from + at, stride);
        turnedTile(to + kPairs, from + kTile * stride + at, stride);
    }
}

// 32 columns of `rows` rows, transposed: for each 32 of them two tiles of 16 columns each.
void turnedLeft(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t rows)
{
    for (std::int64_t row = 0; row < rows; row += kStep, to += 2 * kPairs) {
        __m512i low[16], high[16];
#pragma GCC unroll 16
        for (int p = 0; p < 16; ++p) {
            const Pairs pairs = pairsAt(from, stride, row + 2 * p, rows);
            low[p] = pairs.low;
            high[p] = pairs.high;
        }
        transpose(low);
        transpose(high);
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            _mm512_storeu_si512(to + i * kTile, low[i]);
            _mm512_storeu_si512(to + kPairs + i * kTile, high[i]);
        }
    }
}

// 32 rows, of which `rows` are there.
void straightLeft(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t rows, std::int64_t steps)
{
    for (std::int64_t s = 0; s < steps; ++s, from += kStep)
        for (std::int64_t row = 0; row < kStep; ++row, to += kTile)
            _mm512_storeu_si512(to, row < rows ? _mm512_loadu_si512(from + row * stride) : _mm512_setzero_si512());
}

inline __m512 wide(__m256i x)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16));
}

// A block's sums as bf16.
void put(Bf16* to, std::int64_t stride, const float* sums, std::int64_t rows, bool adds)
{
    for (std::int64_t r = 0; r < rows; ++r, to += stride, sums += kStep) {
        __m512 low = _mm512_load_ps(sums), high = _mm512_load_ps(sums + kTile);
        if (adds) {
            const __m512i old = _mm512_loadu_si512(to);
            low = _mm512_add_ps(low, wide(_mm512_castsi512_si256(old)));
            high = _mm512_add_ps(high, wide(_mm512_extracti64x4_epi64(old, 1)));
        }
        const __m512bh both = _mm512_cvtne2ps_pbh(high, low);
        _mm512_storeu_si512(to, reinterpret_cast<__m512i>(both));
    }
}

inline void fetchTile(const std::uint32_t* tile)
{
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm_prefetch(tile + i * kTile, _MM_HINT_T0);
}

// sums [32][32] = (or += where it `goesOn`) 32 packed rows times the panel. Both come from the second cache one step ahead:
// where another thread has half of the core, loads of tiles would wait for it.
void block(
    const std::uint32_t* left, const std::uint32_t* panel, std::int64_t steps, float* sums, bool goesOn)
{
    constexpr int row = kStep * sizeof(float);
    everythingIsWritten();
    if (goesOn) {
        _tile_loadd(0, sums, row);
        _tile_loadd(1, sums + kTile, row);
        _tile_loadd(2, sums + kTile * kStep, row);
        _tile_loadd(3, sums + kTile * kStep + kTile, row);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
    for (std::int64_t s = 0; s < steps; ++s, left += 2 * kPairs, panel += 2 * kPairs) {
        _tile_loadd(6, panel, 64);
        _tile_loadd(4, left, 64);
        fetchTile(left + 2 * kPairs);
        _tile_dpbf16ps(0, 4, 6);
        fetchTile(panel + 2 * kPairs);
        _tile_loadd(7, panel + kPairs, 64);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, left + kPairs, 64);
        fetchTile(left + 3 * kPairs);
        _tile_dpbf16ps(2, 5, 6);
        fetchTile(panel + 3 * kPairs);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, row);
    _tile_stored(1, sums + kTile, row);
    _tile_stored(2, sums + kTile * kStep, row);
    _tile_stored(3, sums + kTile * kStep + kTile, row);
}

// Where the packed rows from `row` on lie, with what is summed over from `inner` on: blocks of kInnerBlock, in them rows.
inline std::int64_t placeOf(const Left& left, std::int64_t row, std::int64_t inner)
{
    return padded(left.rows) * inner + row * least(kInnerBlock, padded(left.inner) - inner);
}

// One piece of the work of times(): what stays in the caches.
struct Piece {
    const Left& left;
    const Bf16* packed;
    In right;
    bool turned, adds;
    Range rows, columns;
    std::uint32_t* panel;
    float* sums;  // [columns / 32][rows][32], or of one block where nothing is to be kept

    void panelAt(std::int64_t column, std::int64_t at, std::int64_t count) const
    {
        if (turned)
            turnedPanel(panel, right.data + column * right.stride + at, right.stride, count);
        else
            straightPanel(panel, right.data + at * right.stride + column, right.stride, count);
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
                panelAt(column, at, count);
                for (std::int64_t row = rows.from; row < rows.to; row += kStep) {
                    float* own = sumsAt(column, row);
                    block(reinterpret_cast<const std::uint32_t*>(packed + placeOf(left, row, at)), panel, steps, own, at > 0);
                    if (at + count == left.inner)
                        put(out.data + row * out.stride + column, out.stride, own, least(kStep, rows.to - row), adds);
                }
            }
        }
    }
};

}  // namespace

void pack(Bf16* packed, const Left& left, std::int64_t from, std::int64_t to)
{
    for (std::int64_t row = from; row < to; row += kStep) {
        for (std::int64_t at = 0; at < left.inner; at += kInnerBlock) {
            const std::int64_t count = least(kInnerBlock, left.inner - at);
            auto* place = reinterpret_cast<std::uint32_t*>(packed + placeOf(left, row, at));
            if (left.turned)
                turnedLeft(place, left.matrix.data + at * left.matrix.stride + row, left.matrix.stride, count);
            else
                straightLeft(place, left.matrix.data + row * left.matrix.stride + at, left.matrix.stride, left.rows - row, count / kStep);
        }
    }
}

void times(Out out, const Bf16* packed, const Left& left, In right, bool turned, Range rows, Range columns, bool adds)
{
    thread_local Scratch<std::uint32_t> panels;
    thread_local Scratch<float> sumsMemory;
    const std::int64_t rowBlock = least(kRowBlock, padded(rows.to - rows.from)), width = columns.to - columns.from;
    // Where sums wait for the next block of what is summed over, as many columns as have room.
    const bool keeps = left.inner > kInnerBlock;
    const std::int64_t columnBlock = keeps ? least(width, kSums / rowBlock / kStep * kStep) : width;
    std::uint32_t* panel = panels.atLeast(least(padded(left.inner), kInnerBlock) * kTile);
    float* sums = sumsMemory.atLeast(keeps ? rowBlock * columnBlock : kStep * kStep);
    const Tiles tiles;
    for (std::int64_t row = rows.from; row < rows.to; row += kRowBlock)
        for (std::int64_t column = columns.from; column < columns.to; column += columnBlock)
            Piece{left, packed, right, turned, adds, {row, least(row + kRowBlock, rows.to)},
                {column, least(column + columnBlock, columns.to)}, panel, sums}
                .run(out);
}

#else

void pack(Bf16*, const Left&, std::int64_t, std::int64_t) {}
void times(Out, const Bf16*, const Left&, In, bool, Range, Range, bool) {}

#endif

}  // namespace taskfold::model::tiles
