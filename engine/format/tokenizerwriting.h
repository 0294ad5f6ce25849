#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Tokenizers of other files as tokenizer.json and tokenizer_config.json, which transformers and engine/text read.
namespace taskfold {

/// What a token is, by the numbers of sentencepiece and GGUF.
enum class TokenKind : std::int32_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

struct TokenEntry {
    std::string text;
    TokenKind kind = TokenKind::Normal;
    float score = 0;  // sentencepiece's: the higher, the sooner it is joined
};

/// A vocabulary as it stands in a GGUF file, a tok512.bin, or a sentencepiece model.
struct Vocabulary {
    enum class Form { ByteLevel, SentencePiece };
    Form form = Form::ByteLevel;
    std::string pre;  // byte-level: how texts are cut, by llama.cpp's name for it
    std::vector<TokenEntry> tokens;  // by id
    std::vector<std::string> merges;  // byte-level: "left right", best first
    std::optional<std::int32_t> bos, eos, unknown, pad;
    bool addsBos = false;
    bool addsEos = false;
    bool prefixSpace = true;  // sentencepiece: one space in front of a text
    std::string chatTemplate;
    int context = 0;
};

/// Unsupported names what can't be written: a way to cut texts, a token twice. InvalidInput what isn't UTF-8.
Result<void> writeTokenizer(const Vocabulary& vocabulary, const std::filesystem::path& folder);

}  // namespace taskfold
