#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace taskfold {

/// A small regular file's bytes. InvalidInput when it is larger than `most`, which is looked at before memory is taken.
Result<std::string> wholeFile(const std::filesystem::path& file, std::uint64_t most);

}  // namespace taskfold
