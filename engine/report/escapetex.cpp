#include "engine/report/escape.h"

#include <array>
#include <cstdint>
#include <utility>

namespace taskfold::report {

namespace {

// A line of the narrowest column holds about this many letters. TeX finds no place for longer words, and runs through all of its ways
// to hyphenate them: 5,000 letters in every cell took minutes and ended XeTeX with an error of its own.
constexpr int kLongestWord = 10;
constexpr std::string_view kEndOfPart = "_/.:=@";  // of a name such as airline_intent: the better places to break it

struct Sign {
    std::string_view text, tex;
};

// What LaTeX would take for its own, and signs that pdfLaTeX knows in formulas only.
constexpr std::array<Sign, 32> kSigns{{{"\\", "\\textbackslash{}"}, {"~", "\\textasciitilde{}"}, {"^", "\\textasciicircum{}"}, {"<", "\\textless{}"},
    {">", "\\textgreater{}"}, {"\"", "\\symbol{34}"}, {"|", "\\textbar{}"}, {"`", "\\textasciigrave{}"},
    {"[", "{[}"}, {"]", "{]}"}, {"*", "{*}"},  // not an option, nor a star, of what stands before it
    {"\n", " "}, {"\r", " "}, {"\t", " "}, {"&", "\\&"}, {"%", "\\%"}, {"$", "\\$"}, {"#", "\\#"}, {"_", "\\_"}, {"{", "\\{"}, {"}", "\\}"},
    {"\uFFFD", "\\textbf{?}"}, {"\u2212", "$-$"}, {"\u2264", "$\\le$"}, {"\u2265", "$\\ge$"}, {"\u2248", "$\\approx$"}, {"\u2260", "$\\ne$"},
    {"\u2192", "$\\to$"}, {"\u0394", "$\\Delta$"}, {"\u03C1", "$\\rho$"}, {"\u221E", "$\\infty$"}, {"\u2190", "$\\gets$"}}};

std::string_view texOf(std::string_view character)
{
    for (const Sign& sign : kSigns)
        if (sign.text == character)
            return sign.tex;
    return character;
}

// The text is well-formed.
std::size_t lengthOf(char first)
{
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::uint32_t codeOf(std::string_view character)
{
    auto code = static_cast<std::uint32_t>(static_cast<unsigned char>(character[0]));
    if (character.size() > 1)
        code &= 0x7FU >> character.size();
    for (std::size_t i = 1; i < character.size(); ++i)
        code = (code << 6) | (static_cast<unsigned char>(character[i]) & 0x3FU);
    return code;
}

// Written without spaces: kana, ideographs, syllables of Hangul.
bool standsAlone(std::uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0x20000 && c <= 0x3FFFF);
}

// Belongs to the character before it: combining marks, joiners, variation selectors, skin tones.
bool clings(std::uint32_t c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0591 && c <= 0x05BD) || (c >= 0x064B && c <= 0x065F) || (c >= 0x1AB0 && c <= 0x1AFF)
        || (c >= 0x200B && c <= 0x200F) || (c >= 0x20D0 && c <= 0x20FF) || (c >= 0x3001 && c <= 0x3002) || (c >= 0xFE00 && c <= 0xFE0F)
        || (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0100 && c <= 0xE01EF);
}

bool endsPart(std::uint32_t c)
{
    return c < 0x80 && kEndOfPart.find(static_cast<char>(c)) != std::string_view::npos;
}

bool isLetter(std::uint32_t c)
{
    return c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

std::string texEscaped(std::string_view text)
{
    const std::string safe = cleaned(text);
    std::string done;
    done.reserve(safe.size() + safe.size() / 4);
    int word = 0;
    std::uint32_t before = 0;
    for (std::size_t at = 0; at < safe.size();) {
        const std::string_view character = std::string_view(safe).substr(at, lengthOf(safe[at]));
        at += character.size();
        const std::uint32_t code = codeOf(character);
        const std::string_view tex = texOf(character);
        word = tex == " " ? 0 : word + 1;
        const bool joined = clings(code) || before == 0x200D;
        if ((standsAlone(code) && standsAlone(before)) || (word > 2 && endsPart(before) && isLetter(code))) {
            done += "\\allowbreak{}";
            word = 1;
        } else if (word > kLongestWord && !joined) {
            done += "\\penalty300{}";
            word = 1;
        } else if (code == before && (code == '-' || code == '\'' || code == ',')) {
            done += "{}";  // two of them would become one sign
        }
        done += tex;
        before = code;
    }
    return done;
}

}  // namespace taskfold::report
