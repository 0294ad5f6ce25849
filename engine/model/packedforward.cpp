#include "engine/model/packedlayers.h"

#include "engine/format/rotary.h"

#include <algorithm>

namespace taskfold::model {

template <typename R, typename O>
PackedLayers<R, O>::PackedLayers(Transformer& model, bool half)
    : m_model(model)
    , m_config(model.config())
    , m_do(kernels::set<R, O>())
    , m_hidden(m_config.hidden)
    , m_feedForward(m_config.feedForward)
    , m_heads(m_config.heads)
    , m_keyHeads(m_config.keyValueHeads)
    , m_size(m_config.headSize)
{
    if (half)
        model.parameters().keepHalf();
    reach(0);
    m_memory.resize(static_cast<std::size_t>(m_config.layers));
    m_inputs.resize(static_cast<std::size_t>(m_config.layers));
}

std::unique_ptr<PackedNet> PackedNet::make(Transformer& model, Precision precision)
{
    if (model.parameters().flat.scalar_type() == torch::kFloat64)
        return std::make_unique<PackedLayers<double, double>>(model, false);
    if (precision == Precision::Bf16)
        return std::make_unique<PackedLayers<float, kernels::Bf16>>(model, true);
    return std::make_unique<PackedLayers<float, float>>(model, false);
}

template <typename R, typename O>
void PackedLayers<R, O>::weightsChanged()
{
    if (kHalf)
        m_model.parameters().renewHalf();
}

template <typename R, typename O>
void PackedLayers<R, O>::forgetMemory()
{
    for (LayerMemory& memory : m_memory)
        memory = {};
    for (Tensor& input : m_inputs)
        input = Tensor();
    m_last = {};
    for (Tensor* held : {&m_normed, &m_product, &m_mlp, &m_down, &m_final, &m_finalInverse, &m_states, &m_logits, &m_packed, &m_dx,
             &m_dxOperand, &m_dNormed, &m_dMlp, &m_dAttended, &m_dQueryKeyValue, &m_dKeys, &m_dValues, &m_dStates, &m_dWanted})
        *held = Tensor();
}

// The first rows of memory that only grows.
template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::room(Tensor& held, std::int64_t rows, std::int64_t columns, torch::ScalarType type)
{
    if (!held.defined() || held.size(0) < rows || held.size(1) != columns) {
        held = Tensor();  // first the old memory goes
        // Zeros in bf16: rows are rounded up, and oneDNN's tiles (of a build without ours) read on behind a row's numbers and
        // multiply by zero, which leaves what isn't a number.
        held = kHalf ? torch::zeros({stepped(rows + rows / 16), columns}, type) : torch::empty({rows + rows / 16, columns}, type);
    }
    return held.narrow(0, 0, rows);
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::matrix(std::int64_t offset, std::int64_t out, std::int64_t in) const
{
    const Parameters& parameters = m_model.parameters();
    return (kHalf ? parameters.half : parameters.flat).detach().narrow(0, offset, out * in).view({out, in});
}

template <typename R, typename O>
const R* PackedLayers<R, O>::vectorAt(const std::string& name) const
{
    return real(m_model.parameters().flat) + m_model.parameters().offsetOf(name);
}

template <typename R, typename O>
std::int64_t PackedLayers<R, O>::offset(int layer, const char* name) const
{
    return m_model.parameters().offsetOf("model.layers." + std::to_string(layer) + "." + name);
}

template <typename R, typename O>
void PackedLayers<R, O>::reach(std::int64_t positions)
{
    if (m_cosine.defined() && m_cosine.size(0) >= positions)
        return;
    m_model.reach(positions);
    m_cosine = m_model.cosines().narrow(1, 0, m_size / 2).contiguous();
    m_sine = m_model.sines().narrow(1, 0, m_size / 2).contiguous();
}

template <typename R, typename O>
void PackedLayers<R, O>::begin(const Tree& tree, std::span<Adapter* const> adapters)
{
    m_parts.clear();
    std::int64_t from = 0;
    for (std::size_t g = 0; g < adapters.size(); ++g) {
        m_parts.push_back({adapters[g], from, tree.groupEnds[g]});
        from = tree.groupEnds[g];
    }
    reach(tree.positions.empty() ? 0 : 1 + *std::max_element(tree.positions.begin(), tree.positions.end()));
    m_positions = torch::from_blob(const_cast<std::int64_t*>(tree.positions.data()), {tree.size()}, torch::kLong);
}

template <typename R, typename O>
LayerMemory& PackedLayers<R, O>::memoryOf(int layer)
{
    return m_memory[m_checkpointing ? 0 : static_cast<std::size_t>(layer)];
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::inputOf(int layer, bool keep)
{
    return room(m_inputs[keep ? static_cast<std::size_t>(layer) : 0], m_positions.size(0), m_hidden, kReal);
}

template <typename R, typename O>
void PackedLayers<R, O>::embed(const Tree& tree, const Tensor& x)
{
    const R* table = vectorAt("model.embed_tokens.weight");
    R* to = real(x);
    rows(tree.size(), [&](std::int64_t from, std::int64_t end) {
        for (std::int64_t n = from; n < end; ++n)
            std::copy_n(table + tree.tokens[static_cast<std::size_t>(n)] * m_hidden, m_hidden, to + n * m_hidden);
    });
}

template <typename R, typename O>
void PackedLayers<R, O>::attentionHalf(int layer, const Tree& tree, Store* store, LayerMemory& memory)
{
    const std::int64_t n = tree.size();
    const std::int64_t queries = m_heads * m_size, keys = m_keyHeads * m_size, all = queries + 2 * keys;
    const Tensor y = m_normed.narrow(0, 0, n);  // x after its norm
    Tensor product = room(memory.queryKeyValue, n, all, kOperand);
    if (!m_parts.empty())
        room(memory.low, n, kModules * m_parts.front().adapter->rank(), kOperand);
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    throughWeights(product, y, matrix(offset(layer, "self_attn.q_proj.weight"), all, m_hidden));
    addLow(layer, kQuery, 3, y, product, memory, m_parts);
    Tensor before, inverse;
    if (m_config.qkNorm) {
        before = room(memory.before, n, queries + keys, kOperand);
        inverse = room(memory.inverseHeads, n, m_heads + m_keyHeads, kReal);
    }
    rows(n, [&](std::int64_t from, std::int64_t to) {
        O* row = operand(product) + from * all;
        if (m_config.attentionBias) {
            m_do.addBias(row, all, vectorAt(at + "self_attn.q_proj.bias"), to - from, queries);
            m_do.addBias(row + queries, all, vectorAt(at + "self_attn.k_proj.bias"), to - from, keys);
            m_do.addBias(row + queries + keys, all, vectorAt(at + "self_attn.v_proj.bias"), to - from, keys);
        }
        if (m_config.qkNorm) {
            const R epsilon = static_cast<R>(m_config.normEpsilon);
            m_do.headNorm(row, all, vectorAt(at + "self_attn.q_norm.weight"), epsilon,
                operand(before) + from * (queries + keys), queries + keys, real(inverse) + from * m_heads, to - from, m_heads, m_size);
            m_do.headNorm(row + queries, all, vectorAt(at + "self_attn.k_norm.weight"), epsilon,
                operand(before) + from * (queries + keys) + queries, queries + keys,
                real(inverse) + n * m_heads + from * m_keyHeads, to - from, m_keyHeads, m_size);
        }
        m_do.rope(row, all, tree.positions.data() + from, real(m_cosine), real(m_sine), to - from, m_heads + m_keyHeads, m_size, R(1));
    });
    kernels::Heads<O> in{operand(product), operand(product) + queries, operand(product) + queries + keys, all, all, m_heads,
        m_keyHeads, m_size, m_config.windowOf(layer), tree.segments.data(), tree.ranges.data()};
    if (store != nullptr) {
        const auto i = static_cast<std::size_t>(layer);
        for (std::int64_t k = 0; k < n; ++k) {
            const std::int64_t slot = tree.slots[static_cast<std::size_t>(k)];
            std::copy_n(in.key + k * all, keys, operand(store->keys[i]) + slot * keys);
            std::copy_n(in.value + k * all, keys, operand(store->values[i]) + slot * keys);
        }
        in.key = operand(store->keys[i]);
        in.value = operand(store->values[i]);
        in.keyStride = keys;
    }
    Tensor result = room(memory.attended, n, queries, kOperand);
    Tensor lse = room(memory.lse, n, m_heads, kReal);
    const auto segments = static_cast<std::int64_t>(tree.segments.size());
    parallelFor(0, segments * m_keyHeads, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t unit = from; unit < to; ++unit)
            m_do.attention(in, operand(result), real(lse), unit / m_keyHeads, unit / m_keyHeads + 1, unit % m_keyHeads);
    });
}

template <typename R, typename O>
void PackedLayers<R, O>::mlpHalf(
    int layer, const Tensor& attended, const Tensor& x, LayerMemory& memory, const std::vector<Part>& parts)
{
    const std::int64_t n = x.size(0);
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    Tensor product = room(m_product, n, m_hidden, kOperand);
    Tensor middle = room(memory.middle, n, m_hidden, kReal);
    Tensor y = room(m_normed, n, m_hidden, kOperand);
    Tensor inverse = room(memory.inverse2, n, 1, kReal);
    Tensor gateUp = room(memory.gateUp, n, 2 * m_feedForward, kOperand);
    Tensor m = room(m_mlp, n, m_feedForward, kOperand);
    Tensor down = room(m_down, n, m_hidden, kOperand);
    throughWeights(product, attended, matrix(offset(layer, "self_attn.o_proj.weight"), m_hidden, m_heads * m_size));
    addLow(layer, kOutput, 1, attended, product, memory, parts);
    rows(n, [&](std::int64_t from, std::int64_t to) {
        O* row = operand(product) + from * m_hidden;
        if (m_config.outputBias)
            m_do.addBias(row, m_hidden, vectorAt(at + "self_attn.o_proj.bias"), to - from, m_hidden);
        m_do.norm(real(x) + from * m_hidden, row, vectorAt(at + "post_attention_layernorm.weight"),
            static_cast<R>(m_config.normEpsilon), real(middle) + from * m_hidden, operand(y) + from * m_hidden,
            real(inverse) + from, to - from, m_hidden);
    });
    throughWeights(gateUp, y, matrix(offset(layer, "mlp.gate_proj.weight"), 2 * m_feedForward, m_hidden));
    addLow(layer, kGate, 2, y, gateUp, memory, parts);
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.swiglu(operand(gateUp) + from * 2 * m_feedForward, operand(m) + from * m_feedForward, to - from, m_feedForward);
    });
    throughWeights(down, m, matrix(offset(layer, "mlp.down_proj.weight"), m_hidden, m_feedForward));
    addLow(layer, kDown, 1, m, down, memory, parts);
}

