#pragma once

#include "engine/text/characters.h"

#include <bit>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Steps over runs of characters. Every function may read 16 bytes behind `end`, which must be readable.
namespace taskfold::scan {

#if defined(__SSE2__)
/// How many of the next 16 bytes, from the first on, are ASCII letters.
inline unsigned asciiLetters(const char* at)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // Bit 5 makes letters small; counted from 'a', letters are below 26 as unsigned numbers.
    const __m128i small = _mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    const __m128i inside = _mm_cmpeq_epi8(_mm_min_epu8(small, _mm_set1_epi8(25)), small);
    return static_cast<unsigned>(std::countr_one(static_cast<std::uint16_t>(_mm_movemask_epi8(inside))));
}

inline unsigned asciiBytes(const char* at)
{
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    return static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(_mm_movemask_epi8(bytes)) | 0x10000U));
}
#else
inline unsigned asciiLetters(const char* at)
{
    unsigned count = 0;
    while (count < 16 && static_cast<unsigned char>((at[count] | 0x20) - 'a') < 26)
        ++count;
    return count;
}

inline unsigned asciiBytes(const char* at)
{
    unsigned count = 0;
    while (count < 16 && static_cast<signed char>(at[count]) >= 0)
        ++count;
    return count;
}
#endif

/// The end of a run of characters that have one of the classes.
template <std::uint16_t Classes>
const char* runOf(const Characters& characters, const char* at, const char* end)
{
    while (at < end) {
        if constexpr (Classes == kLetter || Classes == (kLetter | kMark)) {
            const unsigned letters = asciiLetters(at);
            at += letters;
            if (letters == 16)
                continue;
            if (at >= end)
                break;
        }
        const auto byte = static_cast<unsigned char>(*at);
        if (byte < 0x80) {
            if ((characters.ofAscii(byte) & Classes) == 0)
                return at;
            ++at;
            continue;
        }
        const Decoded next = decodedAt(at);
        if ((characters.of(next.point) & Classes) == 0)
            return at;
        at += next.bytes;
    }
    return at < end ? at : end;
}

/// The end of a run of characters that have none of the classes.
template <std::uint16_t Classes>
const char* runWithout(const Characters& characters, const char* at, const char* end)
{
    while (at < end) {
        const auto byte = static_cast<unsigned char>(*at);
        const Decoded next = byte < 0x80 ? Decoded{byte, 1} : decodedAt(at);
        if (((byte < 0x80 ? characters.ofAscii(byte) : characters.of(next.point)) & Classes) != 0)
            return at;
        at += next.bytes;
    }
    return end;
}

}  // namespace taskfold::scan
