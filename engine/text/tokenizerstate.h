#pragma once

#include "engine/text/encoder.h"
#include "engine/text/sentencepiecemodel.h"

#include <memory>
#include <mutex>
#include <unordered_map>

namespace taskfold {

/// A tokenizer put together. What changes while it is used is behind the mutex.
struct Tokenizer::State {
    std::vector<std::string> texts;  // by token; empty where there is a hole. Never resized: others look into it
    BpeModel::Vocabulary vocabulary, added;
    std::vector<bool> special;
    std::optional<std::int32_t> bos, eos;
    bool addsBos = false;
    std::vector<DecoderStep> decoder;
    EncodingRules rules;
    std::unique_ptr<SentencePieceModel> pieces;  // instead of the rules' model
    std::size_t growth = 33, growthOnce = 3;  // bytes at most for each of a text before it is split, and for all; NFKC comes to 11, a
                                              // space's sign to 3 (Unicode's FAQ on normalisation: largest expansion factors)

    std::mutex mutex;
    std::vector<std::unique_ptr<TextEncoder>> idle;  // keep the words they know for the next text

    std::unique_ptr<TextEncoder> takeEncoder();
    void giveBack(std::unique_ptr<TextEncoder> encoder);
};

}  // namespace taskfold
