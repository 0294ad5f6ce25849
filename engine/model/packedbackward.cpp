#include "engine/model/packedlayers.h"

#include <algorithm>
#include <utility>

namespace taskfold::model {

namespace {

constexpr std::size_t kLogitRows = 192;  // at once, of vocabulary numbers each

}  // namespace

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::gradientOf(
    const Parameters& parameters, std::int64_t offset, std::int64_t out, std::int64_t in)
{
    return parameters.gradientOf(offset, out * in).view({out, in});
}

template <typename R, typename O>
R* PackedLayers<R, O>::vectorGradient(const std::string& name) const
{
    const Parameters& parameters = m_model.parameters();
    return real(parameters.gradient) + parameters.offsetOf(name) - (kHalf ? parameters.decayed : 0);
}

template <typename R, typename O>
void PackedLayers<R, O>::weightGradient(std::int64_t offset, const Tensor& dOut, const Tensor& x, bool fresh)
{
    if (!trains())
        return;
    Tensor gradient = gradientOf(m_model.parameters(), offset, dOut.size(1), x.size(1));
    addOverRows(gradient, dOut, x, 1, !fresh);
}

// dx += the gradient through a norm, with a copy as operand; the norm's own weight gets its share.
template <typename R, typename O>
void PackedLayers<R, O>::normBack(
    const std::string& name, const Tensor& dy, const Tensor& x, const Tensor& inverse, const Tensor& dx)
{
    const std::int64_t n = dx.size(0);
    Tensor out = room(m_dxOperand, n, m_hidden, kOperand);
    if (trains()) {
        parallelFor(0, m_hidden, 64, [&](std::int64_t from, std::int64_t to) {
            m_do.normWeight(operand(dy), real(x), real(inverse), vectorGradient(name), n, m_hidden, from, to);
        });
    }
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.normBackward(operand(dy) + from * m_hidden, real(x) + from * m_hidden, real(inverse) + from, vectorAt(name),
            real(dx) + from * m_hidden, operand(out) + from * m_hidden, to - from, m_hidden);
    });
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::mlpBack(
    int layer, const Tensor& attended, const Tensor& dx, LayerMemory& memory, const std::vector<Part>& parts)
{
    const std::int64_t n = dx.size(0);
    const std::int64_t queries = m_heads * m_size;
    const std::string norm = "model.layers." + std::to_string(layer) + ".post_attention_layernorm.weight";
    const Tensor gateUp = memory.gateUp.narrow(0, 0, n), middle = memory.middle.narrow(0, 0, n);
    const Tensor inverse = memory.inverse2.narrow(0, 0, n), dOut = m_dxOperand.narrow(0, 0, n);
    Tensor m = room(m_mlp, n, m_feedForward, kOperand);
    Tensor dm = room(m_dMlp, n, m_feedForward, kOperand);
    Tensor y = room(m_normed, n, m_hidden, kOperand);
    Tensor dy = room(m_dNormed, n, m_hidden, kOperand);
    const std::int64_t down = offset(layer, "mlp.down_proj.weight"), gate = offset(layer, "mlp.gate_proj.weight");
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.swiglu(operand(gateUp) + from * 2 * m_feedForward, operand(m) + from * m_feedForward, to - from, m_feedForward);
        m_do.normAgain(real(middle) + from * m_hidden, real(inverse) + from, vectorAt(norm), operand(y) + from * m_hidden,
            to - from, m_hidden);
    });
    multiply(dm, dOut, matrix(down, m_hidden, m_feedForward));
    weightGradient(down, dOut, m, m_fresh);
    lowBack(layer, kDown, 1, m, dOut, dm, memory, parts);
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.swigluBackward(operand(gateUp) + from * 2 * m_feedForward, operand(dm) + from * m_feedForward, to - from, m_feedForward);
    });
    multiply(dy, gateUp, matrix(gate, 2 * m_feedForward, m_hidden));
    weightGradient(gate, gateUp, y, m_fresh);
    lowBack(layer, kGate, 2, y, gateUp, dy, memory, parts);
    normBack(norm, dy, middle, inverse, dx);
    const std::int64_t output = offset(layer, "self_attn.o_proj.weight");
    Tensor dAttended = room(m_dAttended, n, queries, kOperand);
    multiply(dAttended, dOut, matrix(output, m_hidden, queries));
    weightGradient(output, dOut, attended, m_fresh);
    if (m_config.outputBias && trains())
        m_do.biasGradient(operand(dOut), m_hidden,
            vectorGradient("model.layers." + std::to_string(layer) + ".self_attn.o_proj.bias"), n, m_hidden);
    lowBack(layer, kOutput, 1, attended, dOut, dAttended, memory, parts);
    return dAttended;
}

