#pragma once

#include "engine/core/result.h"
#include "engine/format/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace taskfold {

/// A tensor that is made while it is written: larger than memory is fine.
struct TensorSource {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::int64_t> shape;
    /// Fills `out` with the rows [from, from + out.size() / rowBytes); a row is what lies below the first size.
    std::function<void(std::int64_t from, std::span<std::byte> out)> rows;

    std::int64_t rowBytes() const;
    std::int64_t bytes() const;
};

using Written = std::function<void(std::int64_t bytes, std::int64_t total)>;

/// As writeSafetensors (beside, synced, renamed; the same bytes for the same tensors), a piece at a time.
Result<void> writeSafetensors(const std::filesystem::path& file, std::vector<TensorSource> tensors,
    const std::map<std::string, std::string>& metadata, const Written& written, std::stop_token stop);

}  // namespace taskfold
