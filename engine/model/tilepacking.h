// Part of tileproduct.cpp: matrices turned into tiles.

#include "engine/model/tileproduct.h"

#include <immintrin.h>

namespace taskfold::model::tiles {

using kernels::Bf16;

namespace {

constexpr std::int64_t kTile = 16;
constexpr std::int64_t kUnits = kTile * kTile;  // in a tile
// A unit is 32 bits of what is summed over: a pair of bf16, or one number of fp32.
template <typename T>
constexpr std::int64_t kOfUnit = 4 / static_cast<std::int64_t>(sizeof(T));
template <typename T>
constexpr std::int64_t kOfTile = kTile * kOfUnit<T>;  // numbers of a tile's row

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

// The first `count` of a vector's numbers; behind them zeros.
template <bool Whole, typename T>
inline __m512i loaded(const T* from, std::int64_t count)
{
    if constexpr (Whole)
        return _mm512_loadu_si512(from);
    if (count >= kOfTile<T>)
        return _mm512_loadu_si512(from);
    if (count <= 0)
        return _mm512_setzero_si512();
    if constexpr (sizeof(T) == 2)
        return _mm512_maskz_loadu_epi16((1U << count) - 1U, from);
    else
        return _mm512_maskz_loadu_epi32(static_cast<__mmask16>((1U << count) - 1U), from);
}

// 16 rows of 16 units each to one tile, transposed; `rows` and `count` numbers of them are there.
template <bool Whole, typename T>
inline void turnedTile(std::uint32_t* to, const T* from, std::int64_t stride, std::int64_t rows, std::int64_t count)
{
    __m512i r[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        r[i] = Whole || i < rows ? loaded<Whole>(from + i * stride, count) : _mm512_setzero_si512();
    if constexpr (Whole) {
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i)
            _mm_prefetch(from + i * stride + 2 * kOfTile<T>, _MM_HINT_T0);
    }
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm512_storeu_si512(to + i * kTile, r[i]);
}

struct Units {
    __m512i low, high;  // of columns 0 to 15, and 16 to 31
};

// Row `at`, if there is one: 32 numbers of it, or `width`.
template <bool Whole>
inline Units unitsAt(const float* from, std::int64_t stride, std::int64_t at, std::int64_t rows, std::int64_t width)
{
    if (at >= rows)
        return {_mm512_setzero_si512(), _mm512_setzero_si512()};
    return {loaded<Whole>(from + at * stride, width), loaded<Whole>(from + at * stride + kTile, width - kTile)};
}

// Rows `at` and at + 1, as far as there are any: 32 numbers of each, or `width`.
template <bool Whole>
inline Units unitsAt(const Bf16* from, std::int64_t stride, std::int64_t at, std::int64_t rows, std::int64_t width)
{
    const __m512i lows = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4,
        35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i highs = _mm512_add_epi16(lows, _mm512_set1_epi16(16));
    const __m512i a = at < rows ? loaded<Whole>(from + at * stride, width) : _mm512_setzero_si512();
    const __m512i b = at + 1 < rows ? loaded<Whole>(from + (at + 1) * stride, width) : _mm512_setzero_si512();
    return {_mm512_permutex2var_epi16(a, lows, b), _mm512_permutex2var_epi16(a, highs, b)};
}

// `width` columns of the right matrix as a panel, `count` numbers of each; what is missing to whole tiles is zero.
template <bool Whole, typename T>
void straightPanel(std::uint32_t* to, const T* from, std::int64_t stride, std::int64_t count, std::int64_t width)
{
    constexpr std::int64_t step = kOfTile<T>, unit = kOfUnit<T>;
    for (std::int64_t row = 0; row < padded(count); row += step, to += 2 * kUnits) {
#pragma GCC unroll 8
        for (std::int64_t p = 0; p < kTile; ++p) {
            _mm_prefetch(from + (row + unit * p + step) * stride, _MM_HINT_T0);
            _mm_prefetch(from + (row + unit * p + unit - 1 + step) * stride, _MM_HINT_T0);
            const Units units = unitsAt<Whole>(from, stride, row + unit * p, count, width);
            _mm512_storeu_si512(to + p * kTile, units.low);
            _mm512_storeu_si512(to + kUnits + p * kTile, units.high);
        }
    }
}

// The same where the right matrix is transposed in memory.
template <typename T>
void turnedPanel(std::uint32_t* to, const T* from, std::int64_t stride, std::int64_t count, std::int64_t width)
{
    constexpr std::int64_t step = kOfTile<T>;
    for (std::int64_t at = 0; at < padded(count); at += step, to += 2 * kUnits) {
        const T* second = from + kTile * stride + at;
        if (width >= kStep && count - at >= step) {
            turnedTile<true>(to, from + at, stride, kTile, step);
            turnedTile<true>(to + kUnits, second, stride, kTile, step);
        } else {
            turnedTile<false>(to, from + at, stride, width, count - at);
            turnedTile<false>(to + kUnits, second, stride, width - kTile, count - at);
        }
    }
}

// `width` columns of `rows` rows, transposed: for each tile's row of them two tiles of 16 columns each.
template <bool Whole, typename T>
void turnedLeft(std::uint32_t* to, const T* from, std::int64_t stride, std::int64_t rows, std::int64_t width)
{
    for (std::int64_t row = 0; row < padded(rows); row += kOfTile<T>, to += 2 * kUnits) {
        __m512i low[16], high[16];
#pragma GCC unroll 16
        for (int p = 0; p < 16; ++p) {
            const Units units = unitsAt<Whole>(from, stride, row + kOfUnit<T> * p, rows, width);
            low[p] = units.low;
            high[p] = units.high;
        }
        transpose(low);
        transpose(high);
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            _mm512_storeu_si512(to + i * kTile, low[i]);
            _mm512_storeu_si512(to + kUnits + i * kTile, high[i]);
        }
    }
}

// 32 rows of `count` numbers, of which `rows` are there.
template <typename T>
void straightLeft(std::uint32_t* to, const T* from, std::int64_t stride, std::int64_t rows, std::int64_t count)
{
    for (std::int64_t at = 0; at < padded(count); at += kOfTile<T>)
        for (std::int64_t row = 0; row < kStep; ++row, to += kTile)
            _mm512_storeu_si512(to, row < rows ? loaded<false>(from + row * stride + at, count - at) : _mm512_setzero_si512());
}

}  // namespace

}  // namespace taskfold::model::tiles
