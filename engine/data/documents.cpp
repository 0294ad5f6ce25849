#include "engine/data/documents.h"

#include "engine/text/utf8.h"

#include <algorithm>
#include <set>

namespace taskfold::data {

namespace {

char32_t decoded(std::string_view text, std::size_t at, std::size_t bytes)
{
    if (bytes == 1)
        return static_cast<unsigned char>(text[at]);
    char32_t code = static_cast<unsigned char>(text[at]) & (0x7F >> bytes);
    for (std::size_t i = 1; i < bytes; ++i)
        code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    return code;
}

// By the blocks of the Unicode standard; not a letter: nothing.
bool scriptOf(char32_t code, Script& script)
{
    struct Range {
        char32_t from, to;
        Script script;
    };
    static constexpr std::array kRanges{Range{'A', 'Z', Script::Latin}, Range{'a', 'z', Script::Latin},
        Range{0xC0, 0x24F, Script::Latin}, Range{0x370, 0x3FF, Script::Greek}, Range{0x400, 0x52F, Script::Cyrillic},
        Range{0x590, 0x5FF, Script::Hebrew}, Range{0x600, 0x77F, Script::Arabic}, Range{0x900, 0xDFF, Script::Indic},
        Range{0x3040, 0x30FF, Script::Kana}, Range{0x3400, 0x9FFF, Script::Han}, Range{0xAC00, 0xD7AF, Script::Hangul}};
    for (const Range& range : kRanges)
        if (code >= range.from && code <= range.to) {
            script = range.script;
            return true;
        }
    script = Script::Other;
    return code >= 0x530 && !(code >= 0x2000 && code <= 0x33FF) && code < 0xFE00;
}

struct Counted {
    std::array<std::int64_t, 10> letters{};
    std::int64_t all = 0, symbols = 0, characters = 0;
};

Counted countOf(std::string_view text)
{
    Counted counted;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = characterBytes(text, at);
        const char32_t code = decoded(text, at, bytes);
        at += bytes;
        ++counted.characters;
        Script script{};
        if (scriptOf(code, script)) {
            ++counted.letters[static_cast<std::size_t>(script)];
            ++counted.all;
        } else if (code > ' ' && (code < '0' || code > '9') && code != '.' && code != ',' && code != '\'' && code != '"') {
            ++counted.symbols;
        }
    }
    return counted;
}

// Share of lines, of 1, that stood in the text before.
double repeatedLines(std::string_view text)
{
    std::set<std::string_view> seen;
    std::size_t lines = 0, repeated = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (const std::string_view line = text.substr(at, end - at); line.find_first_not_of(" \t") != std::string_view::npos) {
            ++lines;
            repeated += seen.insert(line).second ? 0 : 1;
        }
        at = end + 1;
    }
    return lines >= 4 ? static_cast<double>(repeated) / static_cast<double>(lines) : 0;
}

}  // namespace

void ScriptCount::add(std::string_view text)
{
    const Counted counted = countOf(text);
    for (std::size_t i = 0; i < m_letters.size(); ++i)
        m_letters[i] += counted.letters[i];
}

void ScriptCount::add(const ScriptCount& other)
{
    for (std::size_t i = 0; i < m_letters.size(); ++i)
        m_letters[i] += other.m_letters[i];
}

double ScriptCount::share(Script script) const
{
    std::int64_t all = 0;
    for (const std::int64_t letters : m_letters)
        all += letters;
    return all > 0 ? static_cast<double>(m_letters[static_cast<std::size_t>(script)]) / static_cast<double>(all) : 0;
}

Script mainScript(std::string_view text)
{
    const Counted counted = countOf(text);
    const auto most = std::max_element(counted.letters.begin(), counted.letters.end());
    return *most == 0 ? Script::Other : static_cast<Script>(most - counted.letters.begin());
}

std::string poorness(std::string_view document, const ScriptCount& corpus)
{
    constexpr std::int64_t kShortest = 10;  // letters
    constexpr double kForeign = 0.02;
    const Counted counted = countOf(document);
    const std::int64_t han = counted.letters[static_cast<std::size_t>(Script::Han)];
    if (counted.all + 2 * han < kShortest)
        return "only " + std::to_string(counted.all) + " letters";
    if (counted.symbols > counted.all)
        return "more symbols than letters";
    if (repeatedLines(document) > 0.5)
        return "more than half of its lines are repeated";
    if (corpus.share(mainScript(document)) < kForeign)
        return "it is written in another script than the corpus";
    return {};
}

}  // namespace taskfold::data
