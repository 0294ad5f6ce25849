#include "engine/text/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace taskfold {

namespace {

// Bytes of the well-formed character here; negative: so many bytes that are part of none.
int characterAt(const unsigned char* at, const unsigned char* end)
{
    const unsigned char first = at[0];
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return -1;
    const int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    // The second byte's range keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
    const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (at + 1 >= end || at[1] < low || at[1] > high)
        return -1;
    for (int i = 2; i < length; ++i)
        if (at + i >= end || (at[i] & 0xC0) != 0x80)
            return -i;
    return length;
}

// Where the first byte that isn't part of well-formed UTF-8 stands, or the end.
const unsigned char* firstBroken(const unsigned char* at, const unsigned char* end)
{
    constexpr std::uint64_t kHigh = 0x8080808080808080U;
    while (at < end) {
        std::uint64_t eight = 0;
        while (end - at >= 8 && (std::memcpy(&eight, at, 8), (eight & kHigh) == 0))
            at += 8;
        if (at == end)
            break;
        const int bytes = characterAt(at, end);
        if (bytes < 0)
            return at;
        at += bytes;
    }
    return end;
}

const unsigned char* bytesOf(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string repairedUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    const unsigned char* at = bytesOf(text);
    const unsigned char* const end = at + text.size();
    while (at < end) {
        const unsigned char* broken = firstBroken(at, end);
        out.append(at, broken);
        at = broken;
        if (at < end) {
            at -= characterAt(at, end);
            out += "\xEF\xBF\xBD";
        }
    }
    return out;
}

bool isUtf8(std::string_view text)
{
    const unsigned char* const end = bytesOf(text) + text.size();
    return firstBroken(bytesOf(text), end) == end;
}

void appendUtf8(std::string& text, char32_t point)
{
    const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | point >> 6);
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3F));
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

std::size_t characterBytes(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::min(length, text.size() - at);
}

}  // namespace taskfold
