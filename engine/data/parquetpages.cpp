#include "engine/data/parquetpages.h"

#include "engine/data/encoding.h"
#include "engine/data/parsers.h"

#include <arrow/io/memory.h>
#include <parquet/exception.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace taskfold::data {

namespace {

constexpr std::int64_t kMostOfPiece = 512 << 20;  // bytes: a page's head may ask for anything
constexpr std::size_t kAtOnce = 16 << 20;

// A file from some place on. Remembers where it was looked at last, and what is told to be skipped isn't read.
class SkippingStream final : public arrow::io::InputStream {
public:
    SkippingStream(std::shared_ptr<arrow::io::RandomAccessFile> file, std::int64_t from) : m_file(std::move(file)), m_at(from), m_looked(from) { }

    std::int64_t looked() const { return m_looked; }
    void skipNext() { m_skips = true; }

    arrow::Status Close() override { return arrow::Status::OK(); }
    bool closed() const override { return false; }
    arrow::Result<std::int64_t> Tell() const override { return m_at; }
    arrow::Result<std::string_view> Peek(std::int64_t bytes) override
    {
        m_looked = m_at;
        ARROW_ASSIGN_OR_RAISE(m_room, m_file->ReadAt(m_at, bytes));
        return std::string_view(*m_room);
    }
    arrow::Result<std::int64_t> Read(std::int64_t bytes, void* to) override
    {
        ARROW_ASSIGN_OR_RAISE(const std::int64_t got, m_file->ReadAt(m_at, bytes, to));
        m_at += got;
        return got;
    }
    arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override
    {
        const std::int64_t from = std::exchange(m_at, m_at + bytes);
        if (std::exchange(m_skips, false))
            return std::make_shared<arrow::Buffer>(nullptr, 0);
        if (m_room && from >= m_looked && m_at <= m_looked + m_room->size())
            return arrow::SliceBuffer(m_room, from - m_looked, bytes);
        return m_file->ReadAt(from, bytes);
    }

private:
    std::shared_ptr<arrow::io::RandomAccessFile> m_file;
    std::shared_ptr<arrow::Buffer> m_room;  // what was looked at
    std::int64_t m_at, m_looked;
    bool m_skips = false;
};

std::shared_ptr<const PageDictionary> dictionaryOf(const parquet::DictionaryPage& page)
{
    auto made = std::make_shared<PageDictionary>();
    made->bytes.assign(reinterpret_cast<const char*>(page.data()), static_cast<std::size_t>(page.size()));
    const char *at = made->bytes.data(), *const end = at + made->bytes.size();
    for (std::int32_t i = 0; i < page.num_values(); ++i)
        made->texts.push_back(nextText(at, end));
    return made;
}

std::int64_t beginOf(const parquet::ColumnChunkMetaData& chunk)
{
    const std::int64_t pages = chunk.data_page_offset();
    const std::int64_t before = chunk.has_dictionary_page() ? chunk.dictionary_page_offset() : 0;
    return before > 0 && before < pages ? before : pages;
}

}  // namespace

TextRows::Cell nextText(const char*& at, const char* end)
{
    std::uint32_t size = 0;
    if (end - at < 4)
        throw parquet::ParquetException("a text is cut off");
    std::memcpy(&size, at, 4);
    at += 4;
    if (size > static_cast<std::size_t>(end - at))
        throw parquet::ParquetException("a text is cut off");
    const std::string_view text(at, size);
    at += size;
    const auto state = isPlainText(text) ? TextRows::State::Plain : textTrouble(text, false).empty() ? TextRows::State::Text : TextRows::State::Bad;
    return {text.data(), size, state};
}

PageRange PagedColumn::pagesOf(std::int64_t begin, std::int64_t end) const
{
    const auto after = [](std::int64_t row, const Page& page) { return row < page.row; };
    const auto first = std::upper_bound(pages.begin(), pages.end() - 1, begin, after) - 1;
    const auto last = std::upper_bound(first, pages.end() - 1, end - 1, after);
    return {static_cast<std::size_t>(first - pages.begin()), static_cast<std::size_t>(last - pages.begin())};
}

