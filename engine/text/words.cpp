#include "engine/text/words.h"

#include "engine/text/utf8.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>
#include <map>

namespace taskfold {

namespace {

enum class Class { Letter, Number, Space, Other };

Class classAt(std::string_view text, std::size_t at, std::size_t& next)
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto i = static_cast<std::int64_t>(at);
    UChar32 c = 0;
    U8_NEXT(bytes, i, static_cast<std::int64_t>(text.size()), c);
    next = static_cast<std::size_t>(i);
    if (c < 0)
        return Class::Other;
    const auto mask = U_GET_GC_MASK(c);
    if ((mask & U_GC_L_MASK) != 0)
        return Class::Letter;
    if ((mask & U_GC_N_MASK) != 0)
        return Class::Number;
    return u_isUWhiteSpace(c) ? Class::Space : Class::Other;
}

// Length of an English contraction that starts here, or 0.
std::size_t contraction(std::string_view rest)
{
    for (const std::string_view end : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
        if (rest.starts_with(end))
            return end.size();
    }
    return 0;
}

std::size_t endOfRun(std::string_view text, std::size_t at, Class wanted)
{
    while (at < text.size()) {
        std::size_t next = 0;
        if (classAt(text, at, next) != wanted)
            break;
        at = next;
    }
    return at;
}

// Spaces: all but the last one when a word follows, which takes that one if it is a plain space.
std::size_t endOfSpaces(std::string_view text, std::size_t at)
{
    std::size_t end = at;
    std::size_t last = at;
    while (end < text.size()) {
        std::size_t next = 0;
        if (classAt(text, end, next) != Class::Space)
            break;
        last = end;
        end = next;
    }
    if (end == text.size() || last == at)
        return end;
    return last;
}

std::array<std::string, 256> makeLetters()
{
    std::array<std::string, 256> letters;
    int next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        const int point = printable ? byte : next++;
        std::string& letter = letters[static_cast<std::size_t>(byte)];
        if (point < 0x80) {
            letter = static_cast<char>(point);
        } else {
            letter = {static_cast<char>(0xC0 | (point >> 6)), static_cast<char>(0x80 | (point & 0x3F))};
        }
    }
    return letters;
}

const std::array<std::string, 256>& letters()
{
    static const std::array<std::string, 256> kLetters = makeLetters();
    return kLetters;
}

}  // namespace

void eachGpt2Word(std::string_view text, const std::function<void(std::string_view)>& piece)
{
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = at + contraction(text.substr(at));
        if (end == at) {
            std::size_t next = 0;
            Class kind = classAt(text, at, next);
            std::size_t start = at;
            if (text[at] == ' ' && next < text.size()) {
                std::size_t after = 0;
                const Class following = classAt(text, next, after);
                if (following != Class::Space) {
                    kind = following;
                    start = next;
                }
            }
            end = kind == Class::Space ? endOfSpaces(text, at) : endOfRun(text, start, kind);
        }
        piece(text.substr(at, end - at));
        at = end;
    }
}

const std::string& letterOf(unsigned char byte)
{
    return letters()[byte];
}

int byteOf(std::string_view letter)
{
    static const std::map<std::string, int, std::less<>> kBytes = [] {
        std::map<std::string, int, std::less<>> bytes;
        for (int byte = 0; byte < 256; ++byte)
            bytes.emplace(letterOf(static_cast<unsigned char>(byte)), byte);
        return bytes;
    }();
    const auto found = kBytes.find(letter);
    return found == kBytes.end() ? -1 : found->second;
}

}  // namespace taskfold
