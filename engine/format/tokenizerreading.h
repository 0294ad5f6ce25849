#pragma once

#include "engine/format/tokenizerwriting.h"

#include <filesystem>

namespace taskfold {

/// A folder's tokenizer.json and tokenizer_config.json as a vocabulary with llama.cpp's names, for a GGUF file. Numbers that
/// no token has become unused tokens. Unsupported names what llama.cpp has no word for.
Result<Vocabulary> readVocabulary(const std::filesystem::path& folder, int size);

}  // namespace taskfold
