// Part of kernelbody.h: what is done row by row.

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

// Zhang and Sennrich 2019.
template <typename R, typename O>
void norm(const R* x, const O* added, const R* weight, R epsilon, R* sum, O* y, R* inverse, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n, x += size, sum += size, y += size) {
        R squares = 0;
        if (added != nullptr) {
            for (std::int64_t i = 0; i < size; ++i) {
                const R value = x[i] + real(added[i]);
                sum[i] = value;
                squares += value * value;
            }
            added += size;
        } else {
            for (std::int64_t i = 0; i < size; ++i)
                squares += x[i] * x[i];
            if (sum != x)
                for (std::int64_t i = 0; i < size; ++i)
                    sum[i] = x[i];
        }
        const R r = R(1) / root(squares / R(size) + epsilon);
        inverse[n] = r;
        for (std::int64_t i = 0; i < size; ++i)
            put(y[i], sum[i] * r * weight[i]);
    }
}

template <typename R, typename O>
void normAgain(const R* x, const R* inverse, const R* weight, O* y, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = 0; i < size; ++i)
            put(y[n * size + i], x[n * size + i] * inverse[n] * weight[i]);
}

template <typename R, typename O>
void normBackward(
    const O* dy, const R* x, const R* inverse, const R* weight, R* dx, O* out, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n, dy += size, x += size, dx += size) {
        R along = 0;
        for (std::int64_t i = 0; i < size; ++i)
            along += real(dy[i]) * weight[i] * x[i];
        const R r = inverse[n];
        const R pull = along * r * r * r / R(size);
        for (std::int64_t i = 0; i < size; ++i)
            dx[i] += r * real(dy[i]) * weight[i] - pull * x[i];
        if (out != nullptr)
            for (std::int64_t i = 0; i < size; ++i)
                put(out[n * size + i], dx[i]);
    }
}

template <typename R, typename O>
void normWeight(const O* dy, const R* x, const R* inverse, R* dw, std::int64_t rows, std::int64_t size, std::int64_t from,
    std::int64_t to)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = from; i < to; ++i)
            dw[i] += real(dy[n * size + i]) * x[n * size + i] * inverse[n];
}

template <typename R, typename O>
void headNorm(O* x, std::int64_t stride, const R* weight, R epsilon, O* kept, std::int64_t keptStride, R* inverse,
    std::int64_t rows, std::int64_t heads, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t h = 0; h < heads; ++h) {
            O* row = x + n * stride + h * size;
            R squares = 0;
            for (std::int64_t i = 0; i < size; ++i)
                squares += real(row[i]) * real(row[i]);
            const R r = R(1) / root(squares / R(size) + epsilon);
            if (kept != nullptr) {
                inverse[n * heads + h] = r;
                for (std::int64_t i = 0; i < size; ++i)
                    kept[n * keptStride + h * size + i] = row[i];
            }
            for (std::int64_t i = 0; i < size; ++i)
                put(row[i], real(row[i]) * r * weight[i]);
        }
}

template <typename R, typename O>
void headNormBackward(O* dx, std::int64_t stride, const R* weight, const O* kept, std::int64_t keptStride,
    const R* inverse, R* dw, std::int64_t rows, std::int64_t heads, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t h = 0; h < heads; ++h) {
            O* row = dx + n * stride + h * size;
            const O* x = kept + n * keptStride + h * size;
            const R r = inverse[n * heads + h];
            R along = 0;
            for (std::int64_t i = 0; i < size; ++i)
                along += real(row[i]) * weight[i] * real(x[i]);
            const R pull = along * r * r * r / R(size);
            for (std::int64_t i = 0; i < size; ++i) {
                const R dy = real(row[i]);
                if (dw != nullptr)
                    dw[i] += dy * real(x[i]) * r;
                put(row[i], r * dy * weight[i] - pull * real(x[i]));
            }
        }
}

template <typename R, typename O>
void rope(O* x, std::int64_t stride, const std::int64_t* positions, const R* cosine, const R* sine, std::int64_t rows,
    std::int64_t heads, std::int64_t size, R direction)
{
    const std::int64_t half = size / 2;
    for (std::int64_t n = 0; n < rows; ++n) {
        const R* c = cosine + positions[n] * half;
        const R* s = sine + positions[n] * half;
        for (std::int64_t h = 0; h < heads; ++h) {
            O* first = x + n * stride + h * size;
            O* second = first + half;
            for (std::int64_t i = 0; i < half; ++i) {
                const R a = real(first[i]);
                const R b = real(second[i]);
                put(first[i], a * c[i] - direction * b * s[i]);
                put(second[i], b * c[i] + direction * a * s[i]);
            }
        }
    }
}

