#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace taskfold {

/// What a pre-tokenizer asks of a character. Categories as in Unicode 16, which the `tokenizers` package's regex
/// engine knows (measured over all code points); `Numeric` is Rust's is_numeric, of Unicode 17.
enum CharacterClass : std::uint16_t {
    kLetter = 1,
    kNumber = 2,
    kSpace = 4,
    kMark = 8,
    kNewline = 16,  // \r and \n
    kNumeric = 32,
    kUpper = 64,  // Lu, Lt, Lm, Lo, M
    kLower = 128,  // Ll, Lm, Lo, M
    kComposes = 256,  // may change under NFC, by itself or beside another
};

/// Classes of all code points, made at first use; ASCII for itself, since most bytes are.
class Characters {
public:
    static const Characters& all();

    std::uint16_t of(char32_t point) const
    {
        return point < 0x110000 ? m_blocks[m_index[point >> kShift]][point & (kBlock - 1)] : 0;
    }
    std::uint16_t ofAscii(unsigned char byte) const { return m_ascii[byte]; }

private:
    static constexpr std::size_t kShift = 8, kBlock = 1 << kShift;

    Characters();

    std::array<std::uint16_t, 128> m_ascii{};
    std::array<std::uint16_t, (0x110000 >> kShift)> m_index{};
    std::array<std::array<std::uint16_t, kBlock>, 1200> m_blocks{};
};

/// The character at this place of well-formed UTF-8, and how many bytes it has.
struct Decoded {
    char32_t point = 0;
    std::uint32_t bytes = 1;
};

inline Decoded decodedAt(const char* at)
{
    const auto byte = [at](int i) { return static_cast<char32_t>(static_cast<unsigned char>(at[i])); };
    const char32_t first = byte(0);
    if (first < 0x80)
        return {first, 1};
    if (first < 0xE0)
        return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
    if (first < 0xF0)
        return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
    return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

/// The character that ends just before `at`, not before `begin`.
inline Decoded decodedBefore(const char* at, const char* begin)
{
    const char* start = at - 1;
    while (start > begin && (static_cast<unsigned char>(*start) & 0xC0) == 0x80)
        --start;
    return decodedAt(start);
}

/// \w: alphabetic, mark, decimal number, connector or joiner.
bool isWordCharacter(char32_t point);

}  // namespace taskfold
