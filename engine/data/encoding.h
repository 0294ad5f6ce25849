#pragma once

#include "engine/core/result.h"

#include <string>
#include <string_view>

namespace taskfold::data {

/// Bytes as UTF-8 without byte order mark. `encoding` empty: told by the mark, else UTF-8; what was used is written into
/// it. UTF-8 is handed on as it is, broken rows too, so that they can be named one by one.
Result<std::string> decoded(std::string bytes, std::string& encoding);

/// NFC, line ends as \n, without control characters but tab and line end, trimmed (method.md 3). Case stays.
std::string normalised(std::string_view text);

}  // namespace taskfold::data
