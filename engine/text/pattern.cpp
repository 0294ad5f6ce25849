#include "engine/text/pattern.h"

#include "engine/text/scan.h"

#include <array>

namespace taskfold {

namespace {

using Pieces = std::vector<std::string_view>;

std::uint16_t classAt(const Characters& characters, const char* at)
{
    const auto byte = static_cast<unsigned char>(*at);
    return byte < 0x80 ? characters.ofAscii(byte) : characters.of(decodedAt(at).point);
}

std::size_t bytesAt(const char* at)
{
    return static_cast<unsigned char>(*at) < 0x80 ? 1 : decodedAt(at).bytes;
}

// Bytes of 's 't 're 've 'm 'll 'd at an apostrophe, or 0. Without regard to case, the long s is an s, too.
template <bool AnyCase>
std::size_t contraction(const char* at, const char* end)
{
    const auto small = [&](const char* place) -> char {
        return place >= end ? '\0' : !AnyCase ? *place : *place >= 'A' && *place <= 'Z' ? static_cast<char>(*place | 0x20) : *place;
    };
    const char first = small(at + 1), second = small(at + 2);
    if (first == 's' || first == 't' || first == 'm' || first == 'd')
        return 2;
    if ((second == 'e' && (first == 'r' || first == 'v')) || (first == 'l' && second == 'l'))
        return 3;
    return AnyCase && end - at > 2 && at[1] == '\xC5' && at[2] == '\xBF' ? 3 : 0;
}

// \s+(?!\S)|\s+ : all but the last one when something follows.
const char* endOfSpaces(const Characters& characters, const char* at, const char* end)
{
    const char* stop = scan::runOf<kSpace>(characters, at, end);
    if (stop == end || stop - at == static_cast<std::ptrdiff_t>(bytesAt(at)))
        return stop;
    return stop - decodedBefore(stop, at).bytes;
}

// \s*[\r\n]+ before them: up to the last line break among the spaces.
const char* endOfLines(const Characters& characters, const char* at, const char* end)
{
    const char* stop = scan::runOf<kSpace>(characters, at, end);
    for (const char* last = stop; last > at; --last)
        if (last[-1] == '\n' || last[-1] == '\r')
            return last;
    return endOfSpaces(characters, at, end);
}

struct Gpt2 {
    static const char* next(const Characters& characters, const char* at, const char* end)
    {
        if (*at == '\'') {
            if (const std::size_t bytes = contraction<false>(at, end))
                return at + bytes;
        }
        const char* start = *at == ' ' && at + 1 < end ? at + 1 : at;
        const std::uint16_t kind = classAt(characters, start);
        if ((kind & kLetter) != 0)
            return scan::runOf<kLetter>(characters, start, end);
        if ((kind & kSpace) != 0)
            return endOfSpaces(characters, at, end);
        if ((kind & kNumber) != 0)
            return scan::runOf<kNumber>(characters, start, end);
        return scan::runWithout<kSpace | kLetter | kNumber>(characters, start, end);
    }
};

// [^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,Digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
template <int Digits, std::uint16_t Letters>
struct Lines {
    static const char* next(const Characters& characters, const char* at, const char* end)
    {
        if (*at == '\'') {
            if (const std::size_t bytes = contraction<true>(at, end))
                return at + bytes;
        }
        const std::uint16_t kind = classAt(characters, at);
        if ((kind & Letters) != 0)
            return scan::runOf<Letters>(characters, at, end);
        if ((kind & kNumber) != 0)
            return numbers<Digits>(characters, at, end);
        const char* behind = at + bytesAt(at);
        const std::uint16_t following = behind < end ? classAt(characters, behind) : std::uint16_t{kSpace};
        if ((following & Letters) != 0 && (kind & kNewline) == 0)
            return scan::runOf<Letters>(characters, behind, end);
        return rest<kSpace | Letters | kNumber, '\n'>(characters, at, end, kind, following);
    }

    template <int Most>
    static const char* numbers(const Characters& characters, const char* at, const char* end)
    {
        const char* stop = at;
        for (int i = 0; i < Most && stop < end && (classAt(characters, stop) & kNumber) != 0; ++i)
            stop += bytesAt(stop);
        return stop;
    }