arrow::Result<PagedColumn> pagesOf(const std::shared_ptr<arrow::io::RandomAccessFile>& file,
    const std::shared_ptr<parquet::FileMetaData>& about, int group, int leaf)
{
    const auto chunk = about->RowGroup(group)->ColumnChunk(leaf);
    PagedColumn column;
    column.name = about->schema()->GetColumnRoot(leaf)->name();
    column.file = file;
    column.about = about;
    column.leaf = about->schema()->Column(leaf);
    column.codec = chunk->compression();
    column.unpackedBytes = chunk->total_uncompressed_size();
    const auto stream = std::make_shared<SkippingStream>(file, beginOf(*chunk));
    const auto reader = parquet::PageReader::Open(stream, chunk->num_values(), column.codec, parquet::ReaderProperties(), *column.leaf);
    std::int64_t rows = 0;
    reader->set_data_page_filter([&](const parquet::DataPageStats& page) {
        column.pages.push_back({rows, stream->looked()});
        rows += page.num_values;
        stream->skipNext();
        return true;
    });
    while (const auto page = reader->NextPage()) {
        if (page->type() != parquet::PageType::DICTIONARY_PAGE || column.dictionary || !column.pages.empty())
            return arrow::Status::Invalid("a page where none is expected");
        column.dictionary = dictionaryOf(static_cast<const parquet::DictionaryPage&>(*page));
    }
    if (rows != about->RowGroup(group)->num_rows())
        return arrow::Status::Invalid("a column's pages have other rows than it says");
    ARROW_ASSIGN_OR_RAISE(const std::int64_t end, stream->Tell());
    column.pages.push_back({rows, end});
    return column;
}

PackedPages::PackedPages(const PagedColumn& column, PageRange range) : m_column(column)
{
    const std::int64_t from = column.pages[range.begin].from, to = column.pages[range.end].from;
    if (to - from > kMostOfPiece)
        throw parquet::ParquetException("pages that are too large");
    PARQUET_ASSIGN_OR_THROW(const auto packed, column.file->ReadAt(from, to - from));
    m_codec = parquet::GetCodec(column.codec);
    // Told that nothing is packed, the reader leaves pages as they are: they are unpacked to where they are wanted.
    const std::int64_t rows = column.pages[range.end].row - column.pages[range.begin].row;
    const auto reader = parquet::PageReader::Open(std::make_shared<arrow::io::BufferReader>(packed), rows, parquet::Compression::UNCOMPRESSED,
        parquet::ReaderProperties(), *column.leaf);
    std::int64_t bytes = 0;
    while (const auto page = reader->NextPage()) {
        if (page->type() != parquet::PageType::DATA_PAGE && page->type() != parquet::PageType::DATA_PAGE_V2)
            throw parquet::ParquetException("a page where none is expected");
        m_pages.push_back(std::static_pointer_cast<parquet::DataPage>(page));
        bytes += m_pages.back()->uncompressed_size();
        if (m_pages.back()->uncompressed_size() < 0 || bytes > kMostOfPiece)
            throw parquet::ParquetException("pages that are too large");
        if (isCoded(*m_pages.back()) && !column.dictionary)
            throw parquet::ParquetException("there is no dictionary");
    }
}

bool PackedPages::isCoded(const parquet::DataPage& page) const
{
    using parquet::Encoding;
    if (page.encoding() == Encoding::PLAIN)
        return false;
    if (page.encoding() != Encoding::RLE_DICTIONARY && page.encoding() != Encoding::PLAIN_DICTIONARY)
        throw parquet::ParquetException("a page is coded in another way than its column says");
    return true;
}

bool PackedPages::hasCoded() const
{
    return std::any_of(m_pages.begin(), m_pages.end(), [this](const auto& page) { return isCoded(*page); });
}

std::size_t PackedPages::plainBytes() const
{
    std::size_t bytes = 0;
    for (const auto& page : m_pages)
        bytes += isCoded(*page) ? 0 : static_cast<std::size_t>(page->uncompressed_size());
    return bytes;
}

