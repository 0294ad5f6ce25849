#include "engine/model/transformer.h"

#include "engine/format/rotary.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace taskfold::model {

namespace F = torch::nn::functional;

namespace {

torch::Tensor numbers(std::vector<std::int64_t> values, torch::Device device)
{
    return torch::tensor(std::move(values), torch::kLong).to(device);
}

constexpr int kFirstPositions = 1024;  // a model may promise a context of millions that nobody uses

// Each half of a head turns by its own angle; the second half is the first one's partner (Hugging Face's order).
std::pair<torch::Tensor, torch::Tensor> rotaryTables(
    const ModelConfig& config, std::int64_t positions, torch::Device device, torch::ScalarType type)
{
    const Rotary rotary = rotaryOf(config);
    const auto frequency = torch::tensor(rotary.frequencies, torch::kFloat32);
    const auto position = torch::arange(positions, torch::kFloat32);
    const auto angle = torch::outer(position, frequency);
    const auto both = torch::cat({angle, angle}, -1);
    return {(both.cos() * rotary.scale).to(type).to(device), (both.sin() * rotary.scale).to(type).to(device)};
}

// [1, 1, longest, longest]: what came before, at most so far away.
torch::Tensor windowMask(std::int64_t longest, std::int64_t window, torch::Device device)
{
    const auto place = torch::arange(longest, torch::TensorOptions(torch::kLong).device(device));
    const auto distance = place.unsqueeze(1) - place.unsqueeze(0);
    return distance.ge(0).logical_and(distance.lt(window)).view({1, 1, longest, longest});
}

}  // namespace

Packed pack(std::span<const std::span<const std::int32_t>> rows, torch::Device device)
{
    Packed packed;
    packed.rows = static_cast<std::int64_t>(rows.size());
    for (const auto& row : rows)
        packed.longest = std::max(packed.longest, static_cast<std::int64_t>(row.size()));
    std::vector<std::int64_t> tokens, positions, outOf;
    std::vector<std::int64_t> into(static_cast<std::size_t>(packed.rows * packed.longest), 0);
    for (std::int64_t r = 0; r < packed.rows; ++r) {
        const auto& row = rows[static_cast<std::size_t>(r)];
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::int64_t place = r * packed.longest + static_cast<std::int64_t>(i);
            into[static_cast<std::size_t>(place)] = static_cast<std::int64_t>(tokens.size());
            outOf.push_back(place);
            tokens.push_back(row[i]);
            positions.push_back(static_cast<std::int64_t>(i));
        }
    }
    packed.tokens = numbers(std::move(tokens), device);
    packed.positions = numbers(std::move(positions), device);
    packed.intoRows = numbers(std::move(into), device);
    packed.outOfRows = numbers(std::move(outOf), device);
    return packed;
}

Transformer::Transformer(ModelConfig config, torch::Device device, torch::ScalarType type)
    : m_config(std::move(config))
    , m_device(device)
    , m_parameters(tensorsOf(m_config), device, type)
{
    const auto find = [&](const std::string& name) {
        const auto found = m_parameters.named.find(name);
        return found == m_parameters.named.end() ? torch::Tensor() : found->second;
    };
    for (int i = 0; i < m_config.layers; ++i) {
        const std::string at = "model.layers." + std::to_string(i) + ".";
        Layer layer;
        layer.attentionNorm = find(at + "input_layernorm.weight");
        layer.mlpNorm = find(at + "post_attention_layernorm.weight");
        layer.queryNorm = find(at + "self_attn.q_norm.weight");
        layer.keyNorm = find(at + "self_attn.k_norm.weight");
        for (int m = 0; m < kModules; ++m) {
            const std::string name = at + (m < kGate ? "self_attn." : "mlp.") + nameOf(static_cast<Module>(m));
            layer.weight[static_cast<std::size_t>(m)] = find(name + ".weight");
            layer.bias[static_cast<std::size_t>(m)] = find(name + ".bias");
        }
        m_layers.push_back(std::move(layer));
    }
    m_embedding = find("model.embed_tokens.weight");
    m_norm = find("model.norm.weight");
    m_head = m_config.tiedHead ? m_embedding : find("lm_head.weight");
    m_type = type;
    reach(std::min(m_config.context, kFirstPositions));
}

