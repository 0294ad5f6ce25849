#include "engine/data/shingles.h"

#include "engine/data/nearrows.h"

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::size_t kShingle = 5;

// Lower case (of ASCII), with single blanks.
void fold(std::string_view text, std::string& folded)
{
    folded.clear();
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t';
        if (blank && (folded.empty() || folded.back() == ' '))
            continue;
        folded += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
}

}  // namespace

std::uint32_t mixedHash(std::uint64_t value)
{
    value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::uint32_t>(value >> 32);
}

// Continuation bytes belong to their character.
void shinglesOf(std::string_view text, std::string& room, std::vector<std::size_t>& starts, std::vector<std::uint32_t>& shingles)
{
    fold(text, room);
    shingles.clear();
    starts.clear();
    for (std::size_t i = 0; i < room.size(); ++i)
        if ((static_cast<unsigned char>(room[i]) & 0xC0) != 0x80)
            starts.push_back(i);
    starts.push_back(room.size());
    const std::size_t characters = starts.size() - 1;
    const std::size_t count = characters >= kShingle ? characters - kShingle + 1 : 1;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t hash = 0;
        for (std::size_t k = starts[i]; k < starts[std::min(i + kShingle, characters)]; ++k)
            hash = hash * 0x100000001B3ULL + static_cast<unsigned char>(room[k]) + 1;
        shingles.push_back(mixedHash(hash));
    }
    std::sort(shingles.begin(), shingles.end());
    shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
}

double jaccard(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b)
{
    const std::size_t smaller = std::min(a.size(), b.size()), larger = std::max(a.size(), b.size());
    if (static_cast<double>(smaller) < kNear * static_cast<double>(larger))
        return static_cast<double>(smaller) / static_cast<double>(larger) * 0.99;  // it can't be more
    std::size_t common = 0;
    for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
        common += a[i] == b[k] ? 1 : 0;
        const bool left = a[i] <= b[k], right = b[k] <= a[i];
        i += left ? 1 : 0;
        k += right ? 1 : 0;
    }
    return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

}  // namespace taskfold::data
