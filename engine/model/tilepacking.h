// Part of tileproduct.cpp: matrices turned into tiles.

#include "engine/model/tileproduct.h"

#include <immintrin.h>

namespace taskfold::model::tiles {

using kernels::Bf16;

namespace {

constexpr std::int64_t kTile = 16;
constexpr std::int64_t kPairs = kTile * kTile;  // in a tile

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

// The first `count` of 32 numbers; behind them zeros.
template <bool Whole>
inline __m512i loaded(const Bf16* from, std::int64_t count)
{
    if constexpr (Whole)
        return _mm512_loadu_si512(from);
    if (count >= kStep)
        return _mm512_loadu_si512(from);
    return count <= 0 ? _mm512_setzero_si512() : _mm512_maskz_loadu_epi16((1U << count) - 1U, from);
}

// 16 rows of 32 numbers each to one tile of pairs; `rows` and `count` of them are there.
template <bool Whole>
inline void turnedTile(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t rows, std::int64_t count)
{
    __m512i r[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        r[i] = Whole || i < rows ? loaded<Whole>(from + i * stride, count) : _mm512_setzero_si512();
    if constexpr (Whole) {
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i)
            _mm_prefetch(from + i * stride + 2 * kStep, _MM_HINT_T0);
    }
    transpose(r);
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm512_storeu_si512(to + i * kTile, r[i]);
}

struct Pairs {
    __m512i low, high;  // of columns 0 to 15, and 16 to 31
};

// Rows `at` and at + 1, as far as there are any: 32 numbers of each, or `width`.
template <bool Whole>
inline Pairs pairsAt(const Bf16* from, std::int64_t stride, std::int64_t at, std::int64_t rows, std::int64_t width)
{
    const __m512i lows = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4,
        35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i highs = _mm512_add_epi16(lows, _mm512_set1_epi16(16));
    const __m512i a = at < rows ? loaded<Whole>(from + at * stride, width) : _mm512_setzero_si512();
    const __m512i b = at + 1 < rows ? loaded<Whole>(from + (at + 1) * stride, width) : _mm512_setzero_si512();
    return {_mm512_permutex2var_epi16(a, lows, b), _mm512_permutex2var_epi16(a, highs, b)};
}

// `width` columns of the right matrix as a panel, `count` numbers of each; what is missing to whole tiles is zero.
template <bool Whole>
void straightPanel(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t count, std::int64_t width)
{
    for (std::int64_t row = 0; row < count; row += kStep, to += 2 * kPairs) {
#pragma GCC unroll 8
        for (std::int64_t p = 0; p < kTile; ++p) {
            _mm_prefetch(from + (row + 2 * p + kStep) * stride, _MM_HINT_T0);
            _mm_prefetch(from + (row + 2 * p + 1 + kStep) * stride, _MM_HINT_T0);
            const Pairs pairs = pairsAt<Whole>(from, stride, row + 2 * p, count, width);
            _mm512_storeu_si512(to + p * kTile, pairs.low);
            _mm512_storeu_si512(to + kPairs + p * kTile, pairs.high);
        }
    }
}

// The same where the right matrix is transposed in memory.
void turnedPanel(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t count, std::int64_t width)
{
    for (std::int64_t at = 0; at < count; at += kStep, to += 2 * kPairs) {
        const Bf16* second = from + kTile * stride + at;
        if (width >= kStep && count - at >= kStep) {
            turnedTile<true>(to, from + at, stride, kTile, kStep);
            turnedTile<true>(to + kPairs, second, stride, kTile, kStep);
        } else {
            turnedTile<false>(to, from + at, stride, width, count - at);
            turnedTile<false>(to + kPairs, second, stride, width - kTile, count - at);
        }
    }
}

// `width` columns of `rows` rows, transposed: for each 32 of them two tiles of 16 columns each.
template <bool Whole>
void turnedLeft(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t rows, std::int64_t width)
{
    for (std::int64_t row = 0; row < rows; row += kStep, to += 2 * kPairs) {
        __m512i low[16], high[16];
#pragma GCC unroll 16
        for (int p = 0; p < 16; ++p) {
            const Pairs pairs = pairsAt<Whole>(from, stride, row + 2 * p, rows, width);
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

// 32 rows of `count` numbers, of which `rows` are there.
void straightLeft(std::uint32_t* to, const Bf16* from, std::int64_t stride, std::int64_t rows, std::int64_t count)
{
    for (std::int64_t at = 0; at < count; at += kStep)
        for (std::int64_t row = 0; row < kStep; ++row, to += kTile)
            _mm512_storeu_si512(to, row < rows ? loaded<false>(from + row * stride + at, count - at) : _mm512_setzero_si512());
}

}  // namespace

}  // namespace taskfold::model::tiles
