#include "engine/model/transformer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace taskfold::model {

namespace F = torch::nn::functional;

namespace {

std::int64_t countOf(const std::vector<std::int64_t>& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

torch::Tensor numbers(std::vector<std::int64_t> values, torch::Device device)
{
    return torch::tensor(std::move(values), torch::kLong).to(device);
}

// Each half of a head turns by its own angle; the second half is the first one's partner (Hugging Face's order).
std::pair<torch::Tensor, torch::Tensor> rotaryTables(const ModelConfig& config, torch::Device device)
{
    const auto half = torch::arange(0, config.headSize, 2, torch::kFloat32) / config.headSize;
    const auto frequency = torch::pow(torch::tensor(static_cast<float>(config.ropeTheta)), half).reciprocal();
    const auto position = torch::arange(config.context, torch::kFloat32);
    const auto angle = torch::outer(position, frequency);
    const auto both = torch::cat({angle, angle}, -1);
    return {both.cos().to(device), both.sin().to(device)};
}

}  // namespace

Parameters::Parameters(const ModelConfig& config, torch::Device device)
{
    std::vector<NamedShape> shapes = tensorsOf(config);
    std::stable_partition(shapes.begin(), shapes.end(), [](const NamedShape& s) { return s.shape.size() > 1; });
    std::int64_t total = 0;
    for (const NamedShape& shape : shapes) {
        total += countOf(shape.shape);
        if (shape.shape.size() > 1)
            decayed = total;
    }
    const auto options = torch::TensorOptions(torch::kFloat32).device(device);
    flat = torch::zeros({total}, options);
    gradient = torch::zeros({total}, options);
    std::int64_t offset = 0;
    for (const NamedShape& shape : shapes) {
        const std::int64_t count = countOf(shape.shape);
        torch::Tensor leaf = flat.narrow(0, offset, count).view(shape.shape).detach();
        leaf.set_requires_grad(true);
        leaf.mutable_grad() = gradient.narrow(0, offset, count).view(shape.shape);
        named.emplace(shape.name, std::move(leaf));
        offset += count;
    }
}

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

Transformer::Transformer(ModelConfig config, torch::Device device)
    : m_config(std::move(config))
    , m_device(device)
    , m_parameters(m_config, device)
{
    const auto find = [&](const std::string& name) {
        const auto found = m_parameters.named.find(name);
        return found == m_parameters.named.end() ? torch::Tensor() : found->second;
    };
    for (int i = 0; i < m_config.layers; ++i) {
        const std::string at = "model.layers." + std::to_string(i) + ".";
        const std::string attention = at + "self_attn.";
        Layer layer;
        layer.attentionNorm = find(at + "input_layernorm.weight");
        layer.query = find(attention + "q_proj.weight");
        layer.key = find(attention + "k_proj.weight");
        layer.value = find(attention + "v_proj.weight");
        layer.output = find(attention + "o_proj.weight");
        layer.queryBias = find(attention + "q_proj.bias");
        layer.keyBias = find(attention + "k_proj.bias");
        layer.valueBias = find(attention + "v_proj.bias");
        layer.outputBias = find(attention + "o_proj.bias");
        layer.mlpNorm = find(at + "post_attention_layernorm.weight");
        layer.gate = find(at + "mlp.gate_proj.weight");
        layer.up = find(at + "mlp.up_proj.weight");
        layer.down = find(at + "mlp.down_proj.weight");
        m_layers.push_back(std::move(layer));
    }
    m_embedding = find("model.embed_tokens.weight");
    m_norm = find("model.norm.weight");
    m_head = m_config.tiedHead ? m_embedding : find("lm_head.weight");
    std::tie(m_cosine, m_sine) = rotaryTables(m_config, device);
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

torch::Tensor Transformer::mlp(const Layer& layer, const torch::Tensor& x) const
{
    const auto y = normed(x, layer.mlpNorm);
    return F::linear(torch::silu(F::linear(y, layer.gate)) * F::linear(y, layer.up), layer.down);
}

torch::Tensor Transformer::hidden(const Packed& packed) const
{
    const std::int64_t n = packed.tokens.size(0);
    const auto spread = [&](const torch::Tensor& x, std::int64_t heads) {  // [N, heads, size] -> [rows, heads, longest, size]
        return x.reshape({n, heads * m_config.headSize})
            .index_select(0, packed.intoRows)
            .view({packed.rows, packed.longest, heads, m_config.headSize})
            .transpose(1, 2);
    };
    torch::Tensor x = torch::embedding(m_embedding, packed.tokens);
    for (const Layer& layer : m_layers) {
        const auto y = normed(x, layer.attentionNorm);
        const auto q = rotated(
            F::linear(y, layer.query, layer.queryBias).view({n, m_config.heads, m_config.headSize}), packed.positions);
        const auto k
            = rotated(F::linear(y, layer.key, layer.keyBias).view({n, m_config.keyValueHeads, m_config.headSize}),
                packed.positions);
        const auto v = F::linear(y, layer.value, layer.valueBias);
        const auto a = attended(spread(q, m_config.heads), spread(k, m_config.keyValueHeads),
            spread(v, m_config.keyValueHeads), {});
        const auto joined = a.transpose(1, 2)
                                .reshape({packed.rows * packed.longest, m_config.heads * m_config.headSize})
                                .index_select(0, packed.outOfRows);
        x = x + F::linear(joined, layer.output, layer.outputBias);
        x = x + mlp(layer, x);
    }
    return normed(x, m_norm);
}

torch::Tensor Transformer::hidden(
    const torch::Tensor& tokens, const torch::Tensor& positions, const torch::Tensor& mask, Cache& cache) const
{
    const std::int64_t rows = tokens.size(0);
    const std::int64_t columns = tokens.size(1);
    const auto split = [&](const torch::Tensor& x, std::int64_t heads) {
        return x.view({rows, columns, heads, m_config.headSize});
    };
    torch::Tensor x = torch::embedding(m_embedding, tokens);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer& layer = m_layers[i];
        const auto y = normed(x, layer.attentionNorm);
        const auto q = rotated(split(F::linear(y, layer.query, layer.queryBias), m_config.heads), positions);
        const auto k = rotated(split(F::linear(y, layer.key, layer.keyBias), m_config.keyValueHeads), positions);
        const auto v = split(F::linear(y, layer.value, layer.valueBias), m_config.keyValueHeads);
        cache.keys[i].narrow(2, cache.used, columns).copy_(k.transpose(1, 2));
        cache.values[i].narrow(2, cache.used, columns).copy_(v.transpose(1, 2));
        const auto a = attended(q.transpose(1, 2), cache.keys[i].narrow(2, 0, cache.used + columns),
            cache.values[i].narrow(2, 0, cache.used + columns), mask);
        x = x + F::linear(a.transpose(1, 2).reshape({rows, columns, m_config.heads * m_config.headSize}), layer.output,
                layer.outputBias);
        x = x + mlp(layer, x);
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
    Cache cache;
    const auto options = torch::TensorOptions(torch::kFloat32).device(m_device);
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
