#pragma once

#include <cstdint>

/// Loops over raw memory where libtorch is slow or wasteful on small shapes. No torch, no threads: the caller gives each
/// thread its range. Built for several instruction sets; the best one that the machine has is taken.
namespace taskfold::model::kernels {

struct Bf16 {
    std::uint16_t bits = 0;
};

/// Tokens that follow one another, and what comes before them: `ranges` of key slots, in order of position from 0.
/// Their own keys lie from `slot` on.
struct Segment {
    std::int64_t begin = 0, end = 0;  // of the tokens that are computed
    std::int64_t slot = 0;
    std::int64_t position = 0;  // of the first; so many keys the ranges hold
    std::int64_t firstRange = 0, ranges = 0;
};

struct Range {
    std::int64_t begin = 0, end = 0;  // of key slots
};

/// Queries, keys and values by token; `stride` numbers from one to the next. Heads lie one behind the other.
template <typename O>
struct Heads {
    const O* query = nullptr;  // by token
    const O* key = nullptr;  // by slot
    const O* value = nullptr;
    std::int64_t queryStride = 0, keyStride = 0;
    std::int64_t heads = 0, keyHeads = 0, size = 0;
    std::int64_t window = 0;  // a query sees so many keys, itself included; 0: all
    const Segment* segments = nullptr;
    const Range* ranges = nullptr;
};

/// What AdamW needs beside the buffers.
struct AdamSettings {
    double rate = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0;
    double scale = 1;  // of the gradient: clipping
    double correction1 = 1, correction2 = 1;
};

/// R: what is summed in and kept (float, double). O: operands and results of matrix products (R, or Bf16).
template <typename R, typename O>
struct Set {
    /// sum = x + added (added may be null, sum may be x); y = sum / rms * weight; inverse = 1 / rms.
    void (*norm)(const R* x, const O* added, const R* weight, R epsilon, R* sum, O* y, R* inverse, std::int64_t rows,
        std::int64_t size);
    /// y again, from what `norm` kept.
    void (*normAgain)(const R* x, const R* inverse, const R* weight, O* y, std::int64_t rows, std::int64_t size);
    /// dx += the norm's gradient; with `out` also a copy as O.
    void (*normBackward)(const O* dy, const R* x, const R* inverse, const R* weight, R* dx, O* out, std::int64_t rows,
        std::int64_t size);
    /// dw[from, to) += over all rows.
    void (*normWeight)(const O* dy, const R* x, const R* inverse, R* dw, std::int64_t rows, std::int64_t size,
        std::int64_t from, std::int64_t to);
    /// Each head of x by its own rms, in place; kept: x as it was, inverse [rows, heads]. (Qwen3)
    void (*headNorm)(O* x, std::int64_t stride, const R* weight, R epsilon, O* kept, std::int64_t keptStride, R* inverse,
        std::int64_t rows, std::int64_t heads, std::int64_t size);
    /// dx in place; dw += over these rows and heads.
    void (*headNormBackward)(O* dx, std::int64_t stride, const R* weight, const O* kept, std::int64_t keptStride,
        const R* inverse, R* dw, std::int64_t rows, std::int64_t heads, std::int64_t size);
    /// Turns the first `heads` heads of each row by its position; direction -1 turns back. Tables [context, size / 2].
    void (*rope)(O* x, std::int64_t stride, const std::int64_t* positions, const R* cosine, const R* sine,
        std::int64_t rows, std::int64_t heads, std::int64_t size, R direction);
    void (*addBias)(O* x, std::int64_t stride, const R* bias, std::int64_t rows, std::int64_t size);
    void (*biasGradient)(const O* dx, std::int64_t stride, R* gradient, std::int64_t rows, std::int64_t size);
    /// m = silu(gate) * up; gateUp [rows, 2 * size], the gate first.
    void (*swiglu)(const O* gateUp, O* m, std::int64_t rows, std::int64_t size);
    /// gateUp becomes its gradient.
    void (*swigluBackward)(O* gateUp, const O* dm, std::int64_t rows, std::int64_t size);
    void (*convert)(const R* x, O* y, std::int64_t count);
    /// out[n][j] += scale * sum over r of u[n][r] * b[r][j].
    void (*lowRank)(O* out, std::int64_t outStride, const O* u, std::int64_t uStride, const R* b, R scale,
        std::int64_t rows, std::int64_t rank, std::int64_t size);
    /// out[n][j] = sum over i of x[n][i] * w[j][i], for j in [from, to): weights [outputs, size] that are read once, in their
    /// order. For few rows, where reading them is what takes the time.
    void (*fewRows)(O* out, std::int64_t outStride, const O* x, std::int64_t xStride, const O* w, std::int64_t rows,
        std::int64_t from, std::int64_t to, std::int64_t size);
    /// So many rows are few: up to there it is faster than libtorch's product.
    std::int64_t fewRowsUpTo;

    /// out[j * leftStep + i * rightStep] += scale * sum over n of left[n][j] * right[n][i], for all j < leftCount (a rank's
    /// few) and i in [from, to).
    void (*outer)(O* out, std::int64_t leftStep, std::int64_t rightStep, const O* left, std::int64_t leftStride,
        std::int64_t leftCount, const O* right, std::int64_t rightStride, std::int64_t from, std::int64_t to, std::int64_t rows,
        R scale);

    /// Of segments [from, to) and key head `keyHead`: result [tokens, heads * size], lse [tokens, heads].
    void (*attention)(const Heads<O>& in, O* result, R* lse, std::int64_t from, std::int64_t to, std::int64_t keyHead);
    /// Of all segments and one query head. dQuery like the queries; dKey and dValue [slots, heads * size] in R, zero at
    /// first: the sum over a group's heads is the caller's.
    void (*attentionBackward)(const Heads<O>& in, const O* result, const O* dResult, const R* lse, O* dQuery,
        std::int64_t dQueryStride, R* dKey, R* dValue, std::int64_t segments, std::int64_t head);
    /// dKey of a group's heads summed into `out` (one key head behind the other).
    void (*sumGroups)(const R* in, O* out, std::int64_t outStride, std::int64_t rows, std::int64_t heads,
        std::int64_t keyHeads, std::int64_t size);

    /// Cross-entropy of one row of logits against weighted targets. Returns log sum exp; the logits become their gradient
    /// when `gradient`. losses[i] = lse - logit of target i.
    R (*crossEntropy)(O* logits, std::int64_t vocabulary, const std::int64_t* targets, const R* weights, R* losses,
        std::int64_t count, bool gradient);

    double (*sumSquares)(const O* x, std::int64_t count);
    /// One pass. `copy`, unless null, gets the weights as O.
    void (*adamW)(R* weight, const O* gradient, R* first, R* second, O* copy, std::int64_t count,
        const AdamSettings& settings);
};

/// For <float, float>, <double, double> and <float, Bf16>.
template <typename R, typename O>
const Set<R, O>& set();

enum class InstructionSet { Plain, Avx2, Avx512 };

/// The best that this machine has, which set() is built for.
InstructionSet instructionSet();
/// Null where the machine lacks it.
template <typename R, typename O>
const Set<R, O>* setOn(InstructionSet instructions);

}  // namespace taskfold::model::kernels
