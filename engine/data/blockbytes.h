#pragma once

#include "engine/data/staging.h"

/// Staged blocks as bytes, one array behind another, so that one copy puts a block away and none brings it back. Only the
/// process that wrote them ever reads them.
namespace taskfold::data {

std::size_t packedSize(const StagedBlock& block, std::string& issueBytes);
/// `to` lies on eight bytes and has room for packedSize(); `issueBytes` is what that made.
void pack(const StagedBlock& block, std::int64_t firstLine, const std::string& issueBytes, char* to);
void viewOf(const char* bytes, StagedView& view);

}  // namespace taskfold::data
