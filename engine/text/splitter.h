#pragma once

#include "engine/text/tokenizerparts.h"

#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

/// A text to read words in: 32 readable bytes lie behind it.
class PaddedText {
public:
    static constexpr std::size_t kPadding = 32;

    void clear() { m_text.clear(); }
    void append(std::string_view text) { m_text.append(text); }
    std::string_view finish()
    {
        const std::size_t size = m_text.size();
        m_text.append(kPadding, '\0');
        return {m_text.data(), size};
    }
    void reserve(std::size_t bytes) { m_text.reserve(bytes + kPadding); }
    std::size_t size() const { return m_text.size(); }
    const char* data() const { return m_text.data(); }

private:
    std::string m_text;
};

/// Cuts a text into the words that are encoded each for itself. One a thread.
class Splitter {
public:
    using Pieces = std::vector<std::string_view>;

    /// The steps must outlive it.
    explicit Splitter(const std::vector<SplitStep>& steps) : m_steps(steps), m_texts(steps.size()) { }

    /// The words, valid until the next call. `begins`: the text is the first of a whole one; `part`: whether a prefix
    /// may stand before it. The text must be padded.
    const Pieces& split(std::string_view text, bool begins, TextPart part);

private:
    void apply(std::size_t step, bool begins, TextPart part);
    void rewrite(const SplitStep& step, PaddedText& out, bool begins, TextPart part);

    const std::vector<SplitStep>& m_steps;
    std::vector<PaddedText> m_texts;  // of each step that writes a new one
    Pieces m_pieces, m_next;
};

}  // namespace taskfold