template <typename R, typename O>
void PackedLayers<R, O>::attentionBack(
    int layer, const Tree& tree, const Tensor& dAttended, const Tensor& dx, LayerMemory& memory)
{
    const std::int64_t n = tree.size();
    const std::int64_t queries = m_heads * m_size, keys = m_keyHeads * m_size, all = queries + 2 * keys;
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    const Tensor product = memory.queryKeyValue.narrow(0, 0, n);
    Tensor d = room(m_dQueryKeyValue, n, all, kOperand);
    Tensor dKeys = room(m_dKeys, n, queries, kReal);
    Tensor dValues = room(m_dValues, n, queries, kReal);
    const kernels::Heads<O> in{operand(product), operand(product) + queries, operand(product) + queries + keys, all, all,
        m_heads, m_keyHeads, m_size, m_config.windowOf(layer), tree.segments.data(), tree.ranges.data()};
    parallelFor(0, n, 64, [&](std::int64_t from, std::int64_t to) {
        std::fill_n(real(dKeys) + from * queries, (to - from) * queries, R(0));
        std::fill_n(real(dValues) + from * queries, (to - from) * queries, R(0));
    });
    parallelFor(0, m_heads, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t head = from; head < to; ++head)
            m_do.attentionBackward(in, operand(memory.attended), operand(dAttended), real(memory.lse), operand(d), all,
                real(dKeys), real(dValues), static_cast<std::int64_t>(tree.segments.size()), head);
    });
    rows(n, [&](std::int64_t from, std::int64_t to) {
        O* row = operand(d) + from * all;
        m_do.sumGroups(real(dKeys) + from * queries, row + queries, all, to - from, m_heads, m_keyHeads, m_size);
        m_do.sumGroups(real(dValues) + from * queries, row + queries + keys, all, to - from, m_heads, m_keyHeads, m_size);
        m_do.rope(row, all, tree.positions.data() + from, real(m_cosine), real(m_sine), to - from, m_heads + m_keyHeads, m_size, R(-1));
    });
    if (m_config.qkNorm) {  // on one thread: its weights are a head long and get something from every row
        const O* before = operand(memory.before);
        m_do.headNormBackward(operand(d), all, vectorAt(at + "self_attn.q_norm.weight"), before, queries + keys,
            real(memory.inverseHeads), trains() ? vectorGradient(at + "self_attn.q_norm.weight") : nullptr, n, m_heads, m_size);
        m_do.headNormBackward(operand(d) + queries, all, vectorAt(at + "self_attn.k_norm.weight"), before + queries,
            queries + keys, real(memory.inverseHeads) + n * m_heads,
            trains() ? vectorGradient(at + "self_attn.k_norm.weight") : nullptr, n, m_keyHeads, m_size);
    }
    if (m_config.attentionBias && trains()) {
        m_do.biasGradient(operand(d), all, vectorGradient(at + "self_attn.q_proj.bias"), n, queries);
        m_do.biasGradient(operand(d) + queries, all, vectorGradient(at + "self_attn.k_proj.bias"), n, keys);
        m_do.biasGradient(operand(d) + queries + keys, all, vectorGradient(at + "self_attn.v_proj.bias"), n, keys);
    }
    const Tensor x = inputOf(layer, true), inverse = memory.inverse1.narrow(0, 0, n);
    Tensor y = room(m_normed, n, m_hidden, kOperand);
    Tensor dy = room(m_dNormed, n, m_hidden, kOperand);
    const std::string norm = at + "input_layernorm.weight";
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.normAgain(real(x) + from * m_hidden, real(inverse) + from, vectorAt(norm), operand(y) + from * m_hidden, to - from, m_hidden);
    });
    const std::int64_t weight = offset(layer, "self_attn.q_proj.weight");
    if (layer > 0 || trains()) {
        multiply(dy, d, matrix(weight, all, m_hidden));
        weightGradient(weight, d, y, m_fresh);
        lowBack(layer, kQuery, 3, y, d, dy, memory, m_parts);
        normBack(norm, dy, x, inverse, dx);
    } else {
        lowBack(layer, kQuery, 3, y, d, dy.zero_(), memory, m_parts);  // for A and B alone
    }
}

