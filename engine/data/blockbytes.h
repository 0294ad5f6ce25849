#pragma once

#include "engine/data/staging.h"

#include <functional>
#include <optional>

/// Staged blocks as bytes, one array behind another, so that one copy puts a block away and none brings it back. Only the
/// process that wrote them ever reads them.
namespace taskfold::data {

std::size_t packedSize(const StagedBlock& block, std::string& issueBytes);
/// `to` lies on eight bytes and has room for packedSize(); `issueBytes` is what that made.
void pack(const StagedBlock& block, std::int64_t firstLine, const std::string& issueBytes, char* to);
void viewOf(const char* bytes, StagedView& view);

/// Reads so many of a block's packed bytes, which lie elsewhere.
using ReadPacked = std::function<Result<void>(std::size_t at, void* to, std::size_t size)>;

/// Where a row's target is.
struct PackedTarget {
    std::int64_t from = -1;  // of the block in its file, if it can be read again there
    std::size_t at = 0, size = 0;  // among the block's packed bytes, or in the block
    bool isPacked = false;
};
/// Of that line's row, without reading the others; none where there is no such row.
Result<std::optional<PackedTarget>> targetOf(std::int64_t line, const ReadPacked& read);

}  // namespace taskfold::data
