#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace taskfold {

/// The sizes of a Llama-shaped model, as in config.json.
struct ModelConfig {
    std::string modelType = "llama";
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
    bool tiedHead = false;
    bool attentionBias = false;  // of the query, key and value products
    bool outputBias = false;  // of the attention's output product; config.json's attention_bias sets both
    std::optional<std::int32_t> bos;
    std::vector<std::int32_t> eos;  // any of them ends a text

    bool operator==(const ModelConfig&) const = default;
};

/// Unsupported names the first setting we don't know how to compute; InvalidInput what makes no sense.
Result<ModelConfig> readModelConfig(const std::filesystem::path& folder);
Result<ModelConfig> parseModelConfig(const std::string& json);
/// Writes config.json in Hugging Face form.
Result<void> writeModelConfig(const ModelConfig& config, const std::filesystem::path& folder);

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
