#include "engine/format/llama2c.h"

#include "engine/format/checked.h"
#include "engine/format/cursor.h"
#include "engine/format/ggufmodel.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace taskfold {

namespace {

constexpr std::uint32_t kNewerMagic = 0x616B3432;  // "ak42": versions 1 and 2
constexpr std::size_t kHeader = 7 * 4;

struct Header {
    std::int32_t hidden, feedForward, layers, heads, keyValueHeads, vocabulary, context;
};

Error bad(std::string what)
{
    return {ErrorCode::InvalidInput, std::move(what)};
}

// As config.json, whose reader knows all limits.
Result<ModelConfig> configOf(const Header& header)
{
    if (header.vocabulary == std::numeric_limits<std::int32_t>::min())
        return bad("its vocabulary is out of range");
    const nlohmann::json value{{"model_type", "llama"}, {"hidden_size", header.hidden},
        {"intermediate_size", header.feedForward}, {"num_hidden_layers", header.layers},
        {"num_attention_heads", header.heads}, {"num_key_value_heads", header.keyValueHeads},
        {"vocab_size", std::abs(header.vocabulary)}, {"max_position_embeddings", header.context},
        {"rms_norm_eps", 1e-5}, {"tie_word_embeddings", header.vocabulary > 0}, {"bos_token_id", 1},
        {"eos_token_id", {2, 1}},  // its texts end where the next one starts
        {"unk_token_id", 0}};
    return parseModelConfig(value.dump());
}

// Where a part's floats begin, in the order of the file.
struct Part {
    std::string name;  // of transformers, with "*" for the layer; "" for the tables of rotary positions
    std::uint64_t floats = 0;  // of one layer
    bool inLayers = false;
};

std::vector<Part> partsOf(const ModelConfig& config)
{
    const auto hidden = static_cast<std::uint64_t>(config.hidden), feed = static_cast<std::uint64_t>(config.feedForward);
    const auto head = static_cast<std::uint64_t>(config.headSize);
    const std::uint64_t queries = static_cast<std::uint64_t>(config.heads) * head;
    const std::uint64_t keys = static_cast<std::uint64_t>(config.keyValueHeads) * head;
    const std::uint64_t vocabulary = static_cast<std::uint64_t>(config.vocabulary);
    std::vector<Part> parts{{"model.embed_tokens.weight", vocabulary * hidden, false},
        {"model.layers.*.input_layernorm.weight", hidden, true},
        {"model.layers.*.self_attn.q_proj.weight", queries * hidden, true},
        {"model.layers.*.self_attn.k_proj.weight", keys * hidden, true},
        {"model.layers.*.self_attn.v_proj.weight", keys * hidden, true},
        {"model.layers.*.self_attn.o_proj.weight", hidden * queries, true},
        {"model.layers.*.post_attention_layernorm.weight", hidden, true},
        {"model.layers.*.mlp.gate_proj.weight", feed * hidden, true},
        {"model.layers.*.mlp.down_proj.weight", hidden * feed, true},
        {"model.layers.*.mlp.up_proj.weight", feed * hidden, true}, {"model.norm.weight", hidden, false},
        {"", static_cast<std::uint64_t>(config.context) * head, false}};
    if (!config.tiedHead)
        parts.push_back({"lm_head.weight", vocabulary * hidden, false});
    return parts;
}

// The tables must be those of a base of 10000, which llama2.c takes for granted; zeros are as good as absent.
bool hasUsualRotation(std::span<const std::byte> table, const ModelConfig& config)
{
    const auto half = static_cast<std::size_t>(config.headSize / 2);
    for (std::size_t i = 0; i < half && config.context > 1; ++i) {
        float cosine = 0;
        std::memcpy(&cosine, table.data() + (half + i) * sizeof cosine, sizeof cosine);
        const double angle = std::pow(10000.0, -2.0 * static_cast<double>(i) / config.headSize);
        if (cosine != 0 && !(std::abs(cosine - std::cos(angle)) < 1e-3))
            return false;
    }
    return true;
}

}  // namespace

Result<Llama2cFile> Llama2cFile::open(const std::filesystem::path& path)
{
    Result<MappedFile> file = MappedFile::open(path, kHeader);
    if (!file)
        return std::move(file).error();
    std::uint32_t magic = 0;
    Header header{};
    std::memcpy(&magic, file->bytes().data(), sizeof magic);
    std::memcpy(&header, file->bytes().data(), sizeof header);
    if (magic == kNewerMagic)
        return Error{ErrorCode::Unsupported, path.string() + ": llama2.c's file versions 1 and 2 (version 0 is)"};
    Result<ModelConfig> config = configOf(header);
    if (!config)
        return bad(path.string() + " isn't a llama2.c model: " + config.error().detail);
    std::uint64_t floats = 0, table = 0;
    for (const Part& part : partsOf(*config)) {
        if (part.name.empty())
            table = floats;
        floats += part.floats * static_cast<std::uint64_t>(part.inLayers ? config->layers : 1);
    }
    const auto wanted = checked::product(floats, sizeof(float));
    if (!wanted || *wanted != file->bytes().size() - kHeader)
        return bad(path.string() + " isn't a llama2.c model: its header asks for " + std::to_string(floats) + " numbers, the file has "
            + std::to_string((file->bytes().size() - kHeader) / sizeof(float)));
    if (!hasUsualRotation(file->bytes().subspan(kHeader + static_cast<std::size_t>(table) * sizeof(float)), *config))
        return Error{ErrorCode::Unsupported, path.string() + ": rotary positions of another base than 10000"};
    return Llama2cFile(*std::move(file), *std::move(config));
}

std::vector<TensorSource> Llama2cFile::tensors() const
{
    std::map<std::string, std::span<const std::byte>> places;
    std::span<const std::byte> rest = m_file.bytes().subspan(kHeader);
    for (const Part& part : partsOf(m_config)) {
        for (int layer = 0; layer < (part.inLayers ? m_config.layers : 1); ++layer) {
            std::string name = part.name;
            if (part.inLayers)
                name.replace(name.find('*'), 1, std::to_string(layer));
            places[name] = rest.first(static_cast<std::size_t>(part.floats) * sizeof(float));
            rest = rest.subspan(places[name].size());
        }
    }
    std::vector<TensorSource> sources;
    for (const NamedShape& wanted : tensorsOf(m_config)) {
        TensorSource source{wanted.name, Dtype::F32, wanted.shape, {}};
        const auto bytes = places.at(wanted.name);
        const auto row = static_cast<std::size_t>(source.rowBytes());
        const bool paired = wanted.name.ends_with("q_proj.weight") || wanted.name.ends_with("k_proj.weight");
        const std::int64_t head = paired ? m_config.headSize : 0;
        source.rows = [bytes, row, head](std::int64_t from, std::span<std::byte> out) {
            for (std::size_t at = 0; at < out.size(); at += row, ++from) {
                const auto place = static_cast<std::size_t>(head > 0 ? pairedRow(from, head) : from);
                std::memcpy(out.data() + at, bytes.data() + place * row, row);
            }
        };
        sources.push_back(std::move(source));
    }
    return sources;
}

}  // namespace taskfold
