#include "engine/format/modelconfig.h"
#include "engine/format/newfile.h"
#include "engine/format/ropeconfig.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace taskfold {

namespace {

using nlohmann::json;

std::string architectureOf(const ModelConfig& config)
{
    return familyName(config) + "ForCausalLM";
}

// Mistral has one window for all layers; the Qwens name the kind of each.
void putWindows(json& value, const ModelConfig& config)
{
    const auto& windows = config.slidingWindow;
    const int window = windows.empty() ? 0 : *std::max_element(windows.begin(), windows.end());
    if (config.modelType == "llama")
        return;
    value["sliding_window"] = window > 0 ? json(window) : json(nullptr);
    if (config.modelType == "mistral")
        return;
    value["use_sliding_window"] = window > 0;
    json kinds = json::array();
    for (int i = 0; i < config.layers; ++i)
        kinds.push_back(config.windowOf(i) > 0 ? "sliding_attention" : "full_attention");
    value["layer_types"] = kinds;
}

void putTokens(json& value, const ModelConfig& config)
{
    value["bos_token_id"] = config.bos ? json(*config.bos) : json(nullptr);
    value["pad_token_id"] = config.pad ? json(*config.pad) : json(nullptr);
    value["eos_token_id"] = nullptr;
    if (config.eos.size() == 1)
        value["eos_token_id"] = config.eos.front();
    else if (!config.eos.empty())
        value["eos_token_id"] = config.eos;
}

}  // namespace

std::string familyName(const ModelConfig& config)
{
    if (config.modelType == "mistral")
        return "Mistral";
    if (config.modelType == "qwen2")
        return "Qwen2";
    return config.modelType == "qwen3" ? "Qwen3" : "Llama";
}

Result<void> writeModelConfig(const ModelConfig& config, const std::filesystem::path& folder, std::string_view dtype)
{
    json value{{"architectures", {architectureOf(config)}}, {"model_type", config.modelType},
        {"hidden_size", config.hidden}, {"num_hidden_layers", config.layers}, {"num_attention_heads", config.heads},
        {"num_key_value_heads", config.keyValueHeads}, {"head_dim", config.headSize},
        {"intermediate_size", config.feedForward}, {"vocab_size", config.vocabulary},
        {"max_position_embeddings", config.context}, {"rms_norm_eps", config.normEpsilon},
        {"rope_theta", config.ropeTheta}, {"rope_scaling", ropeScalingJson(config.ropeScaling)},
        {"tie_word_embeddings", config.tiedHead}, {"hidden_act", "silu"}, {"torch_dtype", dtype}};
    if (config.modelType == "llama" || config.modelType == "qwen3")
        value["attention_bias"] = config.attentionBias;
    if (config.modelType == "llama")
        value["mlp_bias"] = false;
    putWindows(value, config);
    putTokens(value, config);
    return writeWhole(folder / "config.json", value.dump(1) + "\n");
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
        if (config.qkNorm) {
            tensors.push_back({attention + "q_norm.weight", {config.headSize}});
            tensors.push_back({attention + "k_norm.weight", {config.headSize}});
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
