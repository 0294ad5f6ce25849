#include "engine/format/ggufmodel.h"

#include "engine/format/configvalues.h"
#include "engine/format/printable.h"
#include "engine/format/rotary.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace taskfold {

namespace {

using nlohmann::json;
using namespace configvalues;
using namespace std::string_view_literals;

// Below the architecture's name. What is read, and what changes nothing.
constexpr std::array kKnown{"block_count"sv, "context_length"sv, "embedding_length"sv, "feed_forward_length"sv,
    "attention.head_count"sv, "attention.head_count_kv"sv, "attention.layer_norm_rms_epsilon"sv,
    "attention.key_length"sv, "attention.value_length"sv, "attention.sliding_window"sv, "rope.dimension_count"sv,
    "rope.freq_base"sv, "rope.scaling.type"sv, "rope.scaling.factor"sv, "rope.scaling.original_context_length"sv,
    "rope.scaling.finetuned"sv, "vocab_size"sv, "tensor_data_layout"sv};

// A number that was a float as its shortest decimal: 1e-05, not 9.999999747378752e-06.
double shortest(double value)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value)).ptr;
    double read = value;
    std::from_chars(text.data(), end, read);
    return static_cast<float>(read) == static_cast<float>(value) ? read : value;
}

bool isOff(const GgufValue& value)
{
    if (const auto* whole = std::get_if<std::uint64_t>(&value))
        return *whole == 0;
    if (const auto* number = std::get_if<double>(&value))
        return *number == 0;
    const auto* flag = std::get_if<bool>(&value);
    return flag != nullptr && !*flag;
}

class Settings {
public:
    Settings(const GgufFile& file, std::string architecture) : m_file(file), m_prefix(std::move(architecture) + ".") { }

    void refuseOthers() const
    {
        for (const auto& [key, value] : m_file.metadata()) {
            if (!key.starts_with(m_prefix) || isOff(value))
                continue;
            const std::string_view name = std::string_view(key).substr(m_prefix.size());
            const bool causal = name == "attention.causal" && std::get_if<bool>(&value) != nullptr;  // true: false is off
            if (!causal && std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end())
                refuseUnsupported("setting " + printable(key));
        }
        if (m_file.flag(m_prefix + "attention.causal") == false)
            refuseUnsupported("setting " + m_prefix + "attention.causal = false");
    }

    bool has(std::string_view name) const { return m_file.metadata().contains(m_prefix + std::string(name)); }

    // A whole number, or a list (one for each layer) of the same one.
    json whole(std::string_view name) const
    {
        const std::string key = m_prefix + std::string(name);
        if (const auto value = m_file.whole(key))
            return *value;
        const GgufNumbers* each = m_file.numbers(key);
        if (each == nullptr || each->size() == 0)
            refuse(key + (has(name) ? " isn't a whole number" : " is missing"));
        for (std::size_t i = 1; i < each->size(); ++i)
            if (each->at(i) != each->at(0))
                refuseUnsupported(key + " that differs from layer to layer");
        if (!(each->at(0) >= 0 && each->at(0) <= 1e9) || each->at(0) != std::floor(each->at(0)))
            refuse(key + " isn't a whole number");
        return static_cast<std::uint64_t>(each->at(0));
    }

    double number(std::string_view name, std::optional<double> otherwise = {}) const
    {
        const auto value = m_file.number(m_prefix + std::string(name));
        if (!value && (has(name) || !otherwise))
            refuse(m_prefix + std::string(name) + (has(name) ? " isn't a number" : " is missing"));
        return value ? shortest(*value) : *otherwise;
    }

    std::string text(std::string_view name, std::string_view otherwise) const
    {
        const auto value = m_file.text(m_prefix + std::string(name));
        if (!value && has(name))
            refuse(m_prefix + std::string(name) + " isn't a text");
        return std::string(value.value_or(otherwise));
    }

private:
    const GgufFile& m_file;
    std::string m_prefix;
};

void putScaling(json& value, const Settings& settings)
{
    const std::string type = settings.text("rope.scaling.type", "none");
    if (type == "none")
        return;
    if (type != "linear" && type != "yarn")
        refuseUnsupported("rope.scaling.type " + printable(type));
    value["rope_scaling"] = {{"rope_type", type}, {"factor", settings.number("rope.scaling.factor")}};
    if (type == "yarn")
        value["rope_scaling"]["original_max_position_embeddings"] = settings.whole("rope.scaling.original_context_length");
}

void putTokens(json& value, const GgufFile& file)
{
    const auto put = [&](const char* name, std::string_view key) {
        if (const auto token = file.whole(key))
            value[name] = *token;
    };
    put("bos_token_id", "tokenizer.ggml.bos_token_id");
    put("pad_token_id", "tokenizer.ggml.padding_token_id");
    json eos = json::array();
    for (const std::string_view key :
        {"tokenizer.ggml.eos_token_id"sv, "tokenizer.ggml.eot_token_id"sv, "tokenizer.ggml.eom_token_id"sv})
        if (const auto token = file.whole(key); token && std::find(eos.begin(), eos.end(), *token) == eos.end())
            eos.push_back(*token);
    value["eos_token_id"] = eos;
}

