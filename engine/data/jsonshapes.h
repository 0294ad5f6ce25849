#pragma once

#include "engine/data/blocks.h"
#include "engine/data/reader.h"

#include <functional>
#include <memory>

/// JSON whose rows don't lie in a list of objects, read piece by piece like one.
namespace taskfold::data {

using OpensText = std::function<Result<std::unique_ptr<ByteStream>>()>;

/// The names of all columns that lie apart, where the file's beginning doesn't reach to the last.
Result<void> completeColumns(JsonLayout& layout, const OpensText& open);

/// Rows of such a file as objects, however it says them. Columns that lie apart are read side by side: `open` is asked for a
/// stream of the file for each.
Result<std::unique_ptr<BlockSource>> layoutBlocks(const JsonLayout& layout, const OpensText& open);

}  // namespace taskfold::data
