// Part of kernelbody.h: numbers, vectors and a small matrix product.

#include "engine/model/kernelscratch.h"

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

inline float real(float x)
{
    return x;
}
inline double real(double x)
{
    return x;
}
inline float real(Bf16 x)
{
    const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

inline void put(float& to, float x)
{
    to = x;
}
inline void put(double& to, double x)
{
    to = x;
}
// To the nearest, ties to even; not-a-number stays one.
inline void put(Bf16& to, float x)
{
    std::uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
    to.bits = static_cast<std::uint16_t>(x == x ? rounded : 0x7FC0U);
}

#ifdef __FMA__
// Cody and Waite's reduction, then a polynomial (Cephes' expf): within 2 ulp, at least 1e-38. Without a branch, so that loops
// become vectors; built on fma, which no optimiser reorders.
inline float exponential(float x)
{
    x = x > 88.3F ? 88.3F : x;
    x = x < -87.3F ? -87.3F : x;
    const float scaled = x * 1.44269504F;
    const auto whole = static_cast<std::int32_t>(scaled + __builtin_copysignf(0.5F, scaled));
    const auto n = static_cast<float>(whole);
    float r = __builtin_fmaf(n, -0.693359375F, x);
    r = __builtin_fmaf(n, 2.12194440e-4F, r);
    float p = 1.9875691500e-4F;
    p = __builtin_fmaf(p, r, 1.3981999507e-3F);
    p = __builtin_fmaf(p, r, 8.3334519073e-3F);
    p = __builtin_fmaf(p, r, 4.1665795894e-2F);
    p = __builtin_fmaf(p, r, 1.6666665459e-1F);
    p = __builtin_fmaf(p, r, 5.0000001201e-1F);
    p = __builtin_fmaf(p, r * r, r + 1.0F);
    const std::uint32_t bits = static_cast<std::uint32_t>(whole + 127) << 23;
    float power;
    __builtin_memcpy(&power, &bits, sizeof power);
    return p * power;
}
#else
inline float exponential(float x)
{
    return __builtin_expf(x);
}
#endif
inline double exponential(double x)
{
    return __builtin_exp(x);
}
inline float logarithm(float x)
{
    return __builtin_logf(x);
}
inline double logarithm(double x)
{
    return __builtin_log(x);
}
inline float root(float x)
{
    return __builtin_sqrtf(x);
}
inline double root(double x)
{
    return __builtin_sqrt(x);
}

template <typename R>
struct Vector {
    typedef R type __attribute__((vector_size(64), aligned(sizeof(R)), may_alias));
    static constexpr std::int64_t lanes = 64 / sizeof(R);
};

template <typename R>
inline typename Vector<R>::type loaded(const R* from)
{
    return *reinterpret_cast<const typename Vector<R>::type*>(from);
}

template <typename R, int Rows, int Columns>
inline void tile(R* c, std::int64_t ldc, const R* a, std::int64_t lda, const R* b, std::int64_t ldb, std::int64_t k, bool add)
{
    using V = typename Vector<R>::type;
    constexpr std::int64_t lanes = Vector<R>::lanes;
    V sum[Rows][Columns];
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < Columns; ++j)
            sum[i][j] = add ? loaded(c + i * ldc + j * lanes) : V{};
    for (std::int64_t p = 0; p < k; ++p) {
#pragma GCC unroll 8
        for (int j = 0; j < Columns; ++j) {
            const V right = loaded(b + p * ldb + j * lanes);
#pragma GCC unroll 8
            for (int i = 0; i < Rows; ++i)
                sum[i][j] += a[i * lda + p] * right;
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 8
        for (int j = 0; j < Columns; ++j)
            *reinterpret_cast<V*>(c + i * ldc + j * lanes) = sum[i][j];
}

template <typename R, int Rows>
inline void tiles(
    R* c, std::int64_t ldc, const R* a, std::int64_t lda, const R* b, std::int64_t ldb, std::int64_t n, std::int64_t k, bool add)
{
    constexpr std::int64_t lanes = Vector<R>::lanes;
    std::int64_t j = 0;
    for (; j + 4 * lanes <= n; j += 4 * lanes)
        tile<R, Rows, 4>(c + j, ldc, a, lda, b + j, ldb, k, add);
    for (; j + lanes <= n; j += lanes)
        tile<R, Rows, 1>(c + j, ldc, a, lda, b + j, ldb, k, add);
    for (; j < n; ++j) {
        for (int i = 0; i < Rows; ++i) {
            R sum = add ? c[i * ldc + j] : R(0);
            for (std::int64_t p = 0; p < k; ++p)
                sum += a[i * lda + p] * b[p * ldb + j];
            c[i * ldc + j] = sum;
        }
    }
}

// c [m, n] (+)= a [m, k] b [k, n]; rows of memory.
template <typename R>
void product(R* c, std::int64_t ldc, const R* a, std::int64_t lda, const R* b, std::int64_t ldb, std::int64_t m,
    std::int64_t n, std::int64_t k, bool add)
{
    std::int64_t i = 0;
    for (; i + 4 <= m; i += 4)
        tiles<R, 4>(c + i * ldc, ldc, a + i * lda, lda, b, ldb, n, k, add);
    for (; i < m; ++i)
        tiles<R, 1>(c + i * ldc, ldc, a + i * lda, lda, b, ldb, n, k, add);
}

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
