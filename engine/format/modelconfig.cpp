#include "engine/format/modelconfig.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>

namespace taskfold {

namespace {

using nlohmann::json;

constexpr std::int64_t kLargest = 1 << 24;  // of any one size

struct Refused {
    Error error;
};

int sizeAt(const json& value, const char* name, std::int64_t least = 1)
{
    const auto found = value.find(name);
    if (found == value.end() || !found->is_number_integer())
        throw Refused{{ErrorCode::InvalidInput, std::string(name) + " is missing or no whole number"}};
    const auto size = found->get<std::int64_t>();
    if (size < least || size > kLargest)
        throw Refused{{ErrorCode::InvalidInput, std::string(name) + " is out of range: " + std::to_string(size)}};
    return static_cast<int>(size);
}

bool isUnset(const json& value, const char* name)
{
    const auto found = value.find(name);
    return found == value.end() || found->is_null();
}

// Settings that change what is computed, and that this version doesn't compute.
void refuseUnknown(const json& value)
{
    const std::string type = value.value("model_type", "");
    if (type != "llama" && type != "mistral")
        throw Refused{{ErrorCode::Unsupported, "model_type \"" + type + "\""}};
    if (value.value("hidden_act", "silu") != "silu")
        throw Refused{{ErrorCode::Unsupported, "hidden_act \"" + value.value("hidden_act", "") + "\""}};
    if (!isUnset(value, "rope_scaling"))
        throw Refused{{ErrorCode::Unsupported, "rope_scaling"}};
    if (!isUnset(value, "sliding_window"))
        throw Refused{{ErrorCode::Unsupported, "sliding_window"}};
    if (!isUnset(value, "quantization_config"))
        throw Refused{{ErrorCode::Unsupported, "quantization_config"}};
    if (value.value("mlp_bias", false))
        throw Refused{{ErrorCode::Unsupported, "mlp_bias"}};
    if (value.value("partial_rotary_factor", 1.0) != 1.0)
        throw Refused{{ErrorCode::Unsupported, "partial_rotary_factor"}};
}

void readTokens(ModelConfig& config, const json& value)
{
    if (!isUnset(value, "bos_token_id") && value.at("bos_token_id").is_number_integer())
        config.bos = value.at("bos_token_id").get<std::int32_t>();
    if (isUnset(value, "eos_token_id"))
        return;
    const json& eos = value.at("eos_token_id");
    if (eos.is_array())
        config.eos = eos.get<std::vector<std::int32_t>>();
    else
        config.eos = {eos.get<std::int32_t>()};
}

ModelConfig configFrom(const json& value)
{
    refuseUnknown(value);
    ModelConfig config;
    config.modelType = value.at("model_type");
    config.hidden = sizeAt(value, "hidden_size");
    config.layers = sizeAt(value, "num_hidden_layers");
    config.heads = sizeAt(value, "num_attention_heads");
    config.keyValueHeads
        = isUnset(value, "num_key_value_heads") ? config.heads : sizeAt(value, "num_key_value_heads");
    config.feedForward = sizeAt(value, "intermediate_size");
    config.vocabulary = sizeAt(value, "vocab_size");
    config.context = sizeAt(value, "max_position_embeddings", 2);
    config.headSize = isUnset(value, "head_dim") ? config.hidden / config.heads : sizeAt(value, "head_dim");
    config.normEpsilon = value.value("rms_norm_eps", 1e-6);
    config.ropeTheta = value.value("rope_theta", 10000.0);
    config.tiedHead = value.value("tie_word_embeddings", false);
    config.attentionBias = config.outputBias = value.value("attention_bias", false);
    readTokens(config, value);
    if (config.headSize < 2 || config.headSize % 2 != 0 || config.heads % config.keyValueHeads != 0)
        throw Refused{{ErrorCode::InvalidInput, "hidden_size, head_dim and the numbers of heads don't fit together"}};
    if (config.normEpsilon <= 0 || config.ropeTheta <= 0)
        throw Refused{{ErrorCode::InvalidInput, "rms_norm_eps and rope_theta must be above zero"}};
    return config;
}

}  // namespace

Result<ModelConfig> parseModelConfig(const std::string& text)
{
    try {
        return configFrom(json::parse(text));
    } catch (const Refused& refused) {
        return Error(refused.error).within("config.json");
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string("config.json: ") + e.what()};
    }
}

