#pragma once

#include "engine/data/parquettexts.h"

#include <arrow/util/compression.h>
#include <parquet/column_page.h>
#include <parquet/column_reader.h>

/// Pages of Parquet's columns: where they are, and unpacked. Only parquettexts' sources include it.
namespace taskfold::data {

/// A column's distinct texts.
struct PageDictionary {
    std::string bytes;
    std::vector<TextRows::Cell> texts;
};

struct PageRange {
    std::size_t begin = 0, end = 0;
};

/// One column of a row group.
struct PagedColumn {
    struct Page {
        std::int64_t row = 0, from = 0;  // its first, of the group; in the file
    };

    std::string name;
    std::shared_ptr<arrow::io::RandomAccessFile> file;
    std::shared_ptr<parquet::FileMetaData> about;  // whose leaf is meant
    const parquet::ColumnDescriptor* leaf = nullptr;
    parquet::Compression::type codec{};
    std::int64_t unpackedBytes = 0;
    std::vector<Page> pages;  // and behind the last one where it ends
    std::shared_ptr<const PageDictionary> dictionary;

    /// Those with rows from `begin` to `end`.
    PageRange pagesOf(std::int64_t begin, std::int64_t end) const;
};

/// Looks at what stands before each page. Throws ParquetException where it is malformed.
arrow::Result<PagedColumn> pagesOf(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
    const std::shared_ptr<parquet::FileMetaData>& about, int group, int leaf);

struct UnpackedPage {
    std::int64_t rows = 0, present = 0;
    bool coded = false;  // its values are places in the dictionary
    std::string_view values;
    std::vector<std::int16_t> levels;  // by row, whether it has a value; none: each has
};

/// Some pages of a column, as they lie in the file. Throws ParquetException where they are malformed.
class PackedPages {
public:
    PackedPages(const PagedColumn& column, PageRange range);

    std::size_t count() const { return m_pages.size(); }
    bool hasCoded() const;
    std::size_t plainBytes() const;
    /// Texts are unpacked to `to`, which is moved behind them; places in the dictionary to memory that the next page takes.
    UnpackedPage unpacked(std::size_t i, char*& to);

private:
    bool isCoded(const parquet::DataPage& page) const;
    std::string_view levelsOf(const parquet::DataPage& page, std::string_view body, UnpackedPage& into) const;

    const PagedColumn& m_column;
    std::vector<std::shared_ptr<parquet::DataPage>> m_pages;
    std::unique_ptr<arrow::util::Codec> m_codec;
    std::string m_room;
};

/// Memory for a piece: its pages are there at once where it isn't large.
std::shared_ptr<char[]> pageMemory(std::size_t bytes);
/// Of such memory, what lies behind `used` bytes isn't needed: the system has it again.
void giveBack(const std::shared_ptr<char[]>& memory, std::size_t used, std::size_t bytes);

/// A text with its length before it. Throws ParquetException where it isn't whole.
TextRows::Cell nextText(const char*& at, const char* end);

}  // namespace taskfold::data
