#include "engine/data/tablefile.h"

#include "engine/core/hash.h"
#include "engine/data/batchfile.h"

#include <arrow/io/interfaces.h>
#include <arrow/ipc/api.h>
#include <arrow/util/key_value_metadata.h>

namespace taskfold::data {

namespace {

template <typename T>
std::shared_ptr<arrow::Buffer> wrapped(const std::vector<T>& values)
{
    return std::make_shared<arrow::Buffer>(
        reinterpret_cast<const std::uint8_t*>(values.data()), static_cast<std::int64_t>(values.size() * sizeof(T)));
}

std::shared_ptr<arrow::Buffer> wrapped(const Bytes& bytes)
{
    return std::make_shared<arrow::Buffer>(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::int64_t>(bytes.size()));
}

// Arrow's writer on our file; remembers what went wrong.
class FileSink final : public arrow::io::OutputStream {
public:
    explicit FileSink(SealedFile& file) : m_file(file) { }

    arrow::Status Close() override
    {
        m_closed = true;
        return arrow::Status::OK();
    }
    bool closed() const override { return m_closed; }
    arrow::Result<std::int64_t> Tell() const override { return m_file.size(); }
    arrow::Status Write(const void* data, std::int64_t bytes) override
    {
        const Result<void> done = m_file.write({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
        if (done)
            return arrow::Status::OK();
        failure = done.error();
        return arrow::Status::IOError(failure.detail);
    }

    Error failure;

private:
    SealedFile& m_file;
    bool m_closed = false;
};

template <typename Hash>
void addArray(Hash& hash, const arrow::ArrayData& data)
{
    for (std::size_t i = 1; i < data.buffers.size(); ++i)
        if (data.buffers[i])
            hash.add({reinterpret_cast<const char*>(data.buffers[i]->data()), static_cast<std::size_t>(data.buffers[i]->size())});
    for (const auto& child : data.child_data)
        addArray(hash, *child);
}

template <typename Hash>
std::string digestBy(const arrow::RecordBatch& batch)
{
    Hash hash;
    hash.add(std::to_string(batch.num_rows()) + "\n");
    for (int i = 0; i < batch.num_columns(); ++i)
        addArray(hash, *batch.column_data(i));
    return hash.hex();
}

}  // namespace

Error errorOf(const arrow::Status& status, const std::string& what)
{
    const ErrorCode code = status.IsOutOfMemory() ? ErrorCode::OutOfMemory
        : status.IsInvalid()                      ? ErrorCode::Damaged
                                                  : ErrorCode::Io;
    return {code, what + ": " + status.message()};
}

const std::shared_ptr<arrow::Schema>& rowSchema()
{
    static const auto made = arrow::schema({arrow::field("line", arrow::int64(), false),
        arrow::field("input", arrow::large_utf8(), false), arrow::field("target", arrow::large_utf8(), false),
        arrow::field("references", arrow::list(arrow::large_utf8()), false),
        arrow::field("group", arrow::large_utf8(), false)});
    return made;
}

const std::shared_ptr<arrow::Schema>& issueSchema()
{
    static const auto made = arrow::schema({arrow::field("file", arrow::int32(), false),
        arrow::field("line", arrow::int64(), false), arrow::field("field", arrow::large_utf8(), false),
        arrow::field("reason", arrow::large_utf8(), false), arrow::field("action", arrow::large_utf8(), false),
        arrow::field("excerpt", arrow::large_utf8(), false), arrow::field("detail", arrow::large_utf8(), false)});
    return made;
}

std::shared_ptr<arrow::Array> textArray(const TextColumn& column)
{
    return std::make_shared<arrow::LargeStringArray>(
        static_cast<std::int64_t>(column.size()), wrapped(column.ends), wrapped(column.bytes), nullptr, 0);
}

std::shared_ptr<arrow::RecordBatch> batchOf(const RowColumns& rows)
{
    const auto count = static_cast<std::int64_t>(rows.size());
    const auto references = std::make_shared<arrow::ListArray>(arrow::list(arrow::large_utf8()), count,
        wrapped(rows.referenceEnds), textArray(rows.references), nullptr, 0);
    return arrow::RecordBatch::Make(rowSchema(), count,
        std::vector<std::shared_ptr<arrow::Array>>{std::make_shared<arrow::Int64Array>(count, wrapped(rows.line), nullptr, 0),
            textArray(rows.input), textArray(rows.target), references, textArray(rows.group)});
}

std::string digestOf(const arrow::RecordBatch& batch)
{
    return digestBy<ContentHash>(batch);
}

std::string olderDigestOf(const arrow::RecordBatch& batch)
{
    return digestBy<Sha256>(batch);
}

struct TableWriter::State {
    std::unique_ptr<SealedFile> file;
    std::shared_ptr<FileSink> sink;
    std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
    std::shared_ptr<arrow::KeyValueMetadata> footer = std::make_shared<arrow::KeyValueMetadata>();  // read when the file ends
    std::string rows;  // of the batches, with commas between them
    ContentHash hash;
    std::string what;

    Error failed(const arrow::Status& status) const
    {
        return sink->failure.detail.empty() ? errorOf(status, "writing rows") : sink->failure;
    }
};

TableWriter::TableWriter(std::unique_ptr<State> state) : m_state(std::move(state)) { }
TableWriter::~TableWriter() = default;

Result<std::unique_ptr<TableWriter>> TableWriter::make(
    const std::filesystem::path& folder, const std::shared_ptr<arrow::Schema>& schema)
{
    Result<std::unique_ptr<SealedFile>> file = SealedFile::make(folder);
    if (!file)
        return std::move(file).error();
    auto state = std::make_unique<State>();
    state->file = *std::move(file);
    state->sink = std::make_shared<FileSink>(*state->file);
    state->hash.add(schema->Equals(*rowSchema()) ? "taskfold rows 3\n" : "taskfold issues 2\n");
    auto writer = arrow::ipc::MakeFileWriter(state->sink, schema, arrow::ipc::IpcWriteOptions::Defaults(), state->footer);
    if (!writer.ok())
        return state->failed(writer.status());
    state->writer = *writer;
    return std::unique_ptr<TableWriter>(new TableWriter(std::move(state)));
}

Result<void> TableWriter::write(const arrow::RecordBatch& batch, const std::string& digest)
{
    m_state->hash.add(digest);
    m_state->rows += (m_state->rows.empty() ? "" : ",") + std::to_string(batch.num_rows());
    if (const arrow::Status done = m_state->writer->WriteRecordBatch(batch); !done.ok())
        return m_state->failed(done);
    return {};
}

Result<std::string> TableWriter::finish()
{
    m_state->footer->Append(kRowCounts, m_state->rows);
    if (const arrow::Status done = m_state->writer->Close(); !done.ok())
        return m_state->failed(done);
    return m_state->hash.hex();
}

std::unique_ptr<SealedFile> TableWriter::take()
{
    m_state->writer.reset();
    m_state->sink.reset();
    return std::move(m_state->file);
}

}  // namespace taskfold::data