Result<ModelConfig> readModelConfig(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "config.json";
    std::ifstream stream(file, std::ios::binary);
    if (!stream || !std::filesystem::is_regular_file(file))
        return Error{ErrorCode::NotFound, "there is no model in " + folder.string() + ": config.json is missing"};
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    Result<ModelConfig> config = parseModelConfig(text);
    if (!config)
        return std::move(config).error().within(folder.string());
    return config;
}

Result<void> writeModelConfig(const ModelConfig& config, const std::filesystem::path& folder)
{
    json value{{"architectures", {"LlamaForCausalLM"}}, {"model_type", config.modelType},
        {"hidden_size", config.hidden}, {"num_hidden_layers", config.layers},
        {"num_attention_heads", config.heads}, {"num_key_value_heads", config.keyValueHeads},
        {"head_dim", config.headSize}, {"intermediate_size", config.feedForward},
        {"vocab_size", config.vocabulary}, {"max_position_embeddings", config.context},
        {"rms_norm_eps", config.normEpsilon}, {"rope_theta", config.ropeTheta},
        {"tie_word_embeddings", config.tiedHead}, {"attention_bias", config.attentionBias}, {"mlp_bias", false},
        {"hidden_act", "silu"}, {"torch_dtype", "float32"}};
    if (config.modelType == "mistral")
        value["architectures"] = {"MistralForCausalLM"};
    if (config.bos)
        value["bos_token_id"] = *config.bos;
    if (config.eos.size() == 1)
        value["eos_token_id"] = config.eos.front();
    else if (!config.eos.empty())
        value["eos_token_id"] = config.eos;
    std::ofstream out(folder / "config.json", std::ios::binary);
    out << value.dump(1);
    out.close();
    if (!out)
        return Error{ErrorCode::Io, "can't write " + (folder / "config.json").string()};
    return {};
}

std::int64_t parameterCount(const ModelConfig& config)
{
    std::int64_t sum = 0;
    for (const NamedShape& tensor : tensorsOf(config)) {
        std::int64_t count = 1;
        for (const std::int64_t size : tensor.shape)
            count *= size;
        sum += count;
    }
    return sum;
}

std::vector<NamedShape> tensorsOf(const ModelConfig& config)
{
    const std::int64_t hidden = config.hidden;
    const std::int64_t queries = std::int64_t{config.heads} * config.headSize;
    const std::int64_t keys = std::int64_t{config.keyValueHeads} * config.headSize;
    std::vector<NamedShape> tensors{{"model.embed_tokens.weight", {config.vocabulary, hidden}}};
    for (int i = 0; i < config.layers; ++i) {
        const std::string layer = "model.layers." + std::to_string(i) + ".";
        const std::string attention = layer + "self_attn.";
        tensors.push_back({layer + "input_layernorm.weight", {hidden}});
        for (const auto& [name, size] : {std::pair("q_proj", queries), {"k_proj", keys}, {"v_proj", keys}}) {
            tensors.push_back({attention + name + ".weight", {size, hidden}});
            if (config.attentionBias)
                tensors.push_back({attention + name + ".bias", {size}});
        }
        tensors.push_back({attention + "o_proj.weight", {hidden, queries}});
        if (config.outputBias)
            tensors.push_back({attention + "o_proj.bias", {hidden}});
        tensors.push_back({layer + "post_attention_layernorm.weight", {hidden}});
        tensors.push_back({layer + "mlp.gate_proj.weight", {config.feedForward, hidden}});
        tensors.push_back({layer + "mlp.up_proj.weight", {config.feedForward, hidden}});
        tensors.push_back({layer + "mlp.down_proj.weight", {hidden, config.feedForward}});
    }
    tensors.push_back({"model.norm.weight", {hidden}});
    if (!config.tiedHead)
        tensors.push_back({"lm_head.weight", {config.vocabulary, hidden}});
    return tensors;
}

}  // namespace taskfold
