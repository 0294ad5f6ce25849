#include "engine/data/arrowbatches.h"

#include <arrow/ipc/api.h>

#include <algorithm>

namespace taskfold::data {

namespace {

arrow::ipc::IpcReadOptions optionsFor(const arrow::Schema& schema, const TableColumns& wanted)
{
    arrow::ipc::IpcReadOptions options;
    options.use_threads = false;
    for (int i = 0; i < schema.num_fields() && !wanted.empty(); ++i)
        if (std::find(wanted.begin(), wanted.end(), schema.field(i)->name()) != wanted.end())
            options.included_fields.push_back(i);
    return options;
}

// Record batches, each in slices.
class BatchPieces : public TablePieces {
public:
    arrow::Result<std::shared_ptr<TableBlock>> next() override
    {
        while (!m_batch || m_at >= m_batch->num_rows()) {
            m_at = 0;
            ARROW_ASSIGN_OR_RAISE(m_batch, read());
            if (!m_batch)
                return std::shared_ptr<TableBlock>();
            ARROW_RETURN_NOT_OK(validated(*m_batch));
        }
        const std::int64_t count = std::min(kTableRows, m_batch->num_rows() - m_at);
        auto piece = std::make_shared<ReadyBatch>(m_batch->Slice(m_at, count));
        m_at += count;
        return piece;
    }

protected:
    virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() = 0;

private:
    std::shared_ptr<arrow::RecordBatch> m_batch;
    std::int64_t m_at = 0;
};

class FilePieces final : public BatchPieces {
public:
    FilePieces(std::shared_ptr<arrow::ipc::RecordBatchFileReader> all, std::shared_ptr<arrow::ipc::RecordBatchFileReader> some)
        : m_schema(all->schema()), m_reader(std::move(some))
    {
    }
    std::shared_ptr<arrow::Schema> schema() const override { return m_schema; }
    double done() const override { return m_next / std::max(1.0, static_cast<double>(m_reader->num_record_batches())); }

protected:
    arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() override
    {
        if (m_next >= m_reader->num_record_batches())
            return std::shared_ptr<arrow::RecordBatch>();
        return m_reader->ReadRecordBatch(m_next++);
    }

private:
    std::shared_ptr<arrow::Schema> m_schema;
    std::shared_ptr<arrow::ipc::RecordBatchFileReader> m_reader;
    int m_next = 0;
};

class StreamPieces final : public BatchPieces {
public:
    StreamPieces(std::shared_ptr<arrow::Schema> schema, std::shared_ptr<arrow::RecordBatchReader> reader, std::shared_ptr<arrow::io::RandomAccessFile> file)
        : m_schema(std::move(schema)), m_reader(std::move(reader)), m_file(std::move(file))
    {
    }
    std::shared_ptr<arrow::Schema> schema() const override { return m_schema; }
    double done() const override
    {
        const auto place = m_file->Tell(), size = m_file->GetSize();
        return place.ok() && size.ok() && *size > 0 ? static_cast<double>(*place) / static_cast<double>(*size) : 0;
    }

protected:
    arrow::Result<std::shared_ptr<arrow::RecordBatch>> read() override
    {
        std::shared_ptr<arrow::RecordBatch> batch;
        ARROW_RETURN_NOT_OK(m_reader->ReadNext(&batch));
        return batch;
    }

private:
    std::shared_ptr<arrow::Schema> m_schema;
    std::shared_ptr<arrow::RecordBatchReader> m_reader;
    std::shared_ptr<arrow::io::RandomAccessFile> m_file;
};

}  // namespace

arrow::Result<std::unique_ptr<TablePieces>> arrowPieces(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const TableColumns& columns)
{
    if (const auto all = arrow::ipc::RecordBatchFileReader::Open(file); all.ok()) {
        ARROW_ASSIGN_OR_RAISE(auto some, arrow::ipc::RecordBatchFileReader::Open(file, optionsFor(*(*all)->schema(), columns)));
        return std::make_unique<FilePieces>(*all, std::move(some));
    }
    ARROW_RETURN_NOT_OK(file->Seek(0));
    ARROW_ASSIGN_OR_RAISE(const auto all, arrow::ipc::RecordBatchStreamReader::Open(file));
    const std::shared_ptr<arrow::Schema> schema = all->schema();
    ARROW_RETURN_NOT_OK(file->Seek(0));
    ARROW_ASSIGN_OR_RAISE(auto some, arrow::ipc::RecordBatchStreamReader::Open(file, optionsFor(*schema, columns)));
    return std::make_unique<StreamPieces>(schema, std::move(some), file);
}

}  // namespace taskfold::data