template <typename R, typename O>
std::vector<Part> PackedLayers<R, O>::partsAt(std::span<const std::int64_t> wanted) const
{
    std::vector<Part> parts;
    std::int64_t at = 0;
    for (const Part& part : m_parts) {
        const std::int64_t begin = at;
        while (at < static_cast<std::int64_t>(wanted.size()) && wanted[static_cast<std::size_t>(at)] < part.end)
            ++at;
        parts.push_back({part.adapter, begin, at});
    }
    return parts;
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::run(const Tree& tree, Store* store, std::span<const std::int64_t> wanted, bool keep)
{
    const std::int64_t n = tree.size();
    const R epsilon = static_cast<R>(m_config.normEpsilon);
    const std::string norm = ".input_layernorm.weight";
    m_wanted.assign(wanted.begin(), wanted.end());
    Tensor x = inputOf(0, keep);
    embed(tree, x);
    for (int layer = 0; layer < m_config.layers; ++layer) {
        LayerMemory& memory = keep ? memoryOf(layer) : m_memory.front();
        Tensor next = inputOf(layer, keep);
        Tensor y = room(m_normed, n, m_hidden, kOperand);
        const LayerMemory& above = keep && layer > 0 ? memoryOf(layer - 1) : m_memory.front();
        const Tensor from = layer == 0 ? x : above.middle;
        const O* added = layer == 0 ? nullptr : operand(m_down);
        Tensor inverse = room(memory.inverse1, n, 1, kReal);
        rows(n, [&](std::int64_t a, std::int64_t b) {
            m_do.norm(real(from) + a * m_hidden, added == nullptr ? nullptr : added + a * m_hidden,
                vectorAt("model.layers." + std::to_string(layer) + norm), epsilon, real(next) + a * m_hidden,
                operand(y) + a * m_hidden, real(inverse) + a, b - a, m_hidden);
        });
        attentionHalf(layer, tree, store, memory);
        if (layer + 1 < m_config.layers)
            mlpHalf(layer, memory.attended.narrow(0, 0, n), next, memory, m_parts);
        else
            x = next;
    }
    // The last mlp is needed at the wanted nodes alone.
    const Tensor index = torch::from_blob(m_wanted.data(), {static_cast<std::int64_t>(m_wanted.size())}, torch::kLong);
    LayerMemory& memory = keep ? memoryOf(m_config.layers - 1) : m_memory.front();
    const auto count = index.size(0);
    Tensor attended = room(m_last.attended, count, m_heads * m_size, kOperand);
    Tensor input = room(m_last.before, count, m_hidden, kReal);
    at::index_select_out(attended, memory.attended.narrow(0, 0, n), 0, index);
    at::index_select_out(input, x, 0, index);
    if (!m_parts.empty())
        room(m_last.low, count, kModules * m_parts.front().adapter->rank(), kOperand);
    mlpHalf(m_config.layers - 1, attended, input, m_last, partsAt(m_wanted));
    Tensor final = room(m_final, count, m_hidden, kReal);
    Tensor inverse = room(m_finalInverse, count, 1, kReal);
    Tensor states = room(m_states, count, m_hidden, kOperand);
    rows(count, [&](std::int64_t a, std::int64_t b) {
        m_do.norm(real(m_last.middle) + a * m_hidden, operand(m_down) + a * m_hidden, vectorAt("model.norm.weight"), epsilon,
            real(final) + a * m_hidden, operand(states) + a * m_hidden, real(inverse) + a, b - a, m_hidden);
    });
    return states;
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::hidden(
    const Tree& tree, Store* store, std::span<const std::int64_t> wanted, Adapter* adapter)
{
    const torch::NoGradGuard noGrad;
    begin(tree, std::span<Adapter* const>(&adapter, adapter ? 1 : 0));
    m_steady = false;
    return run(tree, store, wanted, false);
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::logits(const torch::Tensor& hidden)
{
    const torch::NoGradGuard noGrad;
    const std::int64_t offset
        = m_model.parameters().offsetOf(m_config.tiedHead ? "model.embed_tokens.weight" : "lm_head.weight");
    Tensor out = room(m_logits, hidden.size(0), m_config.vocabulary, kOperand);
    throughWeights(out, hidden, matrix(offset, m_config.vocabulary, m_hidden));
    return out;
}

template <typename R, typename O>
std::vector<double> PackedLayers<R, O>::logProbabilities(const torch::Tensor& hidden, std::span<const Aim> aims)
{
    std::vector<double> losses(aims.size());
    lossChunk(aims, 0, aims.size(), hidden, {}, losses);
    for (double& loss : losses)
        loss = -loss;
    return losses;
}

template <typename R, typename O>
Store PackedLayers<R, O>::emptyStore(std::int64_t slots) const
{
    Store store;
    store.slots = slots;
    for (int i = 0; i < m_config.layers; ++i) {
        store.keys.push_back(torch::empty({slots, m_keyHeads * m_size}, kOperand));
        store.values.push_back(torch::empty({slots, m_keyHeads * m_size}, kOperand));
    }
    return store;
}

void PackedNet::copySlots(const Store& source, std::int64_t from, std::int64_t count, Store& target, std::int64_t to)
{
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < source.keys.size(); ++i) {
        target.keys[i].narrow(0, to, count).copy_(source.keys[i].narrow(0, from, count));
        target.values[i].narrow(0, to, count).copy_(source.values[i].narrow(0, from, count));
    }
}

template class PackedLayers<float, float>;
template class PackedLayers<double, double>;
template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
