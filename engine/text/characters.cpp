#include "engine/text/characters.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <map>

namespace taskfold {

namespace {

struct Range {
    char32_t first, last;
    std::uint16_t classes;
};

constexpr std::uint16_t kUpperLetter = kLetter | kUpper, kLowerLetter = kLetter | kLower, kCaseless = kLetter | kUpper | kLower,
                        kAnyMark = kMark | kUpper | kLower, kDigit = kNumber | kNumeric;

// Assigned in Unicode 15.1 and 16.0 (UnicodeData.txt), later than the library on Debian knows; the last two in 17.0.
constexpr Range kLater[] = {{0x1C89, 0x1C89, kUpperLetter}, {0x1C8A, 0x1C8A, kLowerLetter}, {0xA7CB, 0xA7CC, kUpperLetter},
    {0xA7CD, 0xA7CD, kLowerLetter}, {0xA7DA, 0xA7DA, kUpperLetter}, {0xA7DB, 0xA7DB, kLowerLetter},
    {0xA7DC, 0xA7DC, kUpperLetter}, {0x105C0, 0x105F3, kCaseless}, {0x10D4A, 0x10D4F, kCaseless}, {0x10D50, 0x10D65, kUpperLetter},
    {0x10D6F, 0x10D6F, kCaseless}, {0x10D70, 0x10D85, kLowerLetter}, {0x10EC2, 0x10EC4, kCaseless},
    {0x11380, 0x11389, kCaseless}, {0x1138B, 0x1138B, kCaseless}, {0x1138E, 0x1138E, kCaseless},
    {0x11390, 0x113B5, kCaseless}, {0x113B7, 0x113B7, kCaseless}, {0x113D1, 0x113D1, kCaseless},
    {0x113D3, 0x113D3, kCaseless}, {0x11BC0, 0x11BE0, kCaseless}, {0x13460, 0x143FA, kCaseless},
    {0x16100, 0x1611D, kCaseless}, {0x16D40, 0x16D6C, kCaseless}, {0x18CFF, 0x18CFF, kCaseless},
    {0x1E5D0, 0x1E5ED, kCaseless}, {0x1E5F0, 0x1E5F0, kCaseless}, {0x2EBF0, 0x2EE5D, kCaseless},
    {0x10D40, 0x10D49, kDigit}, {0x116D0, 0x116E3, kDigit}, {0x11BF0, 0x11BF9, kDigit}, {0x16130, 0x16139, kDigit},
    {0x16D70, 0x16D79, kDigit}, {0x1CCF0, 0x1CCF9, kDigit}, {0x1E5F1, 0x1E5FA, kDigit}, {0x0897, 0x0897, kAnyMark},
    {0x10D69, 0x10D6D, kAnyMark}, {0x10EFC, 0x10EFC, kAnyMark}, {0x113B8, 0x113C0, kAnyMark},
    {0x113C2, 0x113C2, kAnyMark}, {0x113C5, 0x113C5, kAnyMark}, {0x113C7, 0x113CA, kAnyMark},
    {0x113CC, 0x113D0, kAnyMark}, {0x113D2, 0x113D2, kAnyMark}, {0x113E1, 0x113E2, kAnyMark},
    {0x11F5A, 0x11F5A, kAnyMark}, {0x1611E, 0x1612F, kAnyMark}, {0x1E5EE, 0x1E5EF, kAnyMark},
    {0x11DE0, 0x11DE9, kNumeric}, {0x16FF4, 0x16FF6, kNumeric}};

std::uint16_t caseOf(UChar32 point)
{
    switch (u_charType(point)) {
    case U_UPPERCASE_LETTER:
    case U_TITLECASE_LETTER: return kUpper;
    case U_LOWERCASE_LETTER: return kLower;
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER: return kUpper | kLower;
    default: return 0;
    }
}

std::uint16_t classOf(UChar32 point, const icu::Normalizer2& nfc)
{
    const std::uint32_t category = U_GET_GC_MASK(point);
    std::uint16_t classes = caseOf(point);
    const auto mark = [&](bool is, std::uint16_t what) { classes = static_cast<std::uint16_t>(classes | (is ? what : 0)); };
    mark((category & U_GC_L_MASK) != 0, kLetter);
    mark((category & U_GC_N_MASK) != 0, kDigit);
    mark((category & U_GC_M_MASK) != 0, kAnyMark);
    mark(u_isUWhiteSpace(point) != 0, kSpace);
    mark(point == '\n' || point == '\r', kNewline);
    // Starters that only begin a composition are no trouble: what follows them is marked itself.
    UErrorCode status = U_ZERO_ERROR;
    const bool quiet = nfc.getCombiningClass(point) == 0 && nfc.quickCheck(icu::UnicodeString(point), status) == UNORM_YES;
    mark(!quiet, kComposes);
    return classes;
}

}  // namespace

// Blocks that are alike are kept once; what lies beyond the last written character is of no class.
Characters::Characters()
{
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2& nfc = *icu::Normalizer2::getNFCInstance(status);
    std::map<std::array<std::uint16_t, kBlock>, std::uint16_t> known;
    for (std::size_t index = 0; index < m_index.size(); ++index) {
        std::array<std::uint16_t, kBlock> block{};
        const auto start = static_cast<char32_t>(index << kShift);
        const bool written = start < 0x33500 || (start >= 0xE0000 && start < 0xE0200);
        for (std::size_t i = 0; written && i < kBlock; ++i)
            block[i] = classOf(static_cast<UChar32>(start + i), nfc);
        for (const Range& range : kLater)
            for (char32_t point = std::max(start, range.first); point <= range.last && point < start + kBlock; ++point)
                block[point - start] = range.classes;
        const auto [found, fresh] = known.try_emplace(block, static_cast<std::uint16_t>(known.size()));
        if (fresh)
            m_blocks.at(found->second) = block;
        m_index[index] = found->second;
    }
    for (std::size_t i = 0; i < m_ascii.size(); ++i)
        m_ascii[i] = m_blocks[m_index[0]][i];
}

const Characters& Characters::all()
{
    static const Characters kCharacters;
    return kCharacters;
}

bool isWordCharacter(char32_t point)
{
    const auto c = static_cast<UChar32>(point);
    const std::uint16_t classes = Characters::all().of(point);
    return (classes & (kLetter | kMark)) != 0 || u_hasBinaryProperty(c, UCHAR_ALPHABETIC) != 0
        || u_charType(c) == U_DECIMAL_DIGIT_NUMBER || u_charType(c) == U_CONNECTOR_PUNCTUATION || c == 0x200C || c == 0x200D;
}

}  // namespace taskfold
