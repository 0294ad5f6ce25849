#pragma once

#include <span>
#include <string>
#include <string_view>

namespace taskfold::data {

/// A tag of BIO, IOB2 or BIOES: its prefix and type. "O" has neither.
struct Tag {
    char prefix = 'O';
    std::string_view type;
    bool known = true;
};

Tag tagOf(std::string_view text);

/// "type: value; type: value", as extraction's targets are written; "none" where nothing is tagged. As many tags as tokens.
std::string slotsOf(std::span<const std::string_view> tokens, std::span<const Tag> tags);

}  // namespace taskfold::data
