// Part of kernelbody.h: attention of segments of a tree. A segment's keys are its ancestors' and its own, gathered in
// order of position, so that the key at place j has position j.

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

namespace {

constexpr std::int64_t kQueryBlock = 32;

inline std::int64_t padded(std::int64_t count)
{
    return (count + 15) / 16 * 16;
}

// Keys or values of one head: rows [count, size] and, turned over, columns [size, ld].
template <typename R, typename O>
void gather(const O* from, std::int64_t stride, const Segment& segment, const Range* ranges, std::int64_t size, R* rows,
    R* columns, std::int64_t ld)
{
    std::int64_t at = 0;
    const auto take = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t slot = begin; slot < end; ++slot, ++at) {
            const O* source = from + slot * stride;
            if (rows != nullptr)
                for (std::int64_t i = 0; i < size; ++i)
                    rows[at * size + i] = real(source[i]);
            if (columns != nullptr)
                for (std::int64_t i = 0; i < size; ++i)
                    columns[i * ld + at] = real(source[i]);
        }
    };
    for (std::int64_t r = 0; r < segment.ranges; ++r)
        take(ranges[segment.firstRange + r].begin, ranges[segment.firstRange + r].end);
    take(segment.slot, segment.slot + segment.end - segment.begin);
    if (columns != nullptr)
        for (; at < ld; ++at)
            for (std::int64_t i = 0; i < size; ++i)
                columns[i * ld + at] = 0;
}

// [first, last] of the keys that a query at `position` sees.
inline std::int64_t firstSeen(std::int64_t position, std::int64_t window)
{
    return window > 0 && position + 1 > window ? position + 1 - window : 0;
}

template <typename R, typename O>
void takeRows(const O* from, std::int64_t stride, std::int64_t rows, std::int64_t size, R scale, R* to)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t i = 0; i < size; ++i)
            to[n * size + i] = scale * real(from[n * stride + i]);
}

template <typename R>
R softmaxRow(R* row, std::int64_t first, std::int64_t last, std::int64_t ld)
{
    R most = row[first];
    for (std::int64_t j = first + 1; j <= last; ++j)
        most = row[j] > most ? row[j] : most;
    R sum = 0;
    for (std::int64_t j = 0; j < first; ++j)
        row[j] = 0;
    for (std::int64_t j = first; j <= last; ++j) {
        row[j] = exponential(row[j] - most);
        sum += row[j];
    }
    const R inverse = R(1) / sum;
    for (std::int64_t j = first; j <= last; ++j)
        row[j] *= inverse;
    for (std::int64_t j = last + 1; j < ld; ++j)
        row[j] = 0;
    return most + logarithm(sum);
}

template <typename R, typename O>
void attention(const Heads<O>& in, O* result, R* lse, std::int64_t from, std::int64_t to, std::int64_t keyHead)
{
    static thread_local Scratch<R> scratch;
    const std::int64_t d = in.size;
    const std::int64_t group = in.heads / in.keyHeads;
    const R scale = R(1) / root(R(d));
    for (std::int64_t s = from; s < to; ++s) {
        const Segment& segment = in.segments[s];
        const std::int64_t keys = segment.position + segment.end - segment.begin;
        const std::int64_t ld = padded(keys);
        R* keyColumns = scratch.atLeast(2 * ld * d + kQueryBlock * (ld + 2 * d));
        R* values = keyColumns + ld * d;
        R* scores = values + ld * d;
        R* query = scores + kQueryBlock * ld;
        R* out = query + kQueryBlock * d;
        gather<R, O>(in.key + keyHead * d, in.keyStride, segment, in.ranges, d, nullptr, keyColumns, ld);
        gather<R, O>(in.value + keyHead * d, in.keyStride, segment, in.ranges, d, values, nullptr, ld);
        for (std::int64_t head = keyHead * group; head < (keyHead + 1) * group; ++head) {
            for (std::int64_t q = segment.begin; q < segment.end; q += kQueryBlock) {
                const std::int64_t rows = segment.end - q < kQueryBlock ? segment.end - q : kQueryBlock;
                const std::int64_t position = segment.position + q - segment.begin;
                const std::int64_t reach = position + rows < keys ? position + rows : keys;
                const std::int64_t wide = padded(reach);
                takeRows<R, O>(in.query + q * in.queryStride + head * d, in.queryStride, rows, d, scale, query);
                product<R>(scores, ld, query, d, keyColumns, ld, rows, wide, d, false);
                for (std::int64_t n = 0; n < rows; ++n) {
                    const R value = softmaxRow<R>(
                        scores + n * ld, firstSeen(position + n, in.window), position + n, wide);
                    if (lse != nullptr)
                        lse[(q + n) * in.heads + head] = value;
                }
                product<R>(out, d, scores, ld, values, d, rows, d, reach, false);
                for (std::int64_t n = 0; n < rows; ++n)
                    for (std::int64_t i = 0; i < d; ++i)
                        put(result[(q + n) * in.heads * d + head * d + i], out[n * d + i]);
            }
        }
    }
}

// rows [keys, size] of one head added to their slots.
template <typename R>
void scatter(const R* rows, const Segment& segment, const Range* ranges, std::int64_t stride, std::int64_t size, R* to)
{
    std::int64_t at = 0;
    const auto give = [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t slot = begin; slot < end; ++slot, ++at)
            for (std::int64_t i = 0; i < size; ++i)
                to[slot * stride + i] += rows[at * size + i];
    };
    for (std::int64_t r = 0; r < segment.ranges; ++r)
        give(ranges[segment.firstRange + r].begin, ranges[segment.firstRange + r].end);
    give(segment.slot, segment.slot + segment.end - segment.begin);
}

