#pragma once

#include <string>
#include <string_view>

namespace taskfold {

/// A text out of a file for use in a message: in quotes, cut after 80 bytes, without what could break a line.
inline std::string printable(std::string_view text)
{
    std::string safe = "\"";
    for (const char c : text.substr(0, 80))
        safe.push_back(c >= ' ' && c < 127 ? c : '?');
    return safe + "\"";
}

}  // namespace taskfold
