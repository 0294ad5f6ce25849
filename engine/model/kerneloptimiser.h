// Part of kernelbody.h: the optimiser's passes over whole buffers.

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

template <typename R, typename O>
double sumSquares(const O* x, std::int64_t count)
{
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto value = static_cast<double>(real(x[i]));
        sum += value * value;
    }
    return sum;
}

// What one step's numbers are made of, in R.
template <typename R>
struct AdamNumbers {
    R b1, b2, rest1, rest2, epsilon, scale, keep, step, turn;

    explicit AdamNumbers(const AdamSettings& settings)
        : b1(R(settings.beta1)), b2(R(settings.beta2)), rest1(R(1 - settings.beta1)), rest2(R(1 - settings.beta2)), epsilon(R(settings.epsilon))
        , scale(R(settings.scale)), keep(R(1 - settings.rate * settings.decay)), step(R(settings.rate / settings.correction1))
        , turn(R(1) / root(R(settings.correction2)))
    {
    }
};

#ifdef __AVX512F__
inline __m512 loadedSome(const float* from, __mmask16 lanes)
{
    return _mm512_maskz_loadu_ps(lanes, from);
}
inline __m512 loadedSome(const Bf16* from, __mmask16 lanes)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, from)), 16));
}
inline void putSome(float* to, __m512 x, __mmask16 lanes)
{
    _mm512_mask_storeu_ps(to, lanes, x);
}
inline void putSome(Bf16* to, __m512 x, __mmask16 lanes)
{
    const __m512i bits = _mm512_castps_si512(x);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i high = _mm512_srli_epi32(_mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7FFF)), odd), 16);
    high = _mm512_mask_mov_epi32(high, _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q), _mm512_set1_epi32(0x7FC0));
    _mm256_mask_storeu_epi16(to, lanes, _mm512_cvtepi32_epi16(high));
}

// x / y to the last bit or the one before: processors divide a vector slowly, and two threads of a core one after the other.
inline __m512 quotient(__m512 x, __m512 y)
{
    const __m512 two = _mm512_set1_ps(2);
    __m512 inverse = _mm512_rcp14_ps(y);
    inverse = _mm512_mul_ps(inverse, _mm512_fnmadd_ps(y, inverse, two));
    const __m512 near = _mm512_mul_ps(x, inverse);
    const __m512 found = _mm512_fmadd_ps(_mm512_fnmadd_ps(near, y, x), inverse, near);
    const __mmask16 odd = _mm512_cmp_ps_mask(y, _mm512_set1_ps(1e30F), _CMP_NLT_UQ) | _mm512_cmp_ps_mask(y, _mm512_set1_ps(1e-30F), _CMP_NGT_UQ);
    return odd == 0 ? found : _mm512_mask_div_ps(found, odd, x, y);
}

// The same whichever thread's range a number is in: the end of a range is a vector with fewer lanes.
template <typename O>
void adamVectors(float* weight, const O* gradient, float* first, float* second, O* copy, std::int64_t count, const AdamNumbers<float>& with)
{
    const auto all = [](float x) { return _mm512_set1_ps(x); };
    for (std::int64_t i = 0; i < count; i += 16) {
        const auto lanes = static_cast<__mmask16>(count - i >= 16 ? 0xFFFFU : (1U << (count - i)) - 1U);
        const __m512 g = _mm512_mul_ps(all(with.scale), loadedSome(gradient + i, lanes));
        const __m512 m = _mm512_fmadd_ps(all(with.b1), loadedSome(first + i, lanes), _mm512_mul_ps(all(with.rest1), g));
        const __m512 v = _mm512_fmadd_ps(
            all(with.b2), loadedSome(second + i, lanes), _mm512_mul_ps(_mm512_mul_ps(all(with.rest2), g), g));
        const __m512 size = _mm512_fmadd_ps(_mm512_sqrt_ps(v), all(with.turn), all(with.epsilon));
        const __m512 step = quotient(_mm512_mul_ps(all(with.step), m), size);
        const __m512 w = _mm512_fmsub_ps(all(with.keep), loadedSome(weight + i, lanes), step);
        putSome(first + i, m, lanes);
        putSome(second + i, v, lanes);
        putSome(weight + i, w, lanes);
        if (copy != nullptr)
            putSome(copy + i, w, lanes);
    }
}
#endif

// Loshchilov and Hutter 2019, as torch.optim.AdamW computes it. `copy` may be where the gradient lies.
template <typename R, typename O>
void adamW(R* weight, const O* gradient, R* first, R* second, O* copy, std::int64_t count, const AdamSettings& settings)
{
    const AdamNumbers<R> with(settings);
#ifdef __AVX512F__
    if constexpr (sizeof(R) == sizeof(float))
        return adamVectors(weight, gradient, first, second, copy, count, with);
#endif
    for (std::int64_t i = 0; i < count; ++i) {
        const R g = with.scale * real(gradient[i]);
        const R m = with.b1 * first[i] + with.rest1 * g;
        const R v = with.b2 * second[i] + with.rest2 * g * g;
        first[i] = m;
        second[i] = v;
        weight[i] = with.keep * weight[i] - with.step * m / (root(v) * with.turn + with.epsilon);
    }
    if (copy != nullptr)
        for (std::int64_t i = 0; i < count; ++i)
            put(copy[i], weight[i]);
}

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
