#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What is asked of a corpus' documents.
namespace taskfold::data {

enum class Script { Latin, Cyrillic, Greek, Arabic, Hebrew, Indic, Han, Kana, Hangul, Other };

/// How much of a corpus is written in which script.
class ScriptCount {
public:
    void add(std::string_view text);
    void add(const ScriptCount& other);
    /// Share of the letters, of 1.
    double share(Script script) const;

private:
    std::array<std::int64_t, 10> m_letters{};
};

/// The script that most of a text's letters are of; nothing is Other.
Script mainScript(std::string_view text);

/// Why a document is too poor to learn from: too short, lines that repeat, more symbols than words, another language's
/// script than the corpus. Empty: it is fine.
std::string poorness(std::string_view document, const ScriptCount& corpus);

}  // namespace taskfold::data
