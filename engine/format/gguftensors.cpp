#include "engine/format/ggufmodel.h"
#include "engine/format/printable.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

namespace taskfold {

namespace {

struct Names {
    std::string_view transformers, gguf;
};

constexpr std::array kOutside{Names{"model.embed_tokens", "token_embd"}, Names{"model.norm", "output_norm"},
    Names{"lm_head", "output"}};

// Of a layer.
constexpr std::array kInside{Names{"input_layernorm", "attn_norm"}, Names{"post_attention_layernorm", "ffn_norm"},
    Names{"self_attn.q_proj", "attn_q"}, Names{"self_attn.k_proj", "attn_k"}, Names{"self_attn.v_proj", "attn_v"},
    Names{"self_attn.o_proj", "attn_output"}, Names{"self_attn.q_norm", "attn_q_norm"},
    Names{"self_attn.k_norm", "attn_k_norm"}, Names{"mlp.gate_proj", "ffn_gate"}, Names{"mlp.up_proj", "ffn_up"},
    Names{"mlp.down_proj", "ffn_down"}};

std::string_view translated(std::string_view name, std::span<const Names> table)
{
    const auto found = std::find_if(table.begin(), table.end(), [&](const Names& n) { return n.transformers == name; });
    return found == table.end() ? std::string_view() : found->gguf;
}

Dtype dtypeOf(Quantisation type)
{
    if (type == Quantisation::F16)
        return Dtype::F16;
    return type == Quantisation::BF16 ? Dtype::BF16 : Dtype::F32;
}

bool isPaired(const std::string& name, const ModelConfig& config)
{
    const bool rotated = name.find("q_proj") != std::string::npos || name.find("k_proj") != std::string::npos;
    return rotated && (config.modelType == "llama" || config.modelType == "mistral");
}

// Copies what isn't quantised, and unpacks the rest, row by row.
TensorSource sourceOf(const NamedShape& wanted, const GgufTensor& tensor, const ModelConfig& config)
{
    TensorSource source{wanted.name, dtypeOf(tensor.type), wanted.shape, {}};
    const std::int64_t rows = wanted.shape.front();
    const std::size_t stride = tensor.bytes.size() / static_cast<std::size_t>(rows);
    const std::int64_t head = isPaired(wanted.name, config) ? config.headSize : 0;
    const bool copied = tensor.type == Quantisation::F32 || source.dtype != Dtype::F32;
    source.rows = [tensor, stride, head, copied](std::int64_t from, std::span<std::byte> out) {
        const std::size_t width = copied ? stride : stride / blockOf(tensor.type).bytes * blockOf(tensor.type).elements * 4;
        std::vector<float> numbers(copied ? 0 : width / 4);
        for (std::size_t at = 0; at < out.size(); at += width, ++from) {
            const auto row = static_cast<std::size_t>(head > 0 ? pairedRow(from, head) : from);
            const auto packed = tensor.bytes.subspan(row * stride, stride);
            if (!copied)
                dequantise(tensor.type, packed, numbers);
            const void* bytes = copied ? static_cast<const void*>(packed.data()) : numbers.data();
            std::memcpy(out.data() + at, bytes, width);
        }
    };
    return source;
}

std::string words(const std::vector<std::int64_t>& shape)
{
    std::string text = "[";
    for (const std::int64_t size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

}  // namespace

std::string ggufNameOf(const std::string& name)
{
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos)
        return {};
    const std::string_view suffix = std::string_view(name).substr(dot);
    std::string_view stem = std::string_view(name).substr(0, dot);
    if (const std::string_view known = translated(stem, kOutside); !known.empty())
        return std::string(known).append(suffix);
    constexpr std::string_view kLayers = "model.layers.";
    if (!stem.starts_with(kLayers))
        return {};
    stem.remove_prefix(kLayers.size());
    const std::size_t end = stem.find('.');
    if (end == std::string_view::npos)
        return {};
    const std::string_view known = translated(stem.substr(end + 1), kInside);
    if (known.empty())
        return {};
    return "blk." + std::string(stem.substr(0, end)) + "." + std::string(known).append(suffix);
}

std::int64_t pairedRow(std::int64_t row, std::int64_t headSize)
{
    const std::int64_t within = row % headSize, half = headSize / 2;
    return row - within + within % half * 2 + within / half;
}

std::int64_t halvedRow(std::int64_t row, std::int64_t headSize)
{
    const std::int64_t within = row % headSize, half = headSize / 2;
    return row - within + within % 2 * half + within / 2;
}

Result<std::vector<TensorSource>> tensorsOf(const GgufFile& file, const ModelConfig& config)
{
    std::vector<TensorSource> sources;
    std::set<std::string> used{"rope_freqs.weight"};
    for (const NamedShape& wanted : tensorsOf(config)) {
        const std::string name = ggufNameOf(wanted.name);
        const GgufTensor* tensor = file.find(name);
        if (tensor == nullptr)
            return Error{ErrorCode::InvalidInput, "tensor " + name + " is missing"};
        if (tensor->shape != wanted.shape)
            return Error{ErrorCode::InvalidInput, "tensor " + name + " has shape " + words(tensor->shape)
                    + " where the settings ask for " + words(wanted.shape)};
        used.insert(name);
        sources.push_back(sourceOf(wanted, *tensor, config));
    }
    for (const GgufTensor& tensor : file.tensors())
        if (!used.contains(tensor.name))
            return Error{ErrorCode::Unsupported, "tensor " + printable(tensor.name)};
    return sources;
}

}  // namespace taskfold
