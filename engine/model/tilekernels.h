// Part of tileproduct.cpp: the sums of one block.

#include "engine/model/tilepacking.h"

namespace taskfold::model::tiles {

namespace {

// By tiles. One is 16 rows of 64 bytes. TDPBF16PS adds to a tile of 16 x 16 sums the products of 16 rows of 32 numbers with 32
// rows of 16, the latter as 16 rows of pairs (Intel's Architecture Instruction Set Extensions, chapter 3).

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

// The thread's tiles are ours as long as this lives, if they are `wanted`. Tiles 0 to 3 are sums, 4 and 5 the left matrix, 6 and 7
// the panel.
class Tiles {
public:
    explicit Tiles(bool wanted) : m_wanted(wanted)
    {
        const Config config;
        if (wanted)
            __asm__ volatile("ldtilecfg %0" : : "m"(config));
    }
    ~Tiles()
    {
        if (m_wanted)
            _tile_release();
    }
    Tiles(const Tiles&) = delete;
    Tiles& operator=(const Tiles&) = delete;

private:
    const bool m_wanted;
};

inline void fetchTile(const std::uint32_t* tile)
{
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i)
        _mm_prefetch(tile + i * kTile, _MM_HINT_T0);
}

// sums [32][32] = (or += where it `goesOn`) 32 packed rows times the panel: 2 x 2 tiles, each that is loaded is used twice. Both
// matrices come from the second cache one step ahead:
// where another thread has half of the core, loads of tiles would wait for it.
void blockByTiles(
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
    for (std::int64_t s = 0; s < steps; ++s, left += 2 * kUnits, panel += 2 * kUnits) {
        _tile_loadd(6, panel, 64);
        _tile_loadd(4, left, 64);
        fetchTile(left + 2 * kUnits);
        _tile_dpbf16ps(0, 4, 6);
        fetchTile(panel + 2 * kUnits);
        _tile_loadd(7, panel + kUnits, 64);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, left + kUnits, 64);
        fetchTile(left + 3 * kUnits);
        _tile_dpbf16ps(2, 5, 6);
        fetchTile(panel + 3 * kUnits);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, row);
    _tile_stored(1, sums + kTile, row);
    _tile_stored(2, sums + kTile * kStep, row);
    _tile_stored(3, sums + kTile * kStep + kTile, row);
}

// By vectors: 16 sums get the products of one unit of a row with 16 columns' units: of pairs VDPBF16PS (the same, chapter 2), of
// single numbers a fused multiplication and addition. So many rows of 32 columns have their sums in registers.
constexpr int kRowsAtOnce = 11;
// After so many steps sums of fp32 begin anew and are added up: rounding errors of one long sum grow with its length.
constexpr std::int64_t kChain = 8;

inline __m512 added(__m512 sums, __m512i a, __m512i b, const Bf16*)
{
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}

inline __m512 added(__m512 sums, __m512i a, __m512i b, const float*)
{
    return _mm512_fmadd_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b), sums);
}

template <typename T, int R>
inline void rowsByVectors(const std::uint32_t* left, const std::uint32_t* panel, std::int64_t steps, float* sums, bool goesOn)
{
    constexpr const T* kind = nullptr;
    __m512 low[R], high[R];
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
        low[r] = _mm512_setzero_ps();
        high[r] = _mm512_setzero_ps();
    }
    for (std::int64_t s = 0; s < steps; ++s, left += 2 * kUnits, panel += 2 * kUnits) {
        for (int p = 0; p < kTile; ++p) {
            const __m512i first = _mm512_loadu_si512(panel + p * kTile), second = _mm512_loadu_si512(panel + kUnits + p * kTile);
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r) {
                const __m512i unit = _mm512_set1_epi32(static_cast<int>(left[r * kTile + p]));
                low[r] = added(low[r], unit, first, kind);
                high[r] = added(high[r], unit, second, kind);
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
        float* to = sums + r * kStep;
        _mm512_store_ps(to, goesOn ? _mm512_add_ps(_mm512_load_ps(to), low[r]) : low[r]);
        _mm512_store_ps(to + kTile, goesOn ? _mm512_add_ps(_mm512_load_ps(to + kTile), high[r]) : high[r]);
    }
}

// As blockByTiles, of the first `rows`.
template <typename T>
void blockByVectors(
    const std::uint32_t* left, const std::uint32_t* panel, std::int64_t steps, float* sums, bool goesOn, std::int64_t rows)
{
    std::int64_t row = 0;
    for (; rows - row >= kRowsAtOnce; row += kRowsAtOnce)
        rowsByVectors<T, kRowsAtOnce>(left + row * kTile, panel, steps, sums + row * kStep, goesOn);
    const std::uint32_t* at = left + row * kTile;
    float* to = sums + row * kStep;
    switch ((rows - row + 1) / 2) {  // one too many at most
    case 5: return rowsByVectors<T, 10>(at, panel, steps, to, goesOn);
    case 4: return rowsByVectors<T, 8>(at, panel, steps, to, goesOn);
    case 3: return rowsByVectors<T, 6>(at, panel, steps, to, goesOn);
    case 2: return rowsByVectors<T, 4>(at, panel, steps, to, goesOn);
    case 1: return rowsByVectors<T, 2>(at, panel, steps, to, goesOn);
    default: break;
    }
}

}  // namespace

}  // namespace taskfold::model::tiles
