#include "engine/data/parquettexts.h"

#include "engine/data/parquetpages.h"
#include "engine/data/stagedrows.h"

#include <parquet/encoding.h>
#include <parquet/exception.h>

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::int64_t kPiece = 4 << 20;  // bytes unpacked, about: in smaller ones more pages lie in two pieces, and are held twice
constexpr std::int64_t kMostRows = 1 << 17;

using Cell = TextRows::Cell;

// One column's rows of a piece.
class ColumnReader {
public:
    ColumnReader(const PagedColumn& column, PageRange range, std::int64_t begin, std::int64_t end)
        : m_column(column)
        , m_range(range)
        , m_begin(begin)
        , m_end(end)
        , m_pages(column, range)
    {
    }

    // Bytes of texts that the piece will hold.
    std::size_t room() const
    {
        return m_pages.plainBytes() + (m_pages.hasCoded() ? m_column.dictionary->bytes.size() : 0);
    }

    // Unpacks texts to `to` and moves it behind them.
    void read(char*& to, std::vector<Cell>& cells)
    {
        cells.clear();
        std::int64_t row = m_column.pages[m_range.begin].row;
        for (std::size_t p = 0; p < m_pages.count(); ++p) {
            const UnpackedPage page = m_pages.unpacked(p, to);
            m_values.clear();
            if (page.coded)
                coded(page, to);
            else
                plain(page);
            place(page, row, cells);
            row += page.rows;
        }
        if (std::ssize(cells) != m_end - m_begin)
            throw parquet::ParquetException("pages hold other rows than they say");
    }

private:
    void plain(const UnpackedPage& page)
    {
        const char *at = page.values.data(), *const end = at + page.values.size();
        for (std::int64_t i = 0; i < page.present; ++i)
            m_values.push_back(nextText(at, end));
    }

    // A text of the dictionary is copied where it is met first.
    void coded(const UnpackedPage& page, char*& to)
    {
        const PageDictionary& known = *m_column.dictionary;
        m_copied.resize(known.texts.size());
        m_indices.resize(static_cast<std::size_t>(page.present));
        const auto decoder = parquet::MakeDictDecoder<parquet::ByteArrayType>();
        decoder->SetData(static_cast<int>(page.present), reinterpret_cast<const std::uint8_t*>(page.values.data()), static_cast<int>(page.values.size()));
        if (decoder->DecodeIndices(static_cast<int>(page.present), m_indices.data()) != page.present)
            throw parquet::ParquetException("a page ends before its values");
        for (const std::int32_t index : m_indices) {
            if (static_cast<std::size_t>(index) >= known.texts.size() || index < 0)
                throw parquet::ParquetException("a text that isn't in the dictionary");
            Cell& copied = m_copied[static_cast<std::size_t>(index)];
            if (!copied.from) {
                const Cell& text = known.texts[static_cast<std::size_t>(index)];
                std::copy_n(text.from, text.size, to);
                copied = {to, text.size, text.state};
                to += text.size;
            }
            m_values.push_back(copied);
        }
    }

    // What of a page is wanted, with nothing where there is nothing.
    void place(const UnpackedPage& page, std::int64_t row, std::vector<Cell>& cells) const
    {
        const auto from = static_cast<std::size_t>(std::max<std::int64_t>(m_begin - row, 0));
        const auto to = static_cast<std::size_t>(std::clamp<std::int64_t>(m_end - row, 0, page.rows));
        if (page.levels.empty()) {
            cells.insert(cells.end(), m_values.begin() + static_cast<std::ptrdiff_t>(std::min(from, to)), m_values.begin() + static_cast<std::ptrdiff_t>(to));
            return;
        }
        std::size_t value = 0;
        for (std::size_t i = 0; i < to; ++i) {
            const bool present = page.levels[i] != 0;
            if (i >= from)
                cells.push_back(present ? m_values[value] : Cell{});
            value += present ? 1 : 0;
        }
    }

    const PagedColumn& m_column;
    PageRange m_range;
    std::int64_t m_begin, m_end;
    PackedPages m_pages;
    std::vector<Cell> m_values, m_copied;
    std::vector<std::int32_t> m_indices;
};

class Piece final : public TextsBlock {
public:
    Piece(std::shared_ptr<const std::vector<PagedColumn>> columns, std::int64_t begin, std::int64_t end)
        : m_columns(std::move(columns)), m_begin(begin), m_end(end)
    {
    }

    arrow::Status each(const std::function<void(const arrow::RecordBatch&)>&) const override { return arrow::Status::NotImplemented("rows of texts"); }

