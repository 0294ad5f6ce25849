#pragma once

#include "engine/text/addedtokens.h"
#include "engine/text/bpe.h"
#include "engine/text/normaliser.h"
#include "engine/text/splitter.h"
#include "engine/text/textencoder.h"
#include "engine/text/wordcache.h"

#include <vector>

namespace taskfold {

/// Everything that is asked while a text is encoded. Never changes once made.
struct EncodingRules {
    AddedTokens rawAdded, normalisedAdded;
    Normaliser normaliser{{}};
    std::vector<SplitStep> splits;
    BpeModel model;
    std::vector<bool> special;  // by token
};

/// Encodes one text after another, and remembers words. One thread at a time; the rules must outlive it.
class Encoder final : public TextEncoder {
public:
    explicit Encoder(const EncodingRules& rules) : m_rules(rules), m_splitter(rules.splits) { }

    void encode(std::string_view text, SpecialTokens special, TextPart part, TokenBuffer& out) override;

private:
    void encodeSegment(const Segment& segment, SpecialTokens special, TextPart part, TokenBuffer& out);
    void encodeWords(std::string_view text, bool begins, TextPart part, TokenBuffer& out);
    void lookUp(const std::string_view* words, std::size_t count, TokenBuffer& out);
    void encodeLong(std::string_view word, TokenBuffer& out);
    void encodeNew(std::string_view word);

    const EncodingRules& m_rules;
    Splitter m_splitter;
    WordCache m_cache;
    BpeModel::Scratch m_scratch;
    PaddedText m_text, m_normal;
    std::string m_normalised;
    std::vector<Segment> m_segments, m_inner;
    std::vector<std::string_view> m_parts;
    std::vector<std::int32_t> m_ids;
    bool m_keeps = true;  // whether the tokens of the new word may be remembered
    SpecialTokens m_special = SpecialTokens::Parse;
};

}  // namespace taskfold
