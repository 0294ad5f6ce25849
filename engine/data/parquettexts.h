#pragma once

#include "engine/data/arrowbatches.h"

#include <parquet/metadata.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Columns of texts in Parquet files, read page by page: a text stays where its page was unpacked. Only this folder's sources include it.
namespace taskfold::data {

/// Rows by column. Texts point into `bytes`, or to where they live as long as these rows are read.
struct TextRows {
    enum class State : std::uint8_t { Null, Plain, Text, Bad };  // Plain: of ASCII without controls; Bad: none

    struct Cell {
        const char* from = nullptr;
        std::uint32_t size = 0;
        State state = State::Null;

        std::string_view text() const { return {from, size}; }
    };

    std::vector<std::string> names;
    std::vector<std::vector<Cell>> columns;
    std::size_t count = 0;
    std::shared_ptr<char[]> bytes;
    std::size_t size = 0;  // behind it TextsView::kPadding bytes can be read
};

/// A piece that is read so. What it takes is done by the thread that parses it.
class TextsBlock : public TableBlock {
public:
    /// Of `rows` the memory is used again, but for its bytes.
    virtual arrow::Status read(TextRows& rows) const = 0;
};

/// A row group in pieces.
class TextPieces {
public:
    virtual ~TextPieces() = default;
    /// Null at the end.
    virtual std::shared_ptr<TextsBlock> next() = 0;
};

/// Null where the group isn't of that kind: columns (leaves) of other types, several texts a row, or coded in a way that is rare.
/// Throws ParquetException where it is malformed.
arrow::Result<std::unique_ptr<TextPieces>> textPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
    const std::shared_ptr<parquet::FileMetaData>& about, const arrow::Schema& schema, int group, const std::vector<int>& columns);

}  // namespace taskfold::data
