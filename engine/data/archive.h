#pragma once

#include "engine/data/stream.h"

namespace taskfold::data {

Result<std::unique_ptr<ByteStream>> openMember(const std::filesystem::path& archive, const std::string& member);

/// Whether so many bytes can't honestly come out of so few.
bool isBomb(std::int64_t packed, std::int64_t unpacked);

std::string lowerExtension(const std::filesystem::path& file);

}  // namespace taskfold::data
