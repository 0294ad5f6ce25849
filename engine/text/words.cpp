#include "engine/text/words.h"

#include <array>
#include <map>

namespace taskfold {

namespace {

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
