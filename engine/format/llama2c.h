#pragma once

#include "engine/core/result.h"
#include "engine/format/mappedfile.h"
#include "engine/format/modelconfig.h"
#include "engine/format/tensorwriting.h"
#include "engine/format/tokenizerwriting.h"

#include <filesystem>
#include <vector>

/// The files of llama2.c: weights without names (its version 0, fp32) and a tokenizer beside them.
namespace taskfold {

/// Mapped into memory, sizes checked: exactly the bytes that the header asks for.
class Llama2cFile {
public:
    static Result<Llama2cFile> open(const std::filesystem::path& file);

    const ModelConfig& config() const { return m_config; }
    /// Under transformers' names, in its row order. This must live as long as they.
    std::vector<TensorSource> tensors() const;

private:
    Llama2cFile(MappedFile file, ModelConfig config) : m_file(std::move(file)), m_config(std::move(config)) { }

    MappedFile m_file;
    ModelConfig m_config;
};

/// tokenizer.bin, or the only tok*.bin, beside the model. `size` is the model's vocabulary: as many tokens, and no byte more.
Result<Vocabulary> llama2cVocabulary(const std::filesystem::path& model, int size);

}  // namespace taskfold
