#pragma once

#include "engine/core/processor.h"
#include "engine/model/packednet.h"
#include "engine/model/parallel.h"
#include "engine/model/tileproduct.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <type_traits>

#ifndef _OPENMP
#error "Without OpenMP at::parallel_for runs on one thread."
#endif

namespace taskfold::model {

/// What one layer keeps for its gradient.
struct LayerMemory {
    torch::Tensor inverse1, inverse2;  // [N]
    torch::Tensor queryKeyValue;  // [N, (heads + 2 keyHeads) * size], turned
    torch::Tensor before, inverseHeads;  // queries and keys before their norm (Qwen3)
    torch::Tensor attended;  // [N, heads * size]
    torch::Tensor lse;  // [N, heads]
    torch::Tensor middle;  // [N, hidden]: between attention and mlp
    torch::Tensor gateUp;  // [N, 2 * feedForward]
    torch::Tensor low;  // [N, modules * rank] with adapters
};

/// Rows [begin, end) belong to this adapter.
struct Part {
    Adapter* adapter = nullptr;
    std::int64_t begin = 0, end = 0;
};

/// The network's layers; R and O as in kernels.h. The forward half is in packedforward.cpp, the other in packedbackward.cpp,
/// adapters' products in packedlow.cpp.
template <typename R, typename O>
class PackedLayers : public PackedNet {
public:
    PackedLayers(Transformer& model, bool half);

    torch::Tensor hidden(
        const Tree& tree, Store* store, std::span<const std::int64_t> wanted, Adapter* adapter) override;
    torch::Tensor logits(const torch::Tensor& hidden) override;
    std::vector<double> logProbabilities(const torch::Tensor& hidden, std::span<const Aim> aims) override;
    Store emptyStore(std::int64_t slots) const override;
    void weightsChanged() override;
    void forgetMemory() override;
    std::vector<double> losses(
        const Tree& tree, std::span<const Aim> aims, std::span<Adapter* const> adapters, bool gradient) override;

protected:
    using Tensor = torch::Tensor;
    static constexpr bool kHalf = !std::is_same_v<R, O>;
    static constexpr torch::ScalarType kReal = std::is_same_v<R, double> ? torch::kFloat64 : torch::kFloat32;
    static constexpr torch::ScalarType kOperand = kHalf ? torch::kBFloat16 : kReal;

    static constexpr std::int64_t kRowBlock = 96;  // rows that stay in a core's second cache
    static constexpr std::int64_t kTile = 6;  // rows, see kernelfewrows.h
    static constexpr std::int64_t kOutputBlock = 64;
    static constexpr std::int64_t kRowStep = kHalf ? 32 : 1;

