#pragma once

#include "engine/core/result.h"
#include "engine/text/tokenbatch.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

/// What the names of special tokens in a text ("</s>") mean: the tokens (as other programs read a prompt), or
/// only their letters (so that a row can't end itself).
enum class SpecialTokens { Parse, AsText };

/// A whole text, whose dummy first space is dropped, or a piece of one.
enum class TextPart { Whole, Continuation };

/// Text to token numbers and back. Never changes once made: any number of threads may use one.
class Tokenizer {
public:
    struct Parts;  // engine/text/tokenizerparts.h
    struct State;  // engine/text/tokenizerstate.h

    explicit Tokenizer(std::unique_ptr<State> state);
    ~Tokenizer();

    /// Adds no start or end token. What isn't UTF-8 is read as U+FFFD.
    std::vector<std::int32_t> encode(
        std::string_view text, SpecialTokens special = SpecialTokens::Parse) const;
    /// Every text as `encode` gives it, on so many threads (0: one a core). Stopped: the batch lacks rows.
    TokenBatch encodeBatch(std::span<const std::string_view> texts, SpecialTokens special = SpecialTokens::Parse,
        unsigned threads = 0, const std::stop_token& stop = {}) const;
    /// For what is joined after a prompt: as `encode`, without the space that some tokenizers put in front of
    /// a text.
    std::vector<std::int32_t> encodeContinuation(
        std::string_view text, SpecialTokens special = SpecialTokens::Parse) const;

    /// Special tokens and unknown numbers are left out; broken UTF-8 becomes U+FFFD.
    std::string decode(std::span<const std::int32_t> tokens, TextPart part = TextPart::Continuation) const;

    /// No text in UTF-8 of so many bytes has more tokens.
    std::size_t mostTokens(std::size_t bytes) const;

    /// The largest token number and one.
    int vocabularySize() const;
    std::optional<std::int32_t> bos() const;
    std::optional<std::int32_t> eos() const;
    /// Whether the model's settings put the start token in front of a prompt.
    bool addsBos() const;

    /// As it stands in the vocabulary, and back.
    std::string tokenText(std::int32_t token) const;
    std::optional<std::int32_t> tokenOf(std::string_view text) const;

private:
    std::vector<std::int32_t> encode(std::string_view text, SpecialTokens special, TextPart part) const;

    std::unique_ptr<State> m_state;
};

/// Reads the tokenizer of a model's folder: tokenizer.json, else tokenizer.model (SentencePiece), else vocab.json and
/// merges.txt (GPT-2's form), with tokenizer_config.json; or one such file by itself. Unsupported names what we don't know.
Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::filesystem::path& path);

/// The text of a tokenizer.json.
Result<std::unique_ptr<Tokenizer>> parseTokenizer(std::string_view json);

}  // namespace taskfold
