#pragma once

#include "engine/core/result.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace taskfold {

/// The next text to learn from, valid until the next call; nothing at the end.
using NextText = std::function<std::optional<std::string_view>()>;

/// Bytes, and <pad>, <s>, </s> (tokens 0 to 2).
inline constexpr int kByteVocabulary = 259;

/// Learns a byte-level BPE of at most `vocabulary` tokens (fewer where the texts have no pair twice) and
/// writes tokenizer.json and tokenizer_config.json into the folder. The same texts in any order give the same
/// files. Answers how many tokens there are. kByteVocabulary: no merges, the texts aren't read.
Result<int> trainBpe(const NextText& next, int vocabulary, int context, const std::filesystem::path& folder,
    std::stop_token stop);

}  // namespace taskfold
