#pragma once

#include "engine/compute/compute.h"
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
    std::unique_ptr<Adapter> adapter{};  // what is trained beside the model, or none
    std::filesystem::path base{};  // the model's own folder, where there is an adapter
};

/// The model alone, without a tokenizer.
Result<std::unique_ptr<Transformer>> readTransformer(const std::filesystem::path& folder, torch::Device device);

/// Reads a folder in Hugging Face form, or an adapter's with its base, merged; fp16 and bf16 become fp32. Everything is checked before a tensor is made.
Result<Loaded> load(const std::filesystem::path& folder, torch::Device device);

/// What a run starts from: the whole model, or the base with a fresh adapter; with the one that lies in `setup.base` where
/// that is an adapter's folder of the same settings.
Result<Loaded> loadForTraining(const compute::TrainSetup& setup, torch::Device device);

/// Writes model.safetensors and config.json.
Result<void> save(const Transformer& model, const std::filesystem::path& folder);

/// Copies the tokenizer's files.
Result<void> copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace taskfold::model
