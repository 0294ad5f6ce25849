#include "engine/data/parquettexts.h"

#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr std::int64_t kLargestGroup = 32 << 20;  // bytes of a row group that one thread reads whole
constexpr std::int64_t kMostRows = 1 << 17;
constexpr std::int64_t kHarmless = 64 << 20, kMostUnpacked = 1000, kMostMemory = std::int64_t{1} << 30;  // bytes, of all pieces that are read at once
constexpr std::int64_t kSmallestPiece = 1 << 20;  // row groups that are smaller are read several at once

struct Source {
    std::shared_ptr<arrow::io::RandomAccessFile> file;
    std::shared_ptr<parquet::FileMetaData> metadata;
    std::vector<int> columns;  // leaves
    std::unique_ptr<arrow::CappedMemoryPool> pool;  // a page's head may ask for anything

    arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> open() const
    {
        parquet::ReaderProperties reading(pool.get());
        reading.enable_buffered_stream();  // else a row group's columns are held whole before they are unpacked
        reading.set_buffer_size(1 << 20);
        parquet::arrow::FileReaderBuilder builder;
        ARROW_RETURN_NOT_OK(builder.Open(file, reading, metadata));
        builder.memory_pool(pool.get());
        parquet::ArrowReaderProperties properties;
        properties.set_batch_size(kTableRows);
        properties.set_pre_buffer(false);
        properties.set_use_threads(false);
        return builder.properties(properties)->Build();
    }
};

// Row groups that are unpacked by who parses them.
class Groups final : public TableBlock {
public:
    Groups(std::shared_ptr<const Source> source, std::vector<int> groups) : m_source(std::move(source)), m_groups(std::move(groups)) { }

    arrow::Status each(const std::function<void(const arrow::RecordBatch&)>& told) const override
    {
        try {
            ARROW_ASSIGN_OR_RAISE(const auto reader, m_source->open());
            ARROW_ASSIGN_OR_RAISE(const auto batches, reader->GetRecordBatchReader(m_groups, m_source->columns));
            for (std::shared_ptr<arrow::RecordBatch> batch;;) {
                ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
                if (!batch)
                    return arrow::Status::OK();
                ARROW_RETURN_NOT_OK(batch->Validate());
                told(*batch);
            }
        } catch (const parquet::ParquetException& malformed) {
            return arrow::Status::Invalid(malformed.what());
        }
    }

private:
    std::shared_ptr<const Source> m_source;
    std::vector<int> m_groups;
};

class ParquetPieces final : public TablePieces {
public:
    arrow::Status start(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const TableColumns& wanted)
    {
        m_source->file = file;
        ARROW_ASSIGN_OR_RAISE(const std::int64_t bytes, file->GetSize());
        // The system's own: Arrow's gives memory back between two pages.
        m_source->pool = std::make_unique<arrow::CappedMemoryPool>(arrow::system_memory_pool(), std::min(kMostMemory, kHarmless + bytes * kMostUnpacked));
        ARROW_ASSIGN_OR_RAISE(m_reader, m_source->open());
        m_source->metadata = m_reader->parquet_reader()->metadata();
        ARROW_RETURN_NOT_OK(m_reader->GetSchema(&m_schema));
        const parquet::SchemaDescriptor& schema = *m_source->metadata->schema();
        for (int leaf = 0; leaf < schema.num_columns(); ++leaf)
            if (wanted.empty() || std::find(wanted.begin(), wanted.end(), schema.GetColumnRoot(leaf)->name()) != wanted.end())
                m_source->columns.push_back(leaf);
        return arrow::Status::OK();
    }

    std::shared_ptr<arrow::Schema> schema() const override { return m_schema; }

    double done() const override
    {
        const std::int64_t all = m_source->metadata->num_rows();
        return all > 0 ? static_cast<double>(m_rows) / static_cast<double>(all) : 0;
    }

    arrow::Result<std::shared_ptr<TableBlock>> next() override
    {
        try {
            return further();
        } catch (const parquet::ParquetException& malformed) {
            return arrow::Status::Invalid(malformed.what());
        }
    }

private:
    arrow::Result<std::shared_ptr<TableBlock>> further()
    {
        for (;;) {
            if (m_texts) {
                if (std::shared_ptr<TextsBlock> piece = m_texts->next())
                    return piece;
                m_rows += rowsOf(m_group++);
                m_texts.reset();
            }
            if (m_batches) {
                ARROW_ASSIGN_OR_RAISE(auto piece, nextBatch());
                if (piece)
                    return piece;
            }
            if (m_group >= m_source->metadata->num_row_groups())
                return std::shared_ptr<TableBlock>();
            if (bytesOf(m_group) >= kSmallestPiece || m_source->metadata->num_row_groups() == 1) {
                ARROW_ASSIGN_OR_RAISE(m_texts, textPieces(m_source->file, m_source->metadata, *m_schema, m_group, m_source->columns));
                if (m_texts)
                    continue;
            }
            if (std::shared_ptr<TableBlock> piece = smallGroups())
                return piece;
            ARROW_ASSIGN_OR_RAISE(m_batches, m_reader->GetRecordBatchReader({m_group++}, m_source->columns));
        }
    }

    std::int64_t bytesOf(int group) const
    {
        std::int64_t bytes = 0;
        const auto about = m_source->metadata->RowGroup(group);
        for (const int column : m_source->columns)
            bytes += about->ColumnChunk(column)->total_uncompressed_size();
        return bytes;
    }

    std::int64_t rowsOf(int group) const { return m_source->metadata->RowGroup(group)->num_rows(); }

    std::shared_ptr<TableBlock> smallGroups()
    {
        std::vector<int> groups;
        std::int64_t bytes = 0, rows = 0;
        while (m_group < m_source->metadata->num_row_groups() && bytes < kSmallestPiece) {
            const std::int64_t more = bytesOf(m_group), moreRows = rowsOf(m_group);
            if (more < 0 || moreRows < 0 || bytes + more > kLargestGroup || rows + moreRows > kMostRows || (more >= kSmallestPiece && !groups.empty()))
                break;
            bytes += more;
            rows += moreRows;
            groups.push_back(m_group++);
        }
        m_rows += rows;
        return groups.empty() ? nullptr : std::make_shared<Groups>(m_source, std::move(groups));
    }

    // Of a row group that is too large to be unpacked at once.
    arrow::Result<std::shared_ptr<TableBlock>> nextBatch()
    {
        std::shared_ptr<arrow::RecordBatch> batch;
        ARROW_RETURN_NOT_OK(m_batches->ReadNext(&batch));
        if (!batch) {
            m_batches.reset();
            return std::shared_ptr<TableBlock>();
        }
        ARROW_RETURN_NOT_OK(batch->Validate());  // offsets are the reader's own, not the file's
        m_rows += batch->num_rows();
        return std::make_shared<ReadyBatch>(std::move(batch));
    }

    std::shared_ptr<Source> m_source = std::make_shared<Source>();
    std::unique_ptr<parquet::arrow::FileReader> m_reader;
    std::shared_ptr<arrow::Schema> m_schema;
    std::shared_ptr<arrow::RecordBatchReader> m_batches;
    std::unique_ptr<TextPieces> m_texts;  // of the group at m_group
    int m_group = 0;
    std::int64_t m_rows = 0;
};

}  // namespace

arrow::Result<std::unique_ptr<TablePieces>> parquetPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const TableColumns& columns)
{
    auto pieces = std::make_unique<ParquetPieces>();
    ARROW_RETURN_NOT_OK(pieces->start(file, columns));
    return pieces;
}

}  // namespace taskfold::data