template <typename R, typename O>
void addBias(O* x, std::int64_t stride, const R* bias, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = 0; i < size; ++i)
            put(x[n * stride + i], real(x[n * stride + i]) + bias[i]);
}

template <typename R, typename O>
void biasGradient(const O* dx, std::int64_t stride, R* gradient, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = 0; i < size; ++i)
            gradient[i] += real(dx[n * stride + i]);
}

template <typename R, typename O>
void swiglu(const O* gateUp, O* m, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n) {
        const O* gate = gateUp + n * 2 * size;
        const O* up = gate + size;
#pragma GCC ivdep
        for (std::int64_t i = 0; i < size; ++i) {
            const R g = real(gate[i]);
            put(m[n * size + i], g / (R(1) + exponential(-g)) * real(up[i]));
        }
    }
}

template <typename R, typename O>
void swigluBackward(O* gateUp, const O* dm, std::int64_t rows, std::int64_t size)
{
    for (std::int64_t n = 0; n < rows; ++n) {
        O* gate = gateUp + n * 2 * size;
        O* up = gate + size;
#pragma GCC ivdep
        for (std::int64_t i = 0; i < size; ++i) {
            const R g = real(gate[i]);
            const R u = real(up[i]);
            const R d = real(dm[n * size + i]);
            const R sigmoid = R(1) / (R(1) + exponential(-g));
            put(gate[i], d * u * sigmoid * (R(1) + g * (R(1) - sigmoid)));
            put(up[i], d * g * sigmoid);
        }
    }
}

template <typename R, typename O>
void convert(const R* x, O* y, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        put(y[i], x[i]);
}

template <typename R, typename O>
void lowRank(O* out, std::int64_t outStride, const O* u, std::int64_t uStride, const R* b, R scale, std::int64_t rows,
    std::int64_t rank, std::int64_t size)
{
    constexpr std::int64_t kRows = 16, kColumns = 256;
    static thread_local Scratch<R> scratch;
    R* left = scratch.atLeast(kRows * rank + kRows * kColumns);
    R* sums = left + kRows * rank;
    for (std::int64_t n = 0; n < rows; n += kRows) {
        const std::int64_t count = rows - n < kRows ? rows - n : kRows;
        for (std::int64_t i = 0; i < count; ++i)
            for (std::int64_t r = 0; r < rank; ++r)
                left[i * rank + r] = scale * real(u[(n + i) * uStride + r]);
        for (std::int64_t j = 0; j < size; j += kColumns) {
            const std::int64_t wide = size - j < kColumns ? size - j : kColumns;
            product<R>(sums, kColumns, left, rank, b + j, size, count, wide, rank, false);
            for (std::int64_t i = 0; i < count; ++i) {
                O* to = out + (n + i) * outStride + j;
                for (std::int64_t k = 0; k < wide; ++k)
                    put(to[k], real(to[k]) + sums[i * kColumns + k]);
            }
        }
    }
}

template <typename R, typename O>
R crossEntropy(O* logits, std::int64_t vocabulary, const std::int64_t* targets, const R* weights, R* losses,
    std::int64_t count, bool gradient)
{
    R most = real(logits[0]);
    for (std::int64_t i = 1; i < vocabulary; ++i) {
        const R value = real(logits[i]);
        most = value > most ? value : most;
    }
    // By blocks: in one fp32 sum the many unlikely tokens would vanish beside a likely one.
    constexpr std::int64_t kBlock = 512;
    double sum = 0;
    for (std::int64_t from = 0; from < vocabulary; from += kBlock) {
        const std::int64_t to = from + kBlock < vocabulary ? from + kBlock : vocabulary;
        R part = 0;
        for (std::int64_t i = from; i < to; ++i)
            part += exponential(real(logits[i]) - most);
        sum += static_cast<double>(part);
    }
    const R lse = static_cast<R>(static_cast<double>(most) + logarithm(sum));
    R all = 0;
    for (std::int64_t t = 0; t < count; ++t) {
        losses[t] = lse - real(logits[targets[t]]);
        all += gradient ? weights[t] : R(0);
    }
    if (!gradient)
        return lse;
    // A target's own place is taken in full precision: p - 1 would lose it where p is near 1.
    static thread_local Scratch<R> scratch;
    R* own = scratch.atLeast(count);
    for (std::int64_t t = 0; t < count; ++t)
        own[t] = all * exponential(real(logits[targets[t]]) - lse);
    for (std::int64_t i = 0; i < vocabulary; ++i)
        put(logits[i], all * exponential(real(logits[i]) - lse));
    for (std::int64_t t = 0; t < count; ++t) {
        R value = own[t];
        for (std::int64_t other = 0; other < count; ++other)
            value -= targets[other] == targets[t] ? weights[other] : R(0);
        put(logits[targets[t]], value);
    }
    return lse;
}

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
