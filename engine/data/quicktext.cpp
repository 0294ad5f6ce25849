#include "engine/data/quicktext.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace taskfold::data {

namespace {

// Sixteen bytes: which of them end the plain part of a text, and which are no plain ASCII.
struct Sixteen {
    unsigned ends = 0, odd = 0;

    explicit Sixteen(const char* from)
    {
#ifdef __SSE2__
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
        const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
        const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        ends = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(controls, marks)));
        odd = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)))));
#else
        for (unsigned i = 0; i < 16; ++i) {
            const auto byte = static_cast<unsigned char>(from[i]);
            ends |= (byte < 0x20 || byte == '"' || byte == '\\' ? 1U : 0U) << i;
            odd |= (byte >= 0x7F ? 1U : 0U) << i;
        }
#endif
    }
};

// How far a text goes without what ends its plain part: null where that isn't before `end`.
const char* endOfPlainNarrow(const char* at, const char* end, bool& plain)
{
    unsigned odd = 0;
    for (;; at += 16) {
        if (at >= end)
            return nullptr;
        const Sixteen bytes(at);
        if (bytes.ends == 0) {
            odd |= bytes.odd;
            continue;
        }
        const int bit = std::countr_zero(bytes.ends);
        plain = (odd | (bytes.odd & ((1U << bit) - 1))) == 0;
        at += bit;
        return at < end ? at : nullptr;
    }
}

#ifdef __SSE2__
// The same by 32 bytes.
__attribute__((target("avx2"))) const char* endOfPlainWide(const char* at, const char* end, bool& plain)
{
    const __m256i last = _mm256_set1_epi8(0x1F), quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'), del = _mm256_set1_epi8(0x7F);
    __m256i odd = _mm256_setzero_si256();
    for (;; at += 32) {
        if (at >= end)
            return nullptr;
        const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
        const __m256i controls = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes);
        const __m256i marks = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, slash));
        const auto ends = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_or_si256(controls, marks)));
        const __m256i strange = _mm256_or_si256(bytes, _mm256_cmpeq_epi8(bytes, del));
        if (ends == 0) {
            odd = _mm256_or_si256(odd, strange);
            continue;
        }
        const int bit = std::countr_zero(ends);
        const unsigned before = static_cast<unsigned>(_mm256_movemask_epi8(strange)) & ((1U << bit) - 1);
        plain = (before | static_cast<unsigned>(_mm256_movemask_epi8(odd))) == 0;
        at += bit;
        return at < end ? at : nullptr;
    }
}
#endif

const char* endOfPlain(const char* at, const char* end, bool& plain)
{
#ifdef __SSE2__
    static const bool wide = __builtin_cpu_supports("avx2") != 0;
    if (wide)
        return endOfPlainWide(at, end, plain);
#endif
    return endOfPlainNarrow(at, end, plain);
}

std::optional<std::uint32_t> fourHex(const char* from)
{
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const auto c = static_cast<unsigned char>(from[i]);
        const unsigned letter = c | 0x20U;
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - std::uint32_t{'0'});
        else if (letter >= 'a' && letter <= 'f')
            value = value << 4 | (letter - std::uint32_t{'a'} + 10);
        else
            return std::nullopt;
    }
    return value;
}

char* putUtf8(char* to, std::uint32_t code)
{
    const auto put = [&](std::uint32_t byte) { *to++ = static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
    return to;
}

bool takeUnicode(const char*& at, const char* last, char*& to)
{
    if (last - at < 6)
        return false;
    const auto first = fourHex(at + 2);
    if (!first || (*first >= 0xDC00 && *first < 0xE000))
        return false;
    at += 6;
    std::uint32_t code = *first;
    if (code >= 0xD800 && code < 0xDC00) {
        if (last - at < 6 || at[0] != '\\' || at[1] != 'u')
            return false;
        const auto second = fourHex(at + 2);
        if (!second || *second < 0xDC00 || *second >= 0xE000)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (*second - 0xDC00);
        at += 6;
    }
    to = putUtf8(to, code);
    return true;
}

bool takeEscape(const char*& at, const char* last, char*& to)
{
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (at[1] == 'u')
        return takeUnicode(at, last, to);
    const std::size_t which = kLetters.find(at[1]);
    if (which == std::string_view::npos)
        return false;
    *to++ = kMeanings[which];
    at += 2;
    return true;
}

// `at` is the first backslash of a text that begins at `from`.
const char* escaped(const char* from, const char* at, const char* end, Record& record, std::string_view& into)
{
    const char* last = at;
    bool plain = false;
    while (*last == '\\')
        if (last + 2 >= end || !(last = endOfPlain(last + 2, end, plain)))
            return nullptr;
    if (*last != '"')
        return nullptr;
    char* const room = record.room(static_cast<std::size_t>(last - from));
    char* to = room;
    for (at = from; at < last;) {
        const void* found = std::memchr(at, '\\', static_cast<std::size_t>(last - at));
        const char* stop = found ? static_cast<const char*>(found) : last;
        std::memcpy(to, at, static_cast<std::size_t>(stop - at));
        to += stop - at;
        at = stop;
        if (at < last && !takeEscape(at, last, to))
            return nullptr;
    }
    into = {room, static_cast<std::size_t>(to - room)};
    return last + 1;
}

}  // namespace

const char* readJsonText(const char* at, const char* end, Record& record, std::string_view& into, bool& plain)
{
    const char* const from = at;
    at = endOfPlain(at, end, plain);
    if (!at)
        return nullptr;
    if (*at == '\\') {
        plain = false;
        return escaped(from, at, end, record, into);
    }
    if (*at != '"')
        return nullptr;
    into = {from, static_cast<std::size_t>(at - from)};
    return at + 1;
}

}  // namespace taskfold::data