    arrow::Status read(TextRows& rows) const override
    {
        try {
            fill(rows);
            return arrow::Status::OK();
        } catch (const parquet::ParquetException& malformed) {
            return arrow::Status::Invalid(malformed.what());
        }
    }

private:
    void fill(TextRows& rows) const
    {
        std::vector<ColumnReader> readers;
        std::size_t room = 0;
        rows.names.clear();
        for (const PagedColumn& column : *m_columns) {
            readers.emplace_back(column, column.pagesOf(m_begin, m_end), m_begin, m_end);
            room += readers.back().room();
            rows.names.push_back(column.name);
        }
        rows.bytes = pageMemory(room + TextsView::kPadding);
        rows.columns.resize(readers.size());
        rows.count = static_cast<std::size_t>(m_end - m_begin);
        char* to = rows.bytes.get();
        for (std::size_t c = 0; c < readers.size(); ++c)
            readers[c].read(to, rows.columns[c]);
        rows.size = static_cast<std::size_t>(to - rows.bytes.get());
        giveBack(rows.bytes, rows.size + TextsView::kPadding, room + TextsView::kPadding);
    }

    std::shared_ptr<const std::vector<PagedColumn>> m_columns;
    std::int64_t m_begin, m_end;
};

// Cut where pages of the column with the most bytes end: of the others a page may be unpacked twice.
class GroupPieces final : public TextPieces {
public:
    GroupPieces(std::vector<PagedColumn> columns, std::int64_t rows)
        : m_columns(std::make_shared<const std::vector<PagedColumn>>(std::move(columns)))
        , m_rows(rows)
    {
        for (const PagedColumn& column : *m_columns) {
            m_bytes += column.unpackedBytes;
            if (!m_widest || column.unpackedBytes > m_widest->unpackedBytes)
                m_widest = &column;
        }
    }

    std::shared_ptr<TextsBlock> next() override
    {
        if (m_row >= m_rows)
            return nullptr;
        const std::int64_t begin = m_row;
        const std::int64_t wanted = std::min(kMostRows, std::max<std::int64_t>(1, kPiece / std::max<std::int64_t>(1, m_bytes / m_rows)));
        while (m_row < m_rows && m_row - begin < wanted)
            m_row = endOfPage();
        return std::make_shared<Piece>(m_columns, begin, m_row);
    }

private:
    std::int64_t endOfPage()
    {
        const auto& pages = m_widest->pages;
        while (m_page + 1 < pages.size() && pages[m_page].row <= m_row)
            ++m_page;
        return pages[m_page].row > m_row ? pages[m_page].row : m_rows;
    }

    std::shared_ptr<const std::vector<PagedColumn>> m_columns;
    const PagedColumn* m_widest = nullptr;
    std::int64_t m_rows, m_bytes = 0, m_row = 0;
    std::size_t m_page = 0;
};

bool isText(const arrow::Schema& schema, const std::string& name)
{
    const auto field = schema.GetFieldByName(name);
    return field && (field->type()->id() == arrow::Type::STRING || field->type()->id() == arrow::Type::LARGE_STRING);
}

bool isPaged(const parquet::ColumnDescriptor& leaf, const parquet::ColumnChunkMetaData& chunk)
{
    using parquet::Encoding;
    const auto& codings = chunk.encodings();
    return leaf.physical_type() == parquet::Type::BYTE_ARRAY && leaf.max_repetition_level() == 0 && leaf.max_definition_level() <= 1
        && leaf.path()->ToDotVector().size() == 1 && !chunk.crypto_metadata()
        && std::all_of(codings.begin(), codings.end(), [](Encoding::type one) {
               return one == Encoding::PLAIN || one == Encoding::RLE || one == Encoding::BIT_PACKED || one == Encoding::RLE_DICTIONARY || one == Encoding::PLAIN_DICTIONARY;
           });
}

}  // namespace

arrow::Result<std::unique_ptr<TextPieces>> textPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
    const std::shared_ptr<parquet::FileMetaData>& about, const arrow::Schema& schema, int group, const std::vector<int>& columns)
{
    const auto rows = about->RowGroup(group);
    for (const int leaf : columns)
        if (!isText(schema, about->schema()->GetColumnRoot(leaf)->name()) || !isPaged(*about->schema()->Column(leaf), *rows->ColumnChunk(leaf)))
            return std::unique_ptr<TextPieces>();
    if (columns.empty() || rows->num_rows() <= 0)
        return std::unique_ptr<TextPieces>();
    std::vector<PagedColumn> paged;
    for (const int leaf : columns) {
        ARROW_ASSIGN_OR_RAISE(PagedColumn column, pagesOf(file, about, group, leaf));
        paged.push_back(std::move(column));
    }
    return std::unique_ptr<TextPieces>(std::make_unique<GroupPieces>(std::move(paged), rows->num_rows()));
}

}  // namespace taskfold::data
