#pragma once

#include "engine/core/result.h"
#include "engine/model/transformer.h"
#include "engine/text/tokenizer.h"

#include <filesystem>
#include <memory>

namespace taskfold::model {

/// A model with the tokenizer that belongs to it.
struct Loaded {
    std::unique_ptr<Transformer> model;
    std::unique_ptr<Tokenizer> tokenizer;
};

/// Reads a folder in Hugging Face form; fp16 and bf16 become fp32. Everything is checked before a tensor is made.
Result<Loaded> load(const std::filesystem::path& folder, torch::Device device);

/// Writes model.safetensors and config.json.
Result<void> save(const Transformer& model, const std::filesystem::path& folder);

/// Copies the tokenizer's files.
Result<void> copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace taskfold::model
