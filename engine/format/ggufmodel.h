#pragma once

#include "engine/format/gguf.h"
#include "engine/format/modelconfig.h"
#include "engine/format/tensorwriting.h"

#include <string>
#include <vector>

/// What a GGUF file means: llama.cpp's names and row order turned into those of config.json and transformers.
namespace taskfold {

/// Unsupported names the architecture or setting that isn't known (llama, qwen2 and qwen3 are; Mistral is a llama there).
Result<ModelConfig> configOf(const GgufFile& file);

/// The weights under transformers' names. Quantised ones become fp32 (exact), others stay what they are. The file must
/// live as long as these. An error names what is missing, unknown, or has another shape.
Result<std::vector<TensorSource>> tensorsOf(const GgufFile& file, const ModelConfig& config);

/// The type that most of the weights lie in: "Q4_1".
std::string mainTypeOf(const GgufFile& file);

/// transformers' name to llama.cpp's: "model.layers.3.mlp.up_proj.weight" is "blk.3.ffn_up.weight". Empty for unknown ones.
std::string ggufNameOf(const std::string& name);

/// Rows that rotary positions pair: transformers pairs i with i + half a head, llama.cpp's llama 2i with 2i + 1. The row of
/// a GGUF llama's q or k at which row `row` of transformers' lies, and back.
std::int64_t pairedRow(std::int64_t row, std::int64_t headSize);
std::int64_t halvedRow(std::int64_t row, std::int64_t headSize);

}  // namespace taskfold