// What the layer kept, once more (checkpointing).
template <typename R, typename O>
void PackedLayers<R, O>::again(int layer, const Tree& tree)
{
    const std::int64_t n = tree.size();
    LayerMemory& memory = memoryOf(layer);
    const Tensor x = inputOf(layer, true);
    Tensor y = room(m_normed, n, m_hidden, kOperand);
    const std::string norm = "model.layers." + std::to_string(layer) + ".input_layernorm.weight";
    rows(n, [&](std::int64_t from, std::int64_t to) {
        m_do.norm(real(x) + from * m_hidden, nullptr, vectorAt(norm), static_cast<R>(m_config.normEpsilon),
            real(x) + from * m_hidden, operand(y) + from * m_hidden, real(memory.inverse1) + from, to - from, m_hidden);
    });
    attentionHalf(layer, tree, nullptr, memory);
    if (layer + 1 < m_config.layers)
        mlpHalf(layer, memory.attended.narrow(0, 0, n), x, memory, m_parts);
}

// From the gradient of the wanted nodes' last states (m_dStates) down to the embedding.
template <typename R, typename O>
void PackedLayers<R, O>::back(const Tree& tree)
{
    const std::int64_t n = tree.size();
    const auto count = static_cast<std::int64_t>(m_wanted.size());
    const int last = m_config.layers - 1;
    Tensor dWanted = room(m_dWanted, count, m_hidden, kReal).zero_();
    normBack("model.norm.weight", m_dStates.narrow(0, 0, count), m_final.narrow(0, 0, count), m_finalInverse.narrow(0, 0, count), dWanted);
    const Tensor dSome = mlpBack(last, m_last.attended.narrow(0, 0, count), dWanted, m_last, partsAt(m_wanted));
    const Tensor index = torch::from_blob(m_wanted.data(), {count}, torch::kLong);
    const Tensor dLast = torch::zeros({n, m_heads * m_size}, kOperand).index_copy_(0, index, dSome);
    Tensor dx = room(m_dx, n, m_hidden, kReal).zero_().index_copy_(0, index, dWanted);
    attentionBack(last, tree, dLast, dx, memoryOf(last));
    for (int layer = last - 1; layer >= 0; --layer) {
        if (m_checkpointing)
            again(layer, tree);
        LayerMemory& memory = memoryOf(layer);
        const Tensor dAttended = mlpBack(layer, memory.attended.narrow(0, 0, n), dx, memory, m_parts);
        attentionBack(layer, tree, dAttended, dx, memory);
    }
    if (trains())
        embeddingGradient(tree);
}

// Nodes by token, so that a token's sum is made in full precision and on one thread.
template <typename R, typename O>
void PackedLayers<R, O>::embeddingGradient(const Tree& tree)
{
    std::vector<std::int64_t> order(static_cast<std::size_t>(tree.size()));
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::int64_t>(i);
    const auto tokenOf = [&](std::int64_t node) { return tree.tokens[static_cast<std::size_t>(node)]; };
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return tokenOf(a) < tokenOf(b); });
    Tensor table = gradientOf(m_model.parameters(), m_model.parameters().offsetOf("model.embed_tokens.weight"),
        m_config.vocabulary, m_hidden);
    if (m_fresh && !m_config.tiedHead)
        table.zero_();
    Tensor sum = torch::empty({m_hidden}, kReal);
    for (std::size_t from = 0; from < order.size();) {
        const std::int64_t token = tokenOf(order[from]);
        sum.copy_(table[token]);
        R* to = real(sum);
        for (; from < order.size() && tokenOf(order[from]) == token; ++from)
            for (std::int64_t i = 0; i < m_hidden; ++i)
                to[i] += real(m_dx)[order[from] * m_hidden + i];
        m_do.convert(to, operand(table) + token * m_hidden, m_hidden);
    }
}

