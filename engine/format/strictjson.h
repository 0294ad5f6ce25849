#pragma once

#include "engine/core/result.h"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace taskfold {

/// A whole JSON text from an untrusted file: an object, nested at most `depth` deep, in which no key stands twice at
/// one level (other readers take the first, or the last). The error says what is wrong, without the file's name.
Result<nlohmann::json> parseStrictly(std::string_view text, int depth);

}  // namespace taskfold
