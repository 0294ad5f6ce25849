#include "engine/format/ggufsettings.h"

#include "engine/format/ggufkinds.h"

#include <algorithm>

namespace taskfold::gguf {

namespace {

class Writer {
public:
    void put(std::string_view key, std::string_view value)
    {
        start(key, gguf::Text);
        append(m_bytes, value);
    }
    void put(std::string_view key, std::int64_t value)
    {
        start(key, gguf::U32);
        append(m_bytes, static_cast<std::uint32_t>(value));
    }
    void put(std::string_view key, double value)
    {
        start(key, gguf::F32);
        append(m_bytes, static_cast<float>(value));
    }
    void putFlag(std::string_view key, bool value)
    {
        start(key, gguf::Bool);
        m_bytes.push_back(value ? '\1' : '\0');
    }
    /// What `element` appends for each of `count` elements.
    template <typename Element>
    void putArray(std::string_view key, std::uint32_t kind, std::size_t count, const Element& element)
    {
        start(key, gguf::Array);
        append(m_bytes, kind);
        append(m_bytes, std::uint64_t{count});
        for (std::size_t i = 0; i < count; ++i)
            element(i, m_bytes);
    }

    Pairs take() { return {std::move(m_bytes), m_count}; }

private:
    void start(std::string_view key, std::uint32_t kind)
    {
        append(m_bytes, key);
        append(m_bytes, kind);
        ++m_count;
    }

    std::string m_bytes;
    std::uint64_t m_count = 0;
};

void putScaling(Writer& pairs, const ModelConfig& config, const std::string& prefix)
{
    const RopeScaling& scaling = config.ropeScaling;
    if (scaling.kind != RopeScaling::Kind::Linear && scaling.kind != RopeScaling::Kind::Yarn)
        return;
    const bool yarn = scaling.kind == RopeScaling::Kind::Yarn;
    pairs.put(prefix + "rope.scaling.type", yarn ? "yarn" : "linear");
    pairs.put(prefix + "rope.scaling.factor", scaling.factor);
    if (yarn)
        pairs.put(prefix + "rope.scaling.original_context_length", std::int64_t{scaling.originalContext});
}

void putModel(Writer& pairs, const ModelConfig& config, const GgufExport& settings)
{
    const std::string architecture = architectureOf(config), prefix = architecture + ".";
    pairs.put("general.architecture", architecture);
    pairs.put("general.type", "model");
    pairs.put("general.name", settings.name);
    if (!settings.licence.empty())
        pairs.put("general.license", settings.licence);
    // ggml's numbers for what most tensors lie in.
    const std::int64_t fileType = settings.type == Quantisation::F32 ? 0 : settings.type == Quantisation::F16 ? 1
        : settings.type == Quantisation::Q8_0                                                                ? 7
                                                                                                             : 32;
    pairs.put("general.file_type", fileType);
    pairs.put("general.quantization_version", std::int64_t{2});
    pairs.put(prefix + "block_count", std::int64_t{config.layers});
    pairs.put(prefix + "context_length", std::int64_t{smallestWindow(config)});
    pairs.put(prefix + "embedding_length", std::int64_t{config.hidden});
    pairs.put(prefix + "feed_forward_length", std::int64_t{config.feedForward});
    pairs.put(prefix + "attention.head_count", std::int64_t{config.heads});
    pairs.put(prefix + "attention.head_count_kv", std::int64_t{config.keyValueHeads});
    pairs.put(prefix + "attention.key_length", std::int64_t{config.headSize});
    pairs.put(prefix + "attention.value_length", std::int64_t{config.headSize});
    pairs.put(prefix + "attention.layer_norm_rms_epsilon", config.normEpsilon);
    pairs.put(prefix + "rope.dimension_count", std::int64_t{config.headSize});
    pairs.put(prefix + "rope.freq_base", config.ropeTheta);
    pairs.put(prefix + "vocab_size", std::int64_t{config.vocabulary});
    putScaling(pairs, config, prefix);
}

void putTokenizer(Writer& pairs, const Vocabulary& vocabulary, const ModelConfig& config)
{
    const bool pieces = vocabulary.form == Vocabulary::Form::SentencePiece;
    const std::string prefix = "tokenizer.ggml.";
    pairs.put(prefix + "model", pieces ? "llama" : "gpt2");
    pairs.put(prefix + "pre", pieces ? std::string("default") : vocabulary.pre);
    const auto& tokens = vocabulary.tokens;
    pairs.putArray(prefix + "tokens", gguf::Text, tokens.size(), [&](std::size_t i, std::string& out) { append(out, std::string_view(tokens[i].text)); });
    pairs.putArray(prefix + "token_type", gguf::I32, tokens.size(),
        [&](std::size_t i, std::string& out) { append(out, static_cast<std::int32_t>(tokens[i].kind)); });
    if (pieces)
        pairs.putArray(prefix + "scores", gguf::F32, tokens.size(), [&](std::size_t i, std::string& out) { append(out, tokens[i].score); });
    else
        pairs.putArray(prefix + "merges", gguf::Text, vocabulary.merges.size(),
            [&](std::size_t i, std::string& out) { append(out, std::string_view(vocabulary.merges[i])); });
    const auto token = [&](const char* name, const std::optional<std::int32_t>& id) {
        if (id)
            pairs.put(prefix + name, std::int64_t{*id});
    };
    token("bos_token_id", vocabulary.bos ? vocabulary.bos : config.bos);
    token("eos_token_id", config.eos.empty() ? vocabulary.eos : std::optional(config.eos.front()));
    if (config.eos.size() > 1)
        token("eot_token_id", config.eos[1]);
    token("unknown_token_id", vocabulary.unknown);
    token("padding_token_id", vocabulary.pad);
    pairs.putFlag(prefix + "add_bos_token", vocabulary.addsBos);
    pairs.putFlag(prefix + "add_eos_token", vocabulary.addsEos);
    pairs.putFlag(prefix + "add_space_prefix", pieces && vocabulary.prefixSpace);
    if (!vocabulary.chatTemplate.empty())
        pairs.put("tokenizer.chat_template", vocabulary.chatTemplate);
}

}  // namespace

std::string architectureOf(const ModelConfig& config)
{
    return config.modelType == "mistral" ? "llama" : config.modelType;
}

int smallestWindow(const ModelConfig& config)
{
    int smallest = config.context;
    for (const int window : config.slidingWindow)
        smallest = window > 0 ? std::min(smallest, window) : smallest;
    return smallest;
}

Pairs pairsOf(const ModelConfig& config, const Vocabulary& vocabulary, const GgufExport& settings)
{
    Writer pairs;
    putModel(pairs, config, settings);
    putTokenizer(pairs, vocabulary, config);
    return pairs.take();
}

}  // namespace taskfold::gguf
