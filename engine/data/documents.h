#pragma once

#include "engine/core/task.h"
#include "engine/data/rowstore.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What is asked of a corpus' documents.
namespace taskfold::data {

enum class Script { Latin, Cyrillic, Greek, Arabic, Hebrew, Indic, Han, Kana, Hangul, Other };

/// How much of a corpus is written in which script.
class ScriptCount {
public:
    void add(std::string_view text);
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

/// Inputs of validation and test splits, to be found inside documents. Short ones ("ok") count only as whole documents.
class HeldOutTexts {
public:
    void add(const std::string& task, Split split, const RowFile& rows);
    /// The place of an input that the document holds: "banking77/test line 12". Empty: none.
    std::string heldIn(std::string_view document) const;

private:
    static constexpr std::size_t kWindow = 32;

    std::vector<std::pair<std::string, std::string>> m_texts;  // text and place
    std::unordered_multimap<std::uint64_t, std::size_t> m_byBeginning, m_whole;
};

}  // namespace taskfold::data
