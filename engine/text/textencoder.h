#pragma once

#include "engine/text/tokenizer.h"

#include <algorithm>

namespace taskfold {

/// Tokens in one piece of memory that grows and is used again.
class TokenBuffer {
public:
    void clear() { m_size = 0; }
    std::size_t size() const { return m_size; }
    std::span<const std::int32_t> tokens() const { return {m_tokens.data(), m_size}; }
    /// Where at least `more` can be written before `advance`.
    std::int32_t* room(std::size_t more)
    {
        if (m_size + more > m_tokens.size())
            m_tokens.resize((m_size + more) * 2);
        return m_tokens.data() + m_size;
    }
    void advance(std::size_t written) { m_size += written; }
    void append(std::span<const std::int32_t> tokens)
    {
        std::copy(tokens.begin(), tokens.end(), room(tokens.size()));
        m_size += tokens.size();
    }

private:
    std::vector<std::int32_t> m_tokens;
    std::size_t m_size = 0;
};

/// Encodes one text after another with memory of its own. One thread at a time.
class TextEncoder {
public:
    virtual ~TextEncoder() = default;

    /// Appends the text's tokens. What isn't UTF-8 is read as U+FFFD.
    virtual void encode(std::string_view text, SpecialTokens special, TextPart part, TokenBuffer& out) = 0;
};

}  // namespace taskfold
