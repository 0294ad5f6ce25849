#pragma once

#include "engine/format/tokenizerwriting.h"

#include <string>
#include <vector>

namespace taskfold {

/// A sentencepiece vocabulary's scores as BPE merges, "left right", best first: for every token, each way to cut it into two
/// tokens, by the token's score. In transformers' order (convert_slow_tokenizer.py, generate_merges), so that both cut alike.
/// Tokens over 1,024 bytes are not joined: no text of ours gets that far, and cutting them would take quadratic time.
std::vector<std::string> mergesOf(const Vocabulary& vocabulary);

}  // namespace taskfold
