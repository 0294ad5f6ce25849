// Part of kernelbody.h: products whose shapes are too small or too narrow for libtorch's.

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

inline Vector<float>::type loadedReal(const float* from)
{
    return loaded(from);
}
inline Vector<double>::type loadedReal(const double* from)
{
    return loaded(from);
}
inline Vector<float>::type loadedReal(const Bf16* from)
{
    typedef std::uint16_t Narrow __attribute__((vector_size(32), aligned(2), may_alias));
    typedef std::uint32_t Wide __attribute__((vector_size(64)));
    const Wide bits = __builtin_convertvector(*reinterpret_cast<const Narrow*>(from), Wide) << 16;
    Vector<float>::type value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

inline float sumOf(Vector<float>::type v)
{
    typedef float Half __attribute__((vector_size(32)));
    typedef float Quarter __attribute__((vector_size(16)));
    const Half h = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    const Quarter q = __builtin_shufflevector(h, h, 0, 1, 2, 3) + __builtin_shufflevector(h, h, 4, 5, 6, 7);
    return (q[0] + q[2]) + (q[1] + q[3]);
}
inline double sumOf(Vector<double>::type v)
{
    return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

#ifdef __AVX512F__
constexpr int kTileRows = 6, kTileOutputs = 4;  // 24 sums in 32 registers
#else
constexpr int kTileRows = 2, kTileOutputs = 2;
#endif

template <typename R, typename O, int Rows, int Outputs>
inline void rowTile(O* out, std::int64_t outStride, const R* x, std::int64_t xStride, const O* w, std::int64_t size)
{
    using V = typename Vector<R>::type;
    constexpr std::int64_t lanes = Vector<R>::lanes;
    V sum[Rows][Outputs] = {};
    std::int64_t i = 0;
    for (; i + lanes <= size; i += lanes) {
        V weight[Outputs];
#pragma GCC unroll 8
        for (int j = 0; j < Outputs; ++j)
            weight[j] = loadedReal(w + j * size + i);
#pragma GCC unroll 8
        for (int j = 0; j < Outputs; ++j)
            __builtin_prefetch(w + (Outputs + j) * size + i);  // the next ones; beyond the end it does nothing
#pragma GCC unroll 8
        for (int n = 0; n < Rows; ++n) {
            const V value = loaded(x + n * xStride + i);
#pragma GCC unroll 8
            for (int j = 0; j < Outputs; ++j)
                sum[n][j] += value * weight[j];
        }
    }
#pragma GCC unroll 8
    for (int n = 0; n < Rows; ++n)
#pragma GCC unroll 8
        for (int j = 0; j < Outputs; ++j) {
            R all = sumOf(sum[n][j]);
            for (std::int64_t k = i; k < size; ++k)
                all += x[n * xStride + k] * real(w[j * size + k]);
            put(out[n * outStride + j], all);
        }
}

template <typename R, typename O, int Outputs>
inline void rowTiles(
    O* out, std::int64_t outStride, const R* x, std::int64_t xStride, const O* w, std::int64_t rows, std::int64_t size)
{
    std::int64_t n = 0;
    for (; n + kTileRows <= rows; n += kTileRows)
        rowTile<R, O, kTileRows, Outputs>(out + n * outStride, outStride, x + n * xStride, xStride, w, size);
    for (; n + 2 <= rows; n += 2)
        rowTile<R, O, 2, Outputs>(out + n * outStride, outStride, x + n * xStride, xStride, w, size);
    for (; n < rows; ++n)
        rowTile<R, O, 1, Outputs>(out + n * outStride, outStride, x + n * xStride, xStride, w, size);
}

// The rows as R: what they are already, or a copy.
inline const float* widened(const float* x, std::int64_t& /*stride*/, std::int64_t /*rows*/, std::int64_t /*size*/)
{
    return x;
}
inline const double* widened(const double* x, std::int64_t& /*stride*/, std::int64_t /*rows*/, std::int64_t /*size*/)
{
    return x;
}
inline const float* widened(const Bf16* x, std::int64_t& stride, std::int64_t rows, std::int64_t size)
{
    static thread_local Scratch<float> scratch;
    float* wide = scratch.atLeast(rows * size);
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = 0; i < size; ++i)
            wide[n * size + i] = real(x[n * stride + i]);
    stride = size;
    return wide;
}

template <typename R, typename O>
void fewRows(O* out, std::int64_t outStride, const O* x, std::int64_t xStride, const O* w, std::int64_t rows, std::int64_t from,
    std::int64_t to, std::int64_t size)
{
    const R* values = widened(x, xStride, rows, size);
    std::int64_t j = from;
    for (; j + kTileOutputs <= to; j += kTileOutputs)
        rowTiles<R, O, kTileOutputs>(out + j, outStride, values, xStride, w + j * size, rows, size);
    for (; j < to; ++j)
        rowTiles<R, O, 1>(out + j, outStride, values, xStride, w + j * size, rows, size);
}

#ifdef __AVX512F__
constexpr int kOuterLeft = 8, kOuterRight = 2;
#else
constexpr int kOuterLeft = 4, kOuterRight = 1;
#endif

template <typename R, typename O, int Left, int Right>
inline void outerTile(O* out, std::int64_t leftStep, std::int64_t rightStep, const R* left, std::int64_t leftStride,
    const O* right, std::int64_t rightStride, std::int64_t rows, R scale)
{
    using V = typename Vector<R>::type;
    constexpr std::int64_t lanes = Vector<R>::lanes;
    V sum[Left][Right] = {};
    for (std::int64_t n = 0; n < rows; ++n) {
#pragma GCC unroll 8
        for (int i = 0; i < Right; ++i) {
            const V values = loadedReal(right + n * rightStride + i * lanes);
#pragma GCC unroll 8
            for (int j = 0; j < Left; ++j)
                sum[j][i] += left[n * leftStride + j] * values;
        }
    }
    for (int j = 0; j < Left; ++j)
        for (int i = 0; i < Right; ++i)
            for (std::int64_t k = 0; k < lanes; ++k) {
                O& to = out[j * leftStep + (i * lanes + k) * rightStep];
                put(to, real(to) + scale * sum[j][i][k]);
            }
}

template <typename R, typename O, int Left>
inline void outerTiles(O* out, std::int64_t leftStep, std::int64_t rightStep, const R* left, std::int64_t leftStride,
    const O* right, std::int64_t rightStride, std::int64_t from, std::int64_t to, std::int64_t rows, R scale)
{
    constexpr std::int64_t lanes = Vector<R>::lanes;
    std::int64_t i = from;
    for (; i + kOuterRight * lanes <= to; i += kOuterRight * lanes)
        outerTile<R, O, Left, kOuterRight>(
            out + i * rightStep, leftStep, rightStep, left, leftStride, right + i, rightStride, rows, scale);
    for (; i < to; ++i)
        for (int j = 0; j < Left; ++j) {
            R sum = 0;
            for (std::int64_t n = 0; n < rows; ++n)
                sum += left[n * leftStride + j] * real(right[n * rightStride + i]);
            O& at = out[j * leftStep + i * rightStep];
            put(at, real(at) + scale * sum);
        }
}

template <typename R, typename O>
void outer(O* out, std::int64_t leftStep, std::int64_t rightStep, const O* left, std::int64_t leftStride, std::int64_t leftCount,
    const O* right, std::int64_t rightStride, std::int64_t from, std::int64_t to, std::int64_t rows, R scale)
{
    const R* values = widened(left, leftStride, rows, leftCount);
    std::int64_t j = 0;
    for (; j + kOuterLeft <= leftCount; j += kOuterLeft)
        outerTiles<R, O, kOuterLeft>(
            out + j * leftStep, leftStep, rightStep, values + j, leftStride, right, rightStride, from, to, rows, scale);
    for (; j < leftCount; ++j)
        outerTiles<R, O, 1>(
            out + j * leftStep, leftStep, rightStep, values + j, leftStride, right, rightStride, from, to, rows, scale);
}

// Measured with the 135M model's matrices in fp32 with AVX-512: 1.6 times libtorch's speed at 96 rows, 1.1 times at 512. Where
// the weights are widened or the registers few it pays while reading the weights is what takes the time.
template <typename R, typename O>
constexpr std::int64_t fewRowsUpTo = kTileRows > 2 && sizeof(R) == sizeof(O) ? 512 : 16;

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