void Transformer::reach(std::int64_t positions) const
{
    if (m_cosine.defined() && m_cosine.size(0) >= positions)
        return;
    const std::int64_t now = m_cosine.defined() ? 2 * m_cosine.size(0) : 0;  // in doubling, so that generation seldom makes them anew
    std::tie(m_cosine, m_sine) = rotaryTables(m_config, std::max(positions, now), m_device, m_type);
}

torch::Tensor Transformer::normed(const torch::Tensor& x, const torch::Tensor& weight) const
{
    return torch::rms_norm(x, {m_config.hidden}, weight, m_config.normEpsilon);
}

torch::Tensor Transformer::rotated(const torch::Tensor& x, const torch::Tensor& positions) const
{
    // x: [.., heads, headSize]; positions: [..]
    const auto cosine = m_cosine.index_select(0, positions.flatten()).view_as(x.select(-2, 0)).unsqueeze(-2);
    const auto sine = m_sine.index_select(0, positions.flatten()).view_as(x.select(-2, 0)).unsqueeze(-2);
    const std::int64_t half = m_config.headSize / 2;
    const auto turned = torch::cat({-x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
    return x * cosine + turned * sine;
}

torch::Tensor Transformer::attended(
    const torch::Tensor& q, torch::Tensor k, torch::Tensor v, const torch::Tensor& mask) const
{
    // [rows, heads, columns, headSize]; without a mask: what came before
    const int group = m_config.heads / m_config.keyValueHeads;
    if (group > 1) {
        k = k.repeat_interleave(group, 1);
        v = v.repeat_interleave(group, 1);
    }
    if (mask.defined())
        return at::scaled_dot_product_attention(q, k, v, mask);
    return at::scaled_dot_product_attention(q, k, v, {}, 0.0, true);
}

torch::Tensor Transformer::product(const torch::Tensor& x, int layer, Module module, const Adapter* adapter) const
{
    const Layer& at = m_layers[static_cast<std::size_t>(layer)];
    const auto& weight = at.weight[module];
    const auto& bias = at.bias[module];
    if (adapter == nullptr || !adapter->at(layer, module).a.defined())
        return F::linear(x, weight, bias);
    const Adapter::Pair& pair = adapter->at(layer, module);
    const double dropout = adapter->settings().dropout;
    const bool drops = dropout > 0 && torch::GradMode::is_enabled();
    const auto low = F::linear(F::linear(drops ? torch::dropout(x, dropout, true) : x, pair.a), pair.b) * adapter->scale();
    if (!pair.magnitude.defined())
        return F::linear(x, weight, bias) + low;
    // The norm counts as a constant, and dropout touches the low rank's input alone (Liu et al. 2024, section 4.3; PEFT).
    const auto norm = (weight + adapter->scale() * pair.b.detach().matmul(pair.a.detach())).norm(2, 1);
    const auto scaled = (F::linear(x, weight) + low) * (pair.magnitude / norm);
    return bias.defined() ? scaled + bias : scaled;
}

torch::Tensor Transformer::mlp(int layer, const torch::Tensor& x, const Adapter* adapter) const
{
    const auto y = normed(x, m_layers[static_cast<std::size_t>(layer)].mlpNorm);
    return product(torch::silu(product(y, layer, kGate, adapter)) * product(y, layer, kUp, adapter), layer, kDown, adapter);
}

// Queries or keys [.., heads, headSize], turned by their positions.
torch::Tensor Transformer::queries(
    const torch::Tensor& x, int layer, Module module, const torch::Tensor& positions, const Adapter* adapter) const
{
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = module == kQuery ? m_config.heads : m_config.keyValueHeads;
    shape.push_back(m_config.headSize);
    torch::Tensor y = product(x, layer, module, adapter).view(shape);
    const Layer& at = m_layers[static_cast<std::size_t>(layer)];
    const auto& norm = module == kQuery ? at.queryNorm : at.keyNorm;
    if (norm.defined())
        y = torch::rms_norm(y, {m_config.headSize}, norm, m_config.normEpsilon);
    return rotated(y, positions);
}

torch::Tensor Transformer::hidden(const Packed& packed, const Adapter* adapter) const
{
    reach(packed.longest);
    const auto spread = [&](const torch::Tensor& x, std::int64_t heads) {  // [N, heads, size] -> [rows, heads, longest, size]
        return x.reshape({x.size(0), heads * m_config.headSize})
            .index_select(0, packed.intoRows)
            .view({packed.rows, packed.longest, heads, m_config.headSize})
            .transpose(1, 2);
    };
    torch::Tensor x = torch::embedding(m_embedding, packed.tokens);
    for (int i = 0; i < m_config.layers; ++i) {
        const auto y = normed(x, m_layers[static_cast<std::size_t>(i)].attentionNorm);
        const auto q = queries(y, i, kQuery, packed.positions, adapter);
        const auto k = queries(y, i, kKey, packed.positions, adapter);
        const auto v = product(y, i, kValue, adapter);
        const int window = m_config.windowOf(i);
        const auto a = attended(spread(q, m_config.heads), spread(k, m_config.keyValueHeads),
            spread(v, m_config.keyValueHeads),
            window > 0 && window < packed.longest ? windowMask(packed.longest, window, m_device) : torch::Tensor());
        const auto joined = a.transpose(1, 2)
                                .reshape({packed.rows * packed.longest, m_config.heads * m_config.headSize})
                                .index_select(0, packed.outOfRows);
        x = x + product(joined, i, kOutput, adapter);
        x = x + mlp(i, x, adapter);
    }
    return normed(x, m_norm);
}

torch::Tensor Transformer::hidden(
    const torch::Tensor& tokens, const torch::Tensor& positions, const torch::Tensor& mask, Cache& cache,
    const Adapter* adapter) const
{
    const std::int64_t rows = tokens.size(0);
    const std::int64_t columns = tokens.size(1);
    cache.positions.narrow(1, cache.used, columns).copy_(positions);
    const auto distance
        = positions.unsqueeze(2) - cache.positions.narrow(1, 0, cache.used + columns).unsqueeze(1);  // [rows, L, used + L]
    torch::Tensor x = torch::embedding(m_embedding, tokens);
    for (int i = 0; i < m_config.layers; ++i) {
        const auto at = static_cast<std::size_t>(i);
        torch::Tensor seen = mask;
        if (const int window = m_config.windowOf(i); window > 0) {
            const auto near = distance.ge(0).logical_and(distance.lt(window)).unsqueeze(1);
            seen = mask.defined() ? mask.logical_and(near) : near;
        }
        const auto y = normed(x, m_layers[at].attentionNorm);
        const auto q = queries(y, i, kQuery, positions, adapter);
        const auto k = queries(y, i, kKey, positions, adapter);
        const auto v = product(y, i, kValue, adapter).view({rows, columns, m_config.keyValueHeads, m_config.headSize});
        cache.keys[at].narrow(2, cache.used, columns).copy_(k.transpose(1, 2));
        cache.values[at].narrow(2, cache.used, columns).copy_(v.transpose(1, 2));
        const auto a = attended(q.transpose(1, 2), cache.keys[at].narrow(2, 0, cache.used + columns),
            cache.values[at].narrow(2, 0, cache.used + columns), seen);
        x = x + product(a.transpose(1, 2).reshape({rows, columns, m_config.heads * m_config.headSize}), i, kOutput, adapter);
        x = x + mlp(i, x, adapter);
    }
    cache.used += columns;
    return normed(x, m_norm);
}

torch::Tensor Transformer::logits(const torch::Tensor& hidden) const
{
    return F::linear(hidden, m_head);
}

Cache Transformer::emptyCache(std::int64_t rows, std::int64_t columns) const
{
    reach(columns);
    Cache cache;
    cache.positions = torch::zeros({rows, columns}, torch::TensorOptions(torch::kLong).device(m_device));
    const auto options = m_parameters.flat.options();
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        cache.keys.push_back(torch::zeros({rows, m_config.keyValueHeads, columns, m_config.headSize}, options));
        cache.values.push_back(torch::zeros_like(cache.keys.back()));
    }
    return cache;
}

void Transformer::initialise(std::uint64_t seed)
{
    const torch::NoGradGuard noGrad;
    auto generator = torch::make_generator<at::CPUGeneratorImpl>(seed);
    const double residual = 0.02 / std::sqrt(2.0 * m_config.layers);
    for (auto& [name, tensor] : m_parameters.named) {
        if (name.find("norm") != std::string::npos) {
            tensor.fill_(1);
            continue;
        }
        if (tensor.dim() == 1) {
            tensor.zero_();
            continue;
        }
        const bool intoResidual = name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight");
        const auto drawn = torch::randn(tensor.sizes(), generator, torch::kFloat32);
        tensor.copy_(drawn * (intoResidual ? residual : 0.02));
    }
}

}  // namespace taskfold::model
