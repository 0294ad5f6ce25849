#pragma once

#include "engine/text/tokenizer.h"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace taskfold {

/// A tokenizer taken apart: what the file says, checked.
struct Tokenizer::Parts {
    enum class Form { SentencePiece, ByteLevel };
    struct Merge {
        std::int32_t rank = 0, into = 0;
    };
    struct Added {
        std::string text;
        std::int32_t id = 0;
        bool special = false;
    };

    Form form = Form::ByteLevel;
    bool prefixSpace = false;  // in front of a whole text
    bool byteFallback = false;
    std::vector<std::string> texts;  // by id; empty where there is a hole
    std::unordered_map<std::string, std::int32_t> ids;
    std::unordered_map<std::uint64_t, Merge> merges;  // left id << 32 | right id
    std::vector<Added> added;  // longest first
    std::vector<std::int32_t> byteTokens;  // 256: <0x00>.. or GPT-2's letters; -1 where there is none
    std::optional<std::int32_t> unknown, bos, eos;
    bool addsBos = false;

    static std::uint64_t key(std::int32_t left, std::int32_t right)
    {
        return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
    }
};

}  // namespace taskfold
