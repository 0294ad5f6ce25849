#include "engine/data/encoding.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace taskfold::data {

namespace {

std::string_view trimmed(std::string_view text)
{
    const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    return text;
}

// Whether one of eight bytes is over 126 or below 32, counted high rather than low.
bool hasOdd(std::uint64_t eight)
{
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL, kHigh = 0x8080808080808080ULL;
    const std::uint64_t low = (eight - kOnes * 0x20) & ~eight;  // below a space
    const std::uint64_t high = eight | (eight + kOnes);  // 127 and above
    return ((low | high) & kHigh) != 0;
}

#ifdef __SSE2__
// Whether sixteen bytes are ASCII without controls.
bool isPlain(const char* from)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    const __m128i odd = _mm_or_si128(bytes, _mm_or_si128(controls, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F))));
    return _mm_movemask_epi8(odd) == 0;
}
#endif

std::uint8_t byteAt(std::string_view text, std::size_t i)
{
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
}

// How many bytes the character takes if nothing about it can ever change under NFC, whatever follows it: Latin without
// combining marks, common punctuation, kana without voicing marks, ideographs, full-width forms, emoji. 0 otherwise.
// From the Unicode tables: no such character has a decomposition or a combining class.
std::size_t inert(std::string_view text, std::size_t at)
{
    const std::uint8_t first = byteAt(text, at), second = byteAt(text, at + 1), third = byteAt(text, at + 2);
    if (first >= 0xC3 && first <= 0xCB)
        return 2;
    if (first == 0xC2)
        return second >= 0xA0 ? 2 : 0;
    if (first == 0xE2 && second == 0x80)
        return third >= 0x82 ? 3 : 0;
    if (first == 0xE3)
        return (second == 0x80 && (third < 0xAA || third > 0xAF)) || second == 0x81 || second == 0x83 || (second == 0x82 && third != 0x99 && third != 0x9A) ? 3 : 0;
    if (first >= 0xE4 && first <= 0xE9)
        return 3;
    if (first == 0xEF && (second == 0xBC || second == 0xBD))
        return 3;
    return first == 0xF0 && second == 0x9F ? 4 : 0;
}

enum class State { Normal, Controls, Unknown };

State stateOf(std::string_view text)
{
    State state = State::Normal;
    for (std::size_t i = 0; i < text.size();) {
#ifdef __SSE2__
        if (i + 16 <= text.size() && isPlain(text.data() + i)) {
            i += 16;
            continue;
        }
        if (i + 16 > text.size() && text.size() >= 16 && isPlain(text.data() + text.size() - 16))
            return state;
#endif
        std::uint64_t eight = 0;
        if (i + 8 <= text.size()) {
            std::memcpy(&eight, text.data() + i, 8);
            if (!hasOdd(eight)) {
                i += 8;
                continue;
            }
        }
        const std::uint8_t byte = byteAt(text, i);
        if (byte < 0x80) {
            if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F)
                return State::Controls;
            ++i;
        } else if (const std::size_t bytes = inert(text, i)) {
            i += bytes;
        } else {
            state = State::Unknown;
            ++i;
        }
    }
    return state;
}

std::string withoutControls(std::string_view text)
{
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n')
                kept += '\n';
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F)
            continue;
        kept += c;
    }
    return kept;
}

}  // namespace

std::string_view normalisedView(std::string_view text, std::string& room)
{
    text = trimmed(text);
    const State state = stateOf(text);
    if (state == State::Normal)
        return text;
    if (state == State::Controls) {
        room = withoutControls(text);
        text = trimmed(room);
    }
    UErrorCode failure = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(failure);
    if (U_FAILURE(failure) || nfc->isNormalizedUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), failure))
        return text;
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal);
    nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, failure);
    if (U_FAILURE(failure))
        return text;
    room = std::move(normal);
    return room;
}

std::string_view normalisedPlain(std::string_view text)
{
    return trimmed(text);
}

bool isPlainText(std::string_view text)
{
    const char *at = text.data(), *const end = at + text.size();
    std::uint64_t few = 0x2020202020202020ULL;
    if (text.size() < 8) {
        if (!text.empty())
            std::memcpy(&few, at, text.size());
        return !hasOdd(few);
    }
#ifdef __SSE2__
    for (; end - at > 16; at += 16)
        if (!isPlain(at))
            return false;
    if (text.size() >= 16)
        return isPlain(end - 16);
#endif
    for (; end - at > 8; at += 8) {
        std::memcpy(&few, at, 8);
        if (hasOdd(few))
            return false;
    }
    std::memcpy(&few, end - 8, 8);
    return !hasOdd(few);
}

std::string normalised(std::string_view text)
{
    std::string room;
    return std::string(normalisedView(text, room));
}

}  // namespace taskfold::data
