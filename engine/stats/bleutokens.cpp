#include "engine/stats/bleutokens.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <utility>

namespace taskfold::stats {

namespace {

std::u32string utf32(std::string_view text)
{
    const auto from = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    std::u32string to;
    to.reserve(static_cast<std::size_t>(from.length()));
    for (std::int32_t i = 0; i < from.length(); i = from.moveIndex32(i, 1))
        to += static_cast<char32_t>(from.char32At(i));
    return to;
}

std::string utf8(std::u32string_view text)
{
    std::string out;
    for (const char32_t c : text)
        icu::UnicodeString(static_cast<UChar32>(c)).toUTF8String(out);
    return out;
}

// What Python's str.split() splits at.
bool isSpace(char32_t c)
{
    return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool isDigit(char32_t c)
{
    return c >= '0' && c <= '9';
}

bool isPoint(char32_t c)
{
    return c == '.' || c == ',';
}

// [\{-\~\[-\` -\&\(-\+\:-\@\/]
bool standsApart(char32_t c)
{
    return (c >= '{' && c <= '~') || (c >= '[' && c <= '`') || (c >= ' ' && c <= '&') || (c >= '(' && c <= '+')
        || (c >= ':' && c <= '@') || c == '/';
}

// sacrebleu's table. Two of its entries are five-digit escapes that Python reads as four digits and a character; what they
// then cover is kept, for its numbers are the ones to be equal to.
bool isChinese(char32_t c)
{
    static constexpr std::array<std::pair<char32_t, char32_t>, 22> kRanges{{{0x3400, 0x4DB5}, {0x4E00, 0x9FA5}, {0x9FA6, 0x9FBB},
        {0xF900, 0xFA2D}, {0xFA30, 0xFA6A}, {0xFA70, 0xFAD9}, {0x2001, 0x2A6D}, {0x2F81, 0x2FA1}, {0xFF00, 0xFFEF},
        {0x2E80, 0x2EFF}, {0x3000, 0x303F}, {0x31C0, 0x31EF}, {0x2F00, 0x2FDF}, {0x2FF0, 0x2FFF}, {0x3100, 0x312F},
        {0x31A0, 0x31BF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F}, {0x2600, 0x26FF}, {0x2700, 0x27BF}, {0x3200, 0x32FF},
        {0x3300, 0x33FF}}};
    return std::any_of(kRanges.begin(), kRanges.end(), [=](const auto& range) { return c >= range.first && c <= range.second; });
}

void replaceAll(std::u32string& text, std::u32string_view what, std::u32string_view with)
{
    for (std::size_t at = text.find(what); at != std::u32string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// Every pair of neighbours that fits, from the left and without overlap, with spaces put in.
template <typename Fits>
std::u32string parted(std::u32string_view text, Fits fits, bool before, bool between, bool after)
{
    std::u32string out;
    std::size_t i = 0;
    while (i < text.size()) {
        if (i + 1 < text.size() && fits(text[i], text[i + 1])) {
            out += before ? U" " : U"";
            out += text[i];
            out += between ? U" " : U"";
            out += text[i + 1];
            out += after ? U" " : U"";
            i += 2;
        } else {
            out += text[i++];
        }
    }
    return out;
}

// The part that 13a and zh share.
std::u32string cutAtMarks(std::u32string_view text)
{
    std::u32string apart;
    for (const char32_t c : text) {
        if (standsApart(c)) {
            apart += U' ';
            apart += c;
            apart += U' ';
        } else {
            apart += c;
        }
    }
    apart = parted(apart, [](char32_t a, char32_t b) { return !isDigit(a) && isPoint(b); }, false, true, true);
    apart = parted(apart, [](char32_t a, char32_t b) { return isPoint(a) && !isDigit(b); }, true, true, false);
    return parted(apart, [](char32_t a, char32_t b) { return isDigit(a) && b == '-'; }, false, true, true);
}

std::u32string mteval13a(std::u32string text)
{
    replaceAll(text, U"<skipped>", U"");
    replaceAll(text, U"-\n", U"");
    replaceAll(text, U"\n", U" ");
    for (const auto& [entity, mark] : std::array<std::pair<std::u32string_view, std::u32string_view>, 4>{
             {{U"&quot;", U"\""}, {U"&amp;", U"&"}, {U"&lt;", U"<"}, {U"&gt;", U">"}}})
        replaceAll(text, entity, mark);
    return cutAtMarks(U' ' + text + U' ');
}

std::u32string chinese(std::u32string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    std::u32string apart;
    for (const char32_t c : text) {
        if (isChinese(c))
            (((apart += U' ') += c) += U' ');
        else
            apart += c;
    }
    return cutAtMarks(apart);
}

std::vector<std::string> split(std::u32string_view text)
{
    std::vector<std::string> words;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && !isSpace(text[i]))
            continue;
        if (i > from)
            words.push_back(utf8(text.substr(from, i - from)));
        from = i + 1;
    }
    return words;
}

}  // namespace

std::string_view wordOf(BleuTokenizer tokenizer)
{
    switch (tokenizer) {
    case BleuTokenizer::Whitespace: return "none";
    case BleuTokenizer::Mteval13a: return "13a";
    case BleuTokenizer::Chinese: return "zh";
    case BleuTokenizer::Characters: return "char";
    }
    return {};
}

BleuTokenizer bleuTokenizerFor(std::span<const std::string_view> targets)
{
    std::size_t letters = 0, han = 0, unspaced = 0;
    for (const std::string_view target : targets) {
        for (const char32_t c : utf32(target)) {
            UErrorCode status = U_ZERO_ERROR;
            const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &status);
            letters += u_isalpha(static_cast<UChar32>(c)) ? 1U : 0U;
            han += script == USCRIPT_HAN ? 1U : 0U;
            unspaced += script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA || script == USCRIPT_THAI
                    || script == USCRIPT_LAO || script == USCRIPT_KHMER || script == USCRIPT_MYANMAR
                ? 1U
                : 0U;
        }
    }
    if (2 * (han + unspaced) < letters || han + unspaced == 0)
        return BleuTokenizer::Mteval13a;
    return 10 * unspaced > han ? BleuTokenizer::Characters : BleuTokenizer::Chinese;
}

std::vector<std::string> bleuTokens(std::string_view text, BleuTokenizer tokenizer)
{
    std::u32string line = utf32(text);
    while (!line.empty() && isSpace(line.back()))
        line.pop_back();
    switch (tokenizer) {
    case BleuTokenizer::Mteval13a: return split(mteval13a(std::move(line)));
    case BleuTokenizer::Chinese: return split(chinese(line));
    case BleuTokenizer::Characters: {
        std::vector<std::string> characters;
        for (const char32_t c : line)
            if (!isSpace(c))
                characters.push_back(utf8(std::u32string_view(&c, 1)));
        return characters;
    }
    case BleuTokenizer::Whitespace: break;
    }
    return split(line);
}

std::u32string charactersOf(std::string_view text)
{
    std::u32string characters = utf32(text);
    std::erase_if(characters, isSpace);
    return characters;
}

}  // namespace taskfold::stats