// Aims [from, to), whose nodes are rows of `states`; with dStates also the gradients of head and states.
template <typename R, typename O>
void PackedLayers<R, O>::lossChunk(std::span<const Aim> aims, std::size_t from, std::size_t to, const Tensor& states,
    const Tensor& dStates, std::vector<double>& losses)
{
    const std::int64_t head = m_model.parameters().offsetOf(m_config.tiedHead ? "model.embed_tokens.weight" : "lm_head.weight");
    bool fresh = m_fresh;
    while (from < to) {
        std::vector<std::size_t> starts;  // of each node's aims
        std::size_t end = from;
        while (end < to && (starts.size() < kLogitRows || aims[end].node == aims[end - 1].node)) {
            if (end == from || aims[end].node != aims[end - 1].node)
                starts.push_back(end);
            ++end;
        }
        starts.push_back(end);
        const std::int64_t first = aims[from].node;
        const std::int64_t count = aims[end - 1].node - first + 1;
        const Tensor x = states.narrow(0, first, count);
        Tensor values = logits(x);
        parallelFor(0, static_cast<std::int64_t>(starts.size()) - 1, 1, [&](std::int64_t a, std::int64_t b) {
            std::vector<std::int64_t> targets;
            std::vector<R> weights, results;
            for (auto k = static_cast<std::size_t>(a); k < static_cast<std::size_t>(b); ++k) {
                targets.clear();
                weights.clear();
                for (std::size_t i = starts[k]; i < starts[k + 1]; ++i) {
                    targets.push_back(aims[i].target);
                    weights.push_back(static_cast<R>(aims[i].weight));
                }
                results.resize(targets.size());
                m_do.crossEntropy(operand(values) + (aims[starts[k]].node - first) * m_config.vocabulary, m_config.vocabulary,
                    targets.data(), weights.data(), results.data(), static_cast<std::int64_t>(targets.size()), dStates.defined());
                for (std::size_t i = 0; i < results.size(); ++i)
                    losses[starts[k] + i] = static_cast<double>(results[i]);
            }
        });
        if (dStates.defined()) {
            Tensor dx = dStates.narrow(0, first, count);
            multiply(dx, values, matrix(head, m_config.vocabulary, m_hidden));
            weightGradient(head, values, x, std::exchange(fresh, false));
        }
        from = end;
    }
}

// Whether the transformer's gradients are written or added; its fresh ones are no longer fresh then.
template <typename R, typename O>
void PackedLayers<R, O>::beginGradient()
{
    m_fresh = trains() && std::exchange(m_model.parameters().fresh, false);
}

template <typename R, typename O>
std::vector<double> PackedLayers<R, O>::losses(
    const Tree& tree, std::span<const Aim> aims, std::span<Adapter* const> adapters, bool gradient)
{
    const torch::NoGradGuard noGrad;
    std::vector<double> losses(aims.size(), 0);
    begin(tree, adapters);
    m_steady = m_tiles && gradient;
    if (gradient && !aims.empty())
        beginGradient();
    else if (gradient && trains() && m_model.parameters().fresh)
        m_model.parameters().zeroGradient();
    if (aims.empty())
        return losses;
    // By node; a node's place among the wanted ones becomes its row.
    std::vector<std::size_t> order(aims.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return aims[a].node < aims[b].node; });
    std::vector<Aim> sorted;
    std::vector<std::int64_t> wanted;
    for (const std::size_t i : order) {
        if (wanted.empty() || wanted.back() != aims[i].node)
            wanted.push_back(aims[i].node);
        sorted.push_back({static_cast<std::int64_t>(wanted.size()) - 1, aims[i].target, aims[i].weight});
    }
    const Tensor states = run(tree, nullptr, wanted, gradient);
    std::vector<double> found(aims.size(), 0);
    const Tensor dStates
        = gradient ? room(m_dStates, static_cast<std::int64_t>(wanted.size()), m_hidden, kOperand) : Tensor();
    lossChunk(sorted, 0, sorted.size(), states, dStates, found);
    if (gradient)
        back(tree);
    for (std::size_t i = 0; i < order.size(); ++i)
        losses[order[i]] = found[i];
    return losses;
}

template class PackedLayers<float, float>;
template class PackedLayers<double, double>;
template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
