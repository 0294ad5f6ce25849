#pragma once

#include "engine/core/result.h"
#include "engine/format/modelconfig.h"
#include "engine/format/safetensors.h"
#include "engine/format/tensorwriting.h"

#include <filesystem>
#include <string>
#include <vector>

namespace taskfold {

/// A folder with adapter_config.json and adapter_model.safetensors, as PEFT writes it.
bool isAdapter(const std::filesystem::path& folder);

/// The model an adapter is added to: the folder that its base_model_name_or_path names, from the adapter's own folder on
/// where it is relative. Unsupported when that is an adapter, too.
Result<std::filesystem::path> baseOfAdapter(const std::filesystem::path& folder);

/// adapter_config.json as it stands in `folder`, with another base.
Result<std::string> adapterConfigWithBase(const std::filesystem::path& folder, const std::filesystem::path& base);

/// A base's weights with a LoRA adapter added to them, in fp32: W + s B A with s = alpha / rank, or alpha / sqrt(rank) for
/// rsLoRA (Hu et al. 2021; Kalajdzievski 2023); for DoRA each row is then scaled to its learned length (Liu et al. 2024).
/// Base and adapter must live as long as the result. Unsupported names what isn't LoRA on linear layers.
Result<std::vector<TensorSource>> mergedTensors(
    const Safetensors& base, const ModelConfig& config, const Safetensors& adapter, const std::filesystem::path& folder);

}  // namespace taskfold