    static R* real(const Tensor& t) { return static_cast<R*>(t.data_ptr()); }
    static O* operand(const Tensor& t) { return static_cast<O*>(t.data_ptr()); }
    /// Runs body(from, to) over [0, count) on all threads.
    template <typename Body>
    static void rows(std::int64_t count, const Body& body)
    {
        parallelFor(0, count, 8, body);
    }
    /// Runs body(part), of which each has its own rows and adapter: where there are enough of them each thread takes whole ones,
    /// whose products are too small to be divided.
    template <typename Body>
    void eachPart(const std::vector<Part>& parts, const Body& body) const
    {
        const auto count = static_cast<std::int64_t>(parts.size());
        const auto some = [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t i = from; i < to; ++i)
                if (const Part& part = parts[static_cast<std::size_t>(i)]; part.end > part.begin)
                    body(part);
        };
        if (count < loopThreads())
            some(0, count);
        else if (m_tiles)
            parallelFor(0, count, 1, some);
        else
            at::parallel_for(0, count, 1, some);  // whose products are libtorch's, which has threads of its own
    }
    /// Where bf16 isn't multiplied in tiles of our own: oneDNN makes code for each shape that it sees, which takes longer than a
    /// product. Numbers of rows are rounded up so that they come again. Only for the last rows of memory that is in use (see room).
    static std::int64_t stepped(std::int64_t rows) { return (rows + kRowStep - 1) / kRowStep * kRowStep; }
    static bool canStep(const Tensor& t)
    {
        const auto last = t.storage_offset() + (stepped(t.size(0)) - 1) * t.stride(0) + t.size(1);
        return t.stride(1) == 1 && last * static_cast<std::int64_t>(t.element_size()) <= static_cast<std::int64_t>(t.storage().nbytes());
    }
    static Tensor steppedRows(const Tensor& t) { return t.as_strided({stepped(t.size(0)), t.size(1)}, t.strides()); }
    /// The rows up to the next step.
    static Tensor rest(const Tensor& t)
    {
        return steppedRows(t).narrow(0, t.size(0), stepped(t.size(0)) - t.size(0));
    }
    void multiply(const Tensor& out, const Tensor& a, const Tensor& b)
    {
        if (inTiles(out, a, b, 1, false))
            return;
        const bool can = kRowStep > 1 && canStep(out) && canStep(a);
        Tensor to = can ? steppedRows(out) : out;
        at::mm_out(to, can ? steppedRows(a) : a, b);
        count(a.size(0), b.size(1), a.size(1));
    }
    /// out += scale * a b.
    void addProduct(const Tensor& out, const Tensor& a, const Tensor& b, double scale)
    {
        if (inTiles(out, a, b, scale, true))
            return;
        const bool can = kRowStep > 1 && canStep(out) && canStep(a);
        Tensor to = can ? steppedRows(out) : out;
        at::addmm_out(to, to, can ? steppedRows(a) : a, b, 1, scale);
        count(a.size(0), b.size(1), a.size(1));
    }
    /// out = or += scale * left transposed times right, a sum over rows: those up to the next step are set to zero.
    void addOverRows(const Tensor& out, const Tensor& left, const Tensor& right, double scale, bool adds)
    {
        if (inTiles(out, left.t(), right, scale, adds))
            return;
        const bool can = kRowStep > 1 && canStep(left) && canStep(right);
        if (can) {
            rest(left).zero_();
            rest(right).zero_();
        }
        const Tensor a = can ? steppedRows(left) : left, b = can ? steppedRows(right) : right;
        Tensor to = out;
        if (adds)
            at::addmm_out(to, to, a.t(), b, 1, scale);
        else
            at::mm_out(to, a.t(), b);
        count(left.size(1), right.size(1), left.size(0));
    }
    /// out [rows, outputs] = a [rows, inputs] times weights [outputs, inputs], transposed.
    void throughWeights(const Tensor& out, const Tensor& a, const Tensor& weights)
    {
        const std::int64_t rows = a.size(0);
        if (rows == 0)
            return;
        if (rows > m_do.fewRowsUpTo || m_steady) {
            multiply(out, a, weights.t());
            return;
        }
        // Blocks of like size, of whole tiles.
        const std::int64_t blocks = (rows + kRowBlock - 1) / kRowBlock;
        const std::int64_t step = ((rows + blocks - 1) / blocks + kTile - 1) / kTile * kTile;
        parallelFor(0, weights.size(0), kOutputBlock, [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t first = 0; first < rows; first += step)
                m_do.fewRows(operand(out) + first * out.stride(0), out.stride(0), operand(a) + first * a.stride(0), a.stride(0),
                    operand(weights), std::min(step, rows - first), from, to, a.size(1));
        });
        count(rows, weights.size(0), a.size(1));
    }
    /// The same for many rows and a rank's few outputs: each thread has its rows.
    void narrow(const Tensor& out, const Tensor& a, const Tensor& weights)
    {
        if (m_tiles)
            return multiply(out, a, weights.t());
        constexpr std::int64_t block = 48;  // rows that stay in a core's second cache
        rows(a.size(0), [&](std::int64_t from, std::int64_t to) {
            for (std::int64_t first = from; first < to; first += block)
                m_do.fewRows(operand(out) + first * out.stride(0), out.stride(0), operand(a) + first * a.stride(0), a.stride(0),
                    operand(weights), std::min(block, to - first), 0, weights.size(0), weights.size(1));
        });
        count(a.size(0), weights.size(0), a.size(1));
    }
    /// out += scale * left transposed times right, where left has a rank's few columns. `turned`: to out's transpose.
    void addOuter(const Tensor& out, bool turned, const Tensor& left, const Tensor& right, double scale)
    {
        const std::int64_t leftStep = out.stride(turned ? 1 : 0), rightStep = out.stride(turned ? 0 : 1);
        parallelFor(0, right.size(1), kOutputBlock, [&](std::int64_t from, std::int64_t to) {
            m_do.outer(operand(out), leftStep, rightStep, operand(left), left.stride(0), left.size(1), operand(right),
                right.stride(0), from, to, left.size(0), static_cast<R>(scale));
        });
        count(left.size(1), right.size(1), left.size(0));
    }
    void count(std::int64_t m, std::int64_t n, std::int64_t k)
    {
        m_flops.fetch_add(2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k), std::memory_order_relaxed);
    }
    /// out = (or += with `adds`) scale times left times right by tiles, where these are quicker. Rows or columns of each
    /// lie together in memory.
    bool inTiles(const Tensor& out, const Tensor& left, const Tensor& right, double scale, bool adds);
    O* packedRoom(std::int64_t size);
    static Tensor room(Tensor& held, std::int64_t rows, std::int64_t columns, torch::ScalarType type);

    // A matrix that lies in the flat buffers: as operand, and its gradient.
    Tensor matrix(std::int64_t offset, std::int64_t out, std::int64_t in) const;
    static Tensor gradientOf(const Parameters& parameters, std::int64_t offset, std::int64_t out, std::int64_t in);
    R* vectorGradient(const std::string& name) const;
    const R* vectorAt(const std::string& name) const;
    std::int64_t offset(int layer, const char* name) const;

    // Forward.
    void reach(std::int64_t positions);
    void begin(const Tree& tree, std::span<Adapter* const> adapters);
    LayerMemory& memoryOf(int layer);
    Tensor inputOf(int layer, bool keep);
    void embed(const Tree& tree, const Tensor& x);
    void attentionHalf(int layer, const Tree& tree, Store* store, LayerMemory& memory);
    void mlpHalf(int layer, const Tensor& attended, const Tensor& x, LayerMemory& memory, const std::vector<Part>& parts);
    void addLow(int layer, Module first, int count, const Tensor& x, const Tensor& out, LayerMemory& memory,
        const std::vector<Part>& parts);
    /// All layers; the wanted nodes' states after the last norm.
    Tensor run(const Tree& tree, Store* store, std::span<const std::int64_t> wanted, bool keep);
    std::vector<Part> partsAt(std::span<const std::int64_t> wanted) const;

    // Backward.
    void back(const Tree& tree);
    void again(int layer, const Tree& tree);
    /// dx and m_dxOperand in and out; the gradient of `attended` comes back.
    Tensor mlpBack(int layer, const Tensor& attended, const Tensor& dx, LayerMemory& memory, const std::vector<Part>& parts);
    void attentionBack(int layer, const Tree& tree, const Tensor& dAttended, const Tensor& dx, LayerMemory& memory);
    void lowBack(int layer, Module first, int count, const Tensor& x, const Tensor& dOut, const Tensor& dx,
        LayerMemory& memory, const std::vector<Part>& parts);
    /// Written where the gradient is fresh, else added. Over the matrix' copy it comes after the copy's last product.
    void weightGradient(std::int64_t offset, const Tensor& dOut, const Tensor& x, bool fresh);
    void normBack(const std::string& name, const Tensor& dy, const Tensor& x, const Tensor& inverse, const Tensor& dx);
    std::int64_t widthOf(int module) const;
    /// The A's of `count` modules that read the same input, as one matrix: [count * rank, in]. Undefined where one of the modules
    /// has none.
    Tensor lowA(const Part& part, int layer, int first, int count) const;
    Tensor lowB(const Part& part, const Adapter::Pair& pair, std::int64_t width) const;  // [width, rank]
    /// out [n, size] += scale * u [n, rank] times b [rank, size].
    void addLowRank(const Tensor& out, const Tensor& u, const Tensor& b, double scale);
    void embeddingGradient(const Tree& tree);
    void lossChunk(std::span<const Aim> aims, std::size_t from, std::size_t to, const Tensor& states, const Tensor& dStates,
        std::vector<double>& losses);
    void beginGradient();

    bool trains() const { return m_parts.empty(); }  // the transformer itself

    Transformer& m_model;
    const ModelConfig& m_config;
    const kernels::Set<R, O>& m_do;
    const bool m_tiles = tiles::areBuilt() && (kHalf ? multipliesPairs() : std::is_same_v<O, float> && outpacesLibrary());
    std::int64_t m_hidden, m_feedForward, m_heads, m_keyHeads, m_size;
    Tensor m_cosine, m_sine;  // [positions, size / 2]

    // Of the pass that runs.
    std::vector<Part> m_parts;  // by node; empty without adapters
    bool m_fresh = false;  // the gradients are written, not added
    bool m_steady = false;  // a row's products are the same bits in any company: trainings that share a pass come to what each comes to alone
    std::vector<std::int64_t> m_wanted;
    Tensor m_positions;

    // Memory that stays.
    std::vector<LayerMemory> m_memory;
    std::vector<Tensor> m_inputs;
    LayerMemory m_last;  // of the last layer's mlp, which sees the wanted nodes alone
    Tensor m_normed, m_product, m_mlp, m_down, m_final, m_finalInverse, m_states, m_logits, m_packed;
    Tensor m_dx, m_dxOperand, m_dNormed, m_dMlp, m_dAttended, m_dQueryKeyValue, m_dKeys, m_dValues, m_dStates, m_dWanted;
};

extern template class PackedLayers<float, float>;
extern template class PackedLayers<double, double>;
extern template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