    // Signs with what ends their line (line breaks, and one more sign that may stand there), and spaces.
    template <std::uint16_t Others, char More>
    static const char* rest(
        const Characters& characters, const char* at, const char* end, std::uint16_t kind, std::uint16_t following)
    {
        const bool spaceBefore = *at == ' ' && (following & Others) == 0;
        if ((kind & kSpace) != 0 && !spaceBefore)
            return endOfLines(characters, at, end);
        at = scan::runWithout<Others>(characters, spaceBefore ? at + 1 : at, end);
        while (at < end && (*at == '\n' || *at == '\r' || *at == More))
            ++at;
        return at;
    }
};

// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+ , else the same with + and *; then
// contractions (O200k), numbers, signs with line breaks and slashes.
template <int Digits, bool Contractions>
struct Capitals {
    using Base = Lines<Digits, kLetter>;

    static const char* next(const Characters& characters, const char* at, const char* end)
    {
        const std::uint16_t kind = classAt(characters, at);
        const bool prefix = (kind & (kNewline | kLetter | kNumber)) == 0;
        const char* word = nullptr;
        if (prefix && at + bytesAt(at) < end)
            word = lowerWord(characters, at + bytesAt(at), end);
        if (word == nullptr)
            word = lowerWord(characters, at, end);
        if (word == nullptr && prefix && at + bytesAt(at) < end)
            word = upperWord(characters, at + bytesAt(at), end);
        if (word == nullptr)
            word = upperWord(characters, at, end);
        if (word != nullptr)
            return Contractions && word < end && *word == '\'' ? word + contraction<true>(word, end) : word;
        if ((kind & kNumber) != 0)
            return Base::template numbers<Digits>(characters, at, end);
        const char* behind = at + bytesAt(at);
        const std::uint16_t following = behind < end ? classAt(characters, behind) : std::uint16_t{kSpace};
        return Base::template rest<kSpace | kLetter | kNumber, '/'>(characters, at, end, kind, following);
    }

private:
    // The capitals take what they can; at least one that may be small must be left for the second run.
    static const char* lowerWord(const Characters& characters, const char* at, const char* end)
    {
        const char* stop = scan::runOf<kUpper>(characters, at, end);
        const char* second = scan::runOf<kLower>(characters, stop, end);
        if (second > stop)
            return second;
        while (stop > at) {
            const Decoded last = decodedBefore(stop, at);
            if ((characters.of(last.point) & kLower) != 0)
                return stop;
            stop -= last.bytes;
        }
        return nullptr;
    }

    static const char* upperWord(const Characters& characters, const char* at, const char* end)
    {
        const char* stop = scan::runOf<kUpper>(characters, at, end);
        return stop == at ? nullptr : scan::runOf<kLower>(characters, stop, end);
    }
};

template <class Rule>
void split(std::string_view text, Pieces& pieces)
{
    const Characters& characters = Characters::all();
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at < end;) {
        const char* next = Rule::next(characters, at, end);
        pieces.emplace_back(at, static_cast<std::size_t>(next - at));
        at = next;
    }
}

struct Known {
    std::string_view expression;
    Pattern pattern;
};

constexpr std::array kKnown{
    Known{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", Pattern::Gpt2},
    Known{R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", Pattern::Gpt2},
    Known{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        Pattern::Llama3},
    Known{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        Pattern::Qwen2},
    Known{R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        Pattern::Qwen3Marks},
    Known{R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        Pattern::Tekken},
    Known{R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        Pattern::O200k}};

}  // namespace

std::optional<Pattern> patternOf(std::string_view expression)
{
    for (const Known& known : kKnown)
        if (known.expression == expression)
            return known.pattern;
    return {};
}

void splitByPattern(Pattern pattern, std::string_view text, Pieces& pieces)
{
    switch (pattern) {
    case Pattern::Gpt2: return split<Gpt2>(text, pieces);
    case Pattern::Llama3: return split<Lines<3, kLetter>>(text, pieces);
    case Pattern::Qwen2: return split<Lines<1, kLetter>>(text, pieces);
    case Pattern::Qwen3Marks: return split<Lines<1, kLetter | kMark>>(text, pieces);
    case Pattern::Tekken: return split<Capitals<1, false>>(text, pieces);
    case Pattern::O200k: return split<Capitals<3, true>>(text, pieces);
    }
}

}  // namespace taskfold