template <typename R>
void turned(const R* from, std::int64_t ld, std::int64_t rows, std::int64_t columns, R* to)
{
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t j = 0; j < columns; ++j)
            to[j * rows + n] = from[n * ld + j];
}

// Dao et al. 2022, appendix B.4: the scores are computed again from the kept log sum exp.
template <typename R, typename O>
void attentionBackward(const Heads<O>& in, const O* result, const O* dResult, const R* lse, O* dQuery,
    std::int64_t dQueryStride, R* dKey, R* dValue, std::int64_t segments, std::int64_t head)
{
    static thread_local Scratch<R> scratch;
    const std::int64_t d = in.size;
    const std::int64_t keyHead = head / (in.heads / in.keyHeads);
    const std::int64_t stride = in.heads * d;
    const R scale = R(1) / root(R(d));
    for (std::int64_t s = 0; s < segments; ++s) {
        const Segment& segment = in.segments[s];
        const std::int64_t keys = segment.position + segment.end - segment.begin;
        const std::int64_t ld = padded(keys);
        R* keyRows = scratch.atLeast(5 * ld * d + kQueryBlock * (3 * ld + 3 * d));
        R* keyColumns = keyRows + ld * d;
        R* valueColumns = keyColumns + ld * d;
        R* keySum = valueColumns + ld * d;
        R* valueSum = keySum + ld * d;
        R* scores = valueSum + ld * d;
        R* dScores = scores + kQueryBlock * ld;
        R* over = dScores + kQueryBlock * ld;
        R* query = over + kQueryBlock * ld;
        R* dOut = query + kQueryBlock * d;
        R* dq = dOut + kQueryBlock * d;
        gather<R, O>(in.key + keyHead * d, in.keyStride, segment, in.ranges, d, keyRows, keyColumns, ld);
        gather<R, O>(in.value + keyHead * d, in.keyStride, segment, in.ranges, d, nullptr, valueColumns, ld);
        for (std::int64_t i = 0; i < 2 * ld * d; ++i)
            keySum[i] = 0;
        for (std::int64_t q = segment.begin; q < segment.end; q += kQueryBlock) {
            const std::int64_t rows = segment.end - q < kQueryBlock ? segment.end - q : kQueryBlock;
            const std::int64_t position = segment.position + q - segment.begin;
            const std::int64_t reach = position + rows < keys ? position + rows : keys;
            const std::int64_t wide = padded(reach);
            takeRows<R, O>(in.query + q * in.queryStride + head * d, in.queryStride, rows, d, scale, query);
            takeRows<R, O>(dResult + q * stride + head * d, stride, rows, d, R(1), dOut);
            product<R>(scores, ld, query, d, keyColumns, ld, rows, wide, d, false);
            product<R>(dScores, ld, dOut, d, valueColumns, ld, rows, wide, d, false);
            for (std::int64_t n = 0; n < rows; ++n) {
                R along = 0;
                const O* o = result + (q + n) * stride + head * d;
                for (std::int64_t i = 0; i < d; ++i)
                    along += real(o[i]) * dOut[n * d + i];
                R* p = scores + n * ld;
                R* dp = dScores + n * ld;
                const R base = lse[(q + n) * in.heads + head];
                const std::int64_t first = firstSeen(position + n, in.window);
                const std::int64_t last = position + n;
                for (std::int64_t j = 0; j < first; ++j)
                    p[j] = dp[j] = 0;
                for (std::int64_t j = first; j <= last; ++j) {
                    p[j] = exponential(p[j] - base);
                    dp[j] = p[j] * (dp[j] - along);
                }
                for (std::int64_t j = last + 1; j < wide; ++j)
                    p[j] = dp[j] = 0;
            }
            product<R>(dq, d, dScores, ld, keyRows, d, rows, d, reach, false);
            for (std::int64_t n = 0; n < rows; ++n)
                for (std::int64_t i = 0; i < d; ++i)
                    put(dQuery[(q + n) * dQueryStride + head * d + i], scale * dq[n * d + i]);
            turned<R>(dScores, ld, rows, reach, over);
            product<R>(keySum, d, over, rows, query, d, reach, d, rows, true);  // the query carries the scale
            turned<R>(scores, ld, rows, reach, over);
            product<R>(valueSum, d, over, rows, dOut, d, reach, d, rows, true);
        }
        scatter<R>(keySum, segment, in.ranges, stride, d, dKey + head * d);
        scatter<R>(valueSum, segment, in.ranges, stride, d, dValue + head * d);
    }
}

template <typename R, typename O>
void sumGroups(const R* in, O* out, std::int64_t outStride, std::int64_t rows, std::int64_t heads, std::int64_t keyHeads,
    std::int64_t size)
{
    const std::int64_t group = heads / keyHeads;
    for (std::int64_t n = 0; n < rows; ++n)
        for (std::int64_t k = 0; k < keyHeads; ++k)
            for (std::int64_t i = 0; i < size; ++i) {
                R sum = 0;
                for (std::int64_t g = 0; g < group; ++g)
                    sum += in[(n * heads + k * group + g) * size + i];
                put(out[n * outStride + k * size + i], sum);
            }
}

}  // namespace

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
