#pragma once

#include "engine/text/pattern.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <utility>
#include <vector>

namespace taskfold {

/// Steps of a normaliser, in order. Each is one of the `tokenizers` package's.
struct NormaliserStep {
    enum class Kind { Nfc, Nfd, Nfkc, Nfkd, Lowercase, Strip, Prepend, Replace, ReplaceSpaceRuns };
    Kind kind = Kind::Nfc;
    std::string what = {}, by = {};  // Replace; Prepend puts `by` in front
    bool left = true, right = true;  // Strip
};

enum class SplitBehaviour { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };
enum class PrefixScheme { Always, First, Never };

/// Steps of a pre-tokenizer, in order.
struct SplitStep {
    enum class Kind { PrefixSpace, Pattern, Literal, Digits, DigitRuns, Metaspace };
    Kind kind = Kind::Pattern;
    taskfold::Pattern pattern = taskfold::Pattern::Gpt2;
    std::string text = {};  // Literal: what to split at; Metaspace: what stands for a space
    SplitBehaviour behaviour = SplitBehaviour::Isolated;  // Literal
    PrefixScheme scheme = PrefixScheme::Always;  // Metaspace
    bool split = true;  // Metaspace
};

/// Steps of a decoder, in order; without any, tokens are joined by spaces.
struct DecoderStep {
    enum class Kind { ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace };
    Kind kind = Kind::Fuse;
    std::string what = {}, by = {};
    int start = 0, stop = 0;  // Strip
    bool dropsFirst = true;  // Metaspace
};

/// A token found in a text before anything else is done with it.
struct AddedToken {
    std::string text;
    std::int32_t id = 0;
    bool special = false, singleWord = false, leftStrip = false, rightStrip = false;
    bool normalised = false;  // searched for in the normalised text
};

/// A tokenizer taken apart: what its file says, in its words.
struct Tokenizer::Parts {
    std::vector<std::pair<std::string, std::int32_t>> vocabulary;
    std::vector<std::pair<std::string, std::string>> merges;  // by rank
    std::vector<AddedToken> added;
    std::vector<NormaliserStep> normaliser;
    std::vector<SplitStep> splits;
    std::vector<DecoderStep> decoder;
    bool byteLevel = false;  // the vocabulary is written in GPT-2's letters for bytes
    bool byteFallback = false, fuseUnknown = false, ignoreMerges = false;
    std::string unknown;  // empty: characters without a token are left out
    std::string bos, eos;  // empty: none
    bool addsBos = false;
};

/// InvalidInput where the parts don't fit each other: a number given twice or out of range, a merge of unknown tokens.
Result<std::unique_ptr<Tokenizer>> makeTokenizer(Tokenizer::Parts parts);

}  // namespace taskfold
