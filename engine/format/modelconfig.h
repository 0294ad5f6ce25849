#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

/// How rotary positions are stretched beyond the length a model was first trained with (engine/format/rotary.h).
struct RopeScaling {
    enum class Kind {
        None,
        Linear,
        Dynamic,  // changes nothing up to max_position_embeddings, and a longer text isn't computed
        Llama3,
        Yarn,
    };
    Kind kind = Kind::None;
    double factor = 1;
    int originalContext = 0;  // llama3, yarn
    double lowFrequency = 1, highFrequency = 4;  // llama3
    double betaFast = 32, betaSlow = 1;  // yarn
    bool truncate = true;  // yarn
    double attentionFactor = 1;  // yarn: what cosine and sine are multiplied by

    bool operator==(const RopeScaling&) const = default;
};

/// What is computed by a Llama-shaped model, as in config.json. Every field changes the result.
struct ModelConfig {
    std::string modelType = "llama";  // or mistral, qwen2, qwen3
    int hidden = 0;
    int layers = 0;
    int heads = 0;
    int keyValueHeads = 0;
    int headSize = 0;
    int feedForward = 0;
    int vocabulary = 0;
    int context = 0;  // max_position_embeddings
    double normEpsilon = 1e-6;
    double ropeTheta = 10000;
    RopeScaling ropeScaling;
    bool tiedHead = false;
    bool attentionBias = false;  // of the query, key and value products
    bool outputBias = false;  // of the attention's output product; llama's and qwen3's attention_bias sets both
    bool qkNorm = false;  // RMSNorm (normEpsilon) over each head's queries and keys, before they are rotated
    /// By layer: a token sees itself and the `slidingWindow[layer] - 1` tokens before it; 0: all. Empty: all, in all layers.
    std::vector<int> slidingWindow;
    std::optional<std::int32_t> bos, pad;
    std::vector<std::int32_t> eos;  // any of them ends a text

    /// 0 where a layer sees all tokens before it.
    int windowOf(int layer) const
    {
        return slidingWindow.empty() ? 0 : slidingWindow[static_cast<std::size_t>(layer)];
    }

    bool operator==(const ModelConfig&) const = default;
};

/// A model type as people write it: "Qwen2".
std::string familyName(const ModelConfig& config);

/// Unsupported names the first setting we don't know how to compute; InvalidInput what makes no sense. The end tokens are
/// those of generation_config.json where the folder has one, as in transformers.
Result<ModelConfig> readModelConfig(const std::filesystem::path& folder);
Result<ModelConfig> parseModelConfig(std::string_view json);
/// Writes config.json in Hugging Face form; `dtype` is the word for what the weights lie in: float32, float16, bfloat16.
Result<void> writeModelConfig(
    const ModelConfig& config, const std::filesystem::path& folder, std::string_view dtype = "float32");

/// Of all tensors, tied ones once.
std::int64_t parameterCount(const ModelConfig& config);

struct NamedShape {
    std::string name;
    std::vector<std::int64_t> shape;

    bool operator==(const NamedShape&) const = default;
};

/// What a folder's safetensors must hold, in the order of computing: "model.embed_tokens.weight" first.
std::vector<NamedShape> tensorsOf(const ModelConfig& config);

}  // namespace taskfold
