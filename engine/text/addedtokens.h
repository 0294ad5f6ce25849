#pragma once

#include "engine/text/tokenizerparts.h"

#include <array>
#include <string_view>
#include <vector>

namespace taskfold {

/// A piece of a text: the token it is, or none yet.
struct Segment {
    std::string_view text;
    std::int32_t token = -1;
    bool first = false;  // begins the whole text
};

/// Finds added tokens in a text: at each place the longest one, from left to right (as the `tokenizers` package's
/// leftmost-longest search does).
class AddedTokens {
public:
    AddedTokens() = default;
    explicit AddedTokens(std::vector<AddedToken> tokens);

    bool empty() const { return m_tokens.empty(); }
    /// Appends the text's segments in order. AsText: special tokens aren't tokens, though what they cover is searched no
    /// further.
    void split(std::string_view text, SpecialTokens special, std::vector<Segment>& segments) const;

private:
    struct Node {
        std::int32_t token = -1;  // that ends here
        std::vector<std::pair<char, std::int32_t>> children;  // sorted
    };

    void insert(std::int32_t token);
    const AddedToken* longestAt(std::string_view text, std::size_t at, std::size_t& bytes) const;

    std::vector<AddedToken> m_tokens;
    std::vector<Node> m_nodes;
    std::array<bool, 256> m_begins{};
    int m_onlyFirst = -1;  // the byte they all begin with, where there is one
};

}  // namespace taskfold
