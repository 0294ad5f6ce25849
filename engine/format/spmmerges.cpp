#include "engine/format/spmmerges.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace taskfold {

namespace {

constexpr std::size_t kLongest = 1024;

struct Merge {
    std::string_view left, right;
    float score = 0;
    std::size_t leftLetters = 0, rightLetters = 0;
};

bool beginsLetter(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

std::size_t lettersOf(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), beginsLetter));
}

bool isJoined(const TokenEntry& token)
{
    const bool text = token.kind == TokenKind::Normal || token.kind == TokenKind::UserDefined || token.kind == TokenKind::Unused;
    return text && token.text.size() <= kLongest;
}

}  // namespace

std::vector<std::string> mergesOf(const Vocabulary& vocabulary)
{
    std::unordered_map<std::string_view, std::size_t> ids;
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        ids.emplace(vocabulary.tokens[i].text, i);
    std::vector<Merge> merges;
    std::vector<std::pair<std::size_t, std::size_t>> cuts;
    for (const TokenEntry& token : vocabulary.tokens) {
        if (!isJoined(token))
            continue;
        cuts.clear();
        const std::string_view text = token.text;
        for (std::size_t at = 1; at < text.size(); ++at) {
            if (!beginsLetter(text[at]))
                continue;
            const auto left = ids.find(text.substr(0, at)), right = ids.find(text.substr(at));
            if (left != ids.end() && right != ids.end())
                cuts.emplace_back(left->second, right->second);
        }
        std::sort(cuts.begin(), cuts.end());
        for (const auto& [left, right] : cuts) {
            const std::string_view l = vocabulary.tokens[left].text, r = vocabulary.tokens[right].text;
            merges.push_back({l, r, token.score, lettersOf(l), lettersOf(r)});
        }
    }
    std::stable_sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
        if (a.score != b.score)
            return a.score > b.score;
        return a.leftLetters != b.leftLetters ? a.leftLetters > b.leftLetters : a.rightLetters > b.rightLetters;
    });
    std::vector<std::string> texts;
    for (const Merge& merge : merges)
        texts.push_back(std::string(merge.left) + " " + std::string(merge.right));
    return texts;
}

}  // namespace taskfold
