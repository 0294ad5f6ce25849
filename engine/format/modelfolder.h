#pragma once

#include "engine/core/result.h"
#include "engine/format/modelconfig.h"
#include "engine/format/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

/// A model in Hugging Face form, looked at without torch.
namespace taskfold {

struct ModelFolderFacts {
    ModelConfig config;
    std::int64_t parameters = 0;  // tied ones once
    std::int64_t bytes = 0;  // of config, weights and tokenizer
    std::string hash;  // weightsHash
    std::string licence;  // as its README.md says; empty where nothing does
};

/// Whether every tensor of the config is there, has its shape and a dtype of real numbers, and none is
/// unknown. (A tied head's copy and old rotary tables are let pass.)
Result<void> checkTensors(const Safetensors& weights, const ModelConfig& config);

/// InvalidInput names the first tensor that holds a number that isn't finite: nothing can be trained from it.
Result<void> checkFinite(const Safetensors& weights, std::stop_token stop = {});

/// What most of the bytes lie in: "BF16".
std::string mainTypeOf(const Safetensors& weights);

/// SHA-256 over every tensor's name, dtype, shape and bytes, by name: the same for one file and for several.
Result<std::string> weightsHash(const Safetensors& weights, std::stop_token stop = {});

/// Everything that is asked of a folder before it is used, but for the tokenizer: files, sizes, shapes, numbers, hash.
Result<ModelFolderFacts> inspectModelFolder(const std::filesystem::path& folder, std::stop_token stop = {});

/// What training leaves: a whole model, or an adapter in PEFT's form (adapter_model.safetensors), whose own numbers these are.
struct WeightsFacts {
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
    std::string hash;
};
Result<WeightsFacts> inspectWeights(const std::filesystem::path& folder, std::stop_token stop = {});

/// Bytes of a folder's model files: config, weights, tokenizer.
std::int64_t modelBytes(const std::filesystem::path& folder);

}  // namespace taskfold