json valueOf(const GgufFile& file, const std::string& architecture)
{
    const Settings settings(file, architecture);
    settings.refuseOthers();
    const GgufTensor* embedding = file.find("token_embd.weight");
    if (embedding == nullptr || embedding->shape.size() != 2)
        refuse("tensor token_embd.weight is missing, or has the wrong form");
    json value{{"model_type", architecture}, {"hidden_size", settings.whole("embedding_length")},
        {"num_hidden_layers", settings.whole("block_count")}, {"num_attention_heads", settings.whole("attention.head_count")},
        {"intermediate_size", settings.whole("feed_forward_length")}, {"vocab_size", embedding->shape.front()},
        {"max_position_embeddings", settings.whole("context_length")},
        {"rms_norm_eps", settings.number("attention.layer_norm_rms_epsilon")},
        {"rope_theta", settings.number("rope.freq_base", 10000)},
        {"tie_word_embeddings", file.find("output.weight") == nullptr}};
    value["num_key_value_heads"]
        = settings.has("attention.head_count_kv") ? settings.whole("attention.head_count_kv") : value["num_attention_heads"];
    if (settings.has("attention.key_length"))
        value["head_dim"] = settings.whole("attention.key_length");
    else if (const auto heads = value["num_attention_heads"].get<std::uint64_t>(); heads > 0)
        value["head_dim"] = value["hidden_size"].get<std::uint64_t>() / heads;
    if (settings.has("attention.value_length") && settings.whole("attention.value_length") != value["head_dim"])
        refuseUnsupported("attention.value_length that isn't attention.key_length");
    if (settings.has("rope.dimension_count") && settings.whole("rope.dimension_count") != value["head_dim"])
        refuseUnsupported("rope.dimension_count that isn't the size of a head");
    if (architecture == "llama" && settings.has("attention.sliding_window")) {
        value["model_type"] = "mistral";
        value["sliding_window"] = settings.whole("attention.sliding_window");
    } else if (settings.has("attention.sliding_window")) {
        refuseUnsupported("attention.sliding_window in a " + architecture);
    }
    if (architecture == "llama" && file.find("blk.0.attn_q.bias") != nullptr)
        value["attention_bias"] = true;
    putScaling(value, settings);
    putTokens(value, file);
    return value;
}

// Llama 3's scaling is no setting in a GGUF file but a tensor of what the frequencies are divided by.
void readFactors(ModelConfig& config, const GgufTensor& tensor)
{
    if (tensor.type != Quantisation::F32 || tensor.elements() * 2 != config.headSize
        || config.ropeScaling.kind != RopeScaling::Kind::None)
        refuseUnsupported("tensor rope_freqs.weight of this form");
    std::vector<float> factors(static_cast<std::size_t>(tensor.elements()));
    dequantise(tensor.type, tensor.bytes, factors);
    const std::vector<float> plain = rotaryOf(config).frequencies;
    ModelConfig tried = config;
    tried.ropeScaling = {RopeScaling::Kind::Llama3, std::round(*std::max_element(factors.begin(), factors.end()))};
    for (const int original : {8192, 2048, 4096, 16384, 32768, 65536, 131072}) {
        tried.ropeScaling.originalContext = original;
        if (!(tried.ropeScaling.factor >= 1 && tried.ropeScaling.factor < 1e6))
            break;
        const std::vector<float> scaled = rotaryOf(tried).frequencies;
        bool same = true;
        for (std::size_t i = 0; i < factors.size() && same; ++i)
            same = std::abs(plain[i] / factors[i] - scaled[i]) <= 1e-5F * scaled[i];
        if (same) {
            config.ropeScaling = tried.ropeScaling;
            return;
        }
    }
    refuseUnsupported("tensor rope_freqs.weight with factors other than Llama 3's");
}

}  // namespace

Result<ModelConfig> configOf(const GgufFile& file)
{
    try {
        const std::string architecture(file.text("general.architecture").value_or(""));
        if (architecture != "llama" && architecture != "qwen2" && architecture != "qwen3")
            refuseUnsupported("architecture " + printable(architecture) + " (supported: llama, qwen2, qwen3)");
        if (const auto type = file.text("general.type"); type && *type != "model")
            refuseUnsupported("a GGUF file of type " + printable(*type));
        if (file.whole("split.count").value_or(1) > 1)
            refuseUnsupported("a model split over several GGUF files: join them with llama.cpp's gguf-split --merge");
        Result<ModelConfig> config
            = parseModelConfig(valueOf(file, architecture).dump(-1, ' ', false, json::error_handler_t::replace));
        if (!config)
            return config;
        if (const GgufTensor* factors = file.find("rope_freqs.weight"))
            readFactors(*config, *factors);
        return config;
    } catch (const Refused& refused) {
        return refused.error;
    }
}

std::string mainTypeOf(const GgufFile& file)
{
    std::map<Quantisation, std::size_t> bytes;
    for (const GgufTensor& tensor : file.tensors())
        bytes[tensor.type] += tensor.bytes.size();
    const auto most = std::max_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == bytes.end() ? std::string() : nameOfQuantisation(static_cast<std::uint32_t>(most->first));
}

}  // namespace taskfold
