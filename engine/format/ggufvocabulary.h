#pragma once

#include "engine/format/gguf.h"
#include "engine/format/tokenizerwriting.h"

namespace taskfold {

/// A GGUF file's tokenizer: tokenizer.ggml.model gpt2 (byte-level BPE) or llama (sentencepiece). Unsupported names another
/// one, or a way to cut texts that isn't known.
Result<Vocabulary> vocabularyOf(const GgufFile& file);

}  // namespace taskfold