UnpackedPage PackedPages::unpacked(std::size_t i, char*& to)
{
    const parquet::DataPage& page = *m_pages[i];
    UnpackedPage made;
    made.coded = isCoded(page);
    made.rows = page.num_values();
    std::string_view body(reinterpret_cast<const char*>(page.data()), static_cast<std::size_t>(page.size()));
    const auto* second = page.type() == parquet::PageType::DATA_PAGE_V2 ? static_cast<const parquet::DataPageV2*>(&page) : nullptr;
    auto size = static_cast<std::size_t>(page.uncompressed_size());
    if (second) {  // its levels aren't packed
        const std::string_view values = levelsOf(page, body, made);
        size -= std::min(size, body.size() - values.size());
        body = values;
    }
    m_room.resize(made.coded ? size : 0);
    char* const place = made.coded ? m_room.data() : to;
    if (m_codec && (!second || second->is_compressed())) {
        PARQUET_ASSIGN_OR_THROW(const std::int64_t got, m_codec->Decompress(static_cast<std::int64_t>(body.size()),
            reinterpret_cast<const std::uint8_t*>(body.data()), static_cast<std::int64_t>(size), reinterpret_cast<std::uint8_t*>(place)));
        if (got != static_cast<std::int64_t>(size))
            throw parquet::ParquetException("a page unpacks to another size than it says");
    } else {
        if (body.size() != size)
            throw parquet::ParquetException("a page has another size than it says");
        std::copy_n(body.data(), size, place);
    }
    made.values = {place, size};
    if (!second)
        made.values = levelsOf(page, made.values, made);
    to += made.coded ? 0 : size;
    return made;
}

// What of a page's rows there is; answers what follows.
std::string_view PackedPages::levelsOf(const parquet::DataPage& page, std::string_view body, UnpackedPage& into) const
{
    into.present = into.rows;
    const std::int16_t most = m_column.leaf->max_definition_level();
    const auto count = static_cast<int>(into.rows);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
    std::size_t taken = 0;
    const auto begin = [&](parquet::LevelDecoder& decoder) {
        if (page.type() == parquet::PageType::DATA_PAGE_V2) {
            const auto& second = static_cast<const parquet::DataPageV2&>(page);
            const std::int64_t before = second.repetition_levels_byte_length(), own = second.definition_levels_byte_length();
            if (before < 0 || own < 0 || before + own > std::ssize(body))
                throw parquet::ParquetException("a page is shorter than what it says of its rows");
            taken = static_cast<std::size_t>(before + own);
            if (most > 0)
                decoder.SetDataV2(static_cast<std::int32_t>(own), most, count, bytes + before);
        } else if (most > 0) {
            const auto& first = static_cast<const parquet::DataPageV1&>(page);
            taken = static_cast<std::size_t>(decoder.SetData(first.definition_level_encoding(), most, count, bytes, static_cast<std::int32_t>(body.size())));
        }
    };
    parquet::LevelDecoder decoder;
    begin(decoder);
    if (most == 0)
        return body.substr(taken);
    if (const auto found = decoder.CountUpTo(most, count); found.matching_count != count) {
        into.present = found.matching_count;
        into.levels.resize(static_cast<std::size_t>(count));
        parquet::LevelDecoder again;
        begin(again);
        if (found.processed_count != count || again.Decode(count, into.levels.data()) != count)
            throw parquet::ParquetException("a page doesn't say of all rows what there is");
    }
    return body.substr(taken);
}

std::shared_ptr<char[]> pageMemory(std::size_t bytes)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (bytes <= kAtOnce ? MAP_POPULATE : 0);
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    return {static_cast<char*>(memory), [bytes](char* at) { ::munmap(at, bytes); }};
}

void giveBack(const std::shared_ptr<char[]>& memory, std::size_t used, std::size_t bytes)
{
    constexpr std::size_t kPage = 4096;
    const std::size_t from = (used + kPage - 1) / kPage * kPage;
    if (from < bytes)  // advice: where it isn't taken, for larger pages, the memory stays
        ::madvise(memory.get() + from, bytes - from, MADV_DONTNEED);
}

}  // namespace taskfold::data
