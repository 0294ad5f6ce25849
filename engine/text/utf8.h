#pragma once

#include <string>
#include <string_view>

namespace taskfold {

/// Every byte that isn't part of well-formed UTF-8 becomes U+FFFD (one for each maximal broken part, as the Unicode
/// standard recommends).
std::string repairedUtf8(std::string_view text);

bool isUtf8(std::string_view text);

void appendUtf8(std::string& text, char32_t point);

/// Bytes of the character that starts here; 1 for a byte that starts none.
std::size_t characterBytes(std::string_view text, std::size_t at);

}  // namespace taskfold
