#include "engine/data/rowstore.h"

#include "engine/core/hash.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace taskfold::data {

namespace {

Error errorOf(const arrow::Status& status, const std::filesystem::path& file)
{
    ErrorCode code = ErrorCode::Io;
    if (status.IsOutOfMemory())
        code = ErrorCode::OutOfMemory;
    else if (status.IsInvalid())
        code = ErrorCode::Damaged;
    else if (errno == ENOSPC)
        code = ErrorCode::DiskFull;
    return Error{code, file.filename().string() + ": " + status.message()};
}

const std::shared_ptr<arrow::Schema>& schema()
{
    static const auto made = arrow::schema({arrow::field("line", arrow::int64(), false),
        arrow::field("input", arrow::large_utf8(), false), arrow::field("target", arrow::large_utf8(), false),
        arrow::field("references", arrow::list(arrow::large_utf8()), false),
        arrow::field("group", arrow::large_utf8(), false)});
    return made;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> batchOf(std::span<const Row> rows)
{
    arrow::Int64Builder line;
    arrow::LargeStringBuilder input, target, group;
    auto texts = std::make_shared<arrow::LargeStringBuilder>();
    arrow::ListBuilder references(arrow::default_memory_pool(), texts);
    for (const Row& row : rows) {
        ARROW_RETURN_NOT_OK(line.Append(row.line));
        ARROW_RETURN_NOT_OK(input.Append(row.input));
        ARROW_RETURN_NOT_OK(target.Append(row.target));
        ARROW_RETURN_NOT_OK(references.Append());
        for (const std::string& reference : row.references)
            ARROW_RETURN_NOT_OK(texts->Append(reference));
        ARROW_RETURN_NOT_OK(group.Append(row.group));
    }
    std::vector<std::shared_ptr<arrow::Array>> columns(5);
    ARROW_RETURN_NOT_OK(line.Finish(&columns[0]));
    ARROW_RETURN_NOT_OK(input.Finish(&columns[1]));
    ARROW_RETURN_NOT_OK(target.Finish(&columns[2]));
    ARROW_RETURN_NOT_OK(references.Finish(&columns[3]));
    ARROW_RETURN_NOT_OK(group.Finish(&columns[4]));
    return arrow::RecordBatch::Make(schema(), static_cast<std::int64_t>(rows.size()), std::move(columns));
}

arrow::Status writeTo(const std::filesystem::path& file, std::span<const Row> rows)
{
    ARROW_ASSIGN_OR_RAISE(const auto batch, batchOf(rows));
    ARROW_ASSIGN_OR_RAISE(const auto out, arrow::io::FileOutputStream::Open(file.string()));
    ARROW_ASSIGN_OR_RAISE(const auto writer, arrow::ipc::MakeFileWriter(out, schema()));
    ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(*batch));
    ARROW_RETURN_NOT_OK(writer->Close());
    return out->Close();
}

bool sync(const std::filesystem::path& path)
{
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return false;
    const bool done = ::fsync(handle) == 0;
    ::close(handle);
    return done;
}

void addField(Sha256& hash, std::string_view text)
{
    const std::uint64_t size = text.size();
    char bytes[8];
    for (int i = 0; i < 8; ++i)
        bytes[i] = static_cast<char>((size >> (8 * i)) & 0xFF);
    hash.add({bytes, 8});
    hash.add(text);
}

template <typename Source>
std::string contentHash(std::int64_t count, const Source& rowAt)
{
    Sha256 hash;
    hash.add("taskfold rows 1\n");
    for (std::int64_t i = 0; i < count; ++i) {
        const Row& row = rowAt(i);
        addField(hash, std::to_string(row.line));
        addField(hash, row.input);
        addField(hash, row.target);
        addField(hash, std::to_string(row.references.size()));
        for (const std::string& reference : row.references)
            addField(hash, reference);
        addField(hash, row.group);
    }
    return hash.hex();
}

bool isHash(const std::string& text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::string hashOf(std::span<const Row> rows)
{
    return contentHash(static_cast<std::int64_t>(rows.size()),
        [&](std::int64_t i) -> const Row& { return rows[static_cast<std::size_t>(i)]; });
}

std::filesystem::path rowsPath(const std::filesystem::path& folder, const std::string& hash)
{
    return folder / (hash + ".arrow");
}

Result<std::string> writeRows(const std::filesystem::path& folder, std::span<const Row> rows)
{
    const std::string hash = hashOf(rows);
    const std::filesystem::path file = rowsPath(folder, hash);
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (std::filesystem::exists(file, failure))
        return hash;
    const std::filesystem::path beside = folder / (hash + "." + std::to_string(::getpid()) + ".part");
    errno = 0;
    if (const arrow::Status written = writeTo(beside, rows); !written.ok()) {
        const Error error = errorOf(written, file);
        std::filesystem::remove(beside, failure);
        return error;
    }
    const bool synced = sync(beside);
    std::filesystem::rename(beside, file, failure);
    if (!synced || failure) {
        const std::string words = failure ? failure.message() : "it can't be synced";
        std::filesystem::remove(beside, failure);
        return Error{ErrorCode::Io, file.filename().string() + ": " + words};
    }
    sync(folder);
    return hash;
}

struct RowFile::Columns {
    std::shared_ptr<arrow::RecordBatch> batch;  // keeps the mapping alive
    std::shared_ptr<arrow::Int64Array> line;
    std::shared_ptr<arrow::LargeStringArray> input, target, group;
    std::shared_ptr<arrow::ListArray> references;
    std::shared_ptr<arrow::LargeStringArray> texts;
};

RowFile::RowFile(std::unique_ptr<Columns> columns) : m_columns(std::move(columns)) { }
RowFile::RowFile(RowFile&&) noexcept = default;
RowFile& RowFile::operator=(RowFile&&) noexcept = default;
RowFile::~RowFile() = default;

namespace {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> readBatch(const std::filesystem::path& file)
{
    ARROW_ASSIGN_OR_RAISE(
        const auto mapped, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(const auto reader, arrow::ipc::RecordBatchFileReader::Open(mapped));
    if (!reader->schema()->Equals(*schema()) || reader->num_record_batches() != 1)
        return arrow::Status::Invalid("it isn't a file of rows");
    ARROW_ASSIGN_OR_RAISE(auto batch, reader->ReadRecordBatch(0));
    ARROW_RETURN_NOT_OK(batch->ValidateFull());  // offsets come from the file
    return batch;
}

}  // namespace

Result<RowFile> RowFile::open(const std::filesystem::path& folder, const std::string& hash)
{
    if (!isHash(hash))
        return Error{ErrorCode::Damaged, "“" + hash + "” names no rows"};
    const std::filesystem::path file = rowsPath(folder, hash);
    std::error_code failure;
    if (!std::filesystem::exists(file, failure))
        return Error{ErrorCode::NotFound, "rows/" + file.filename().string() + " is missing"};
    errno = 0;
    const auto batch = readBatch(file);
    if (!batch.ok())
        return errorOf(batch.status(), file);
    auto columns = std::make_unique<Columns>();
    columns->batch = *batch;
    const auto at = [&](int i) { return (*batch)->column(i); };
    columns->line = std::static_pointer_cast<arrow::Int64Array>(at(0));
    columns->input = std::static_pointer_cast<arrow::LargeStringArray>(at(1));
    columns->target = std::static_pointer_cast<arrow::LargeStringArray>(at(2));
    columns->references = std::static_pointer_cast<arrow::ListArray>(at(3));
    columns->texts = std::static_pointer_cast<arrow::LargeStringArray>(columns->references->values());
    columns->group = std::static_pointer_cast<arrow::LargeStringArray>(at(4));
    return RowFile(std::move(columns));
}

std::int64_t RowFile::size() const { return m_columns->batch->num_rows(); }
std::int64_t RowFile::line(std::int64_t index) const { return m_columns->line->Value(index); }
std::string_view RowFile::input(std::int64_t index) const { return m_columns->input->GetView(index); }
std::string_view RowFile::target(std::int64_t index) const { return m_columns->target->GetView(index); }

Row RowFile::row(std::int64_t index) const
{
    Row row{line(index), std::string(input(index)), std::string(target(index)), {},
        std::string(m_columns->group->GetView(index))};
    const arrow::ListArray& lists = *m_columns->references;
    for (std::int64_t i = lists.value_offset(index); i < lists.value_offset(index + 1); ++i)
        row.references.emplace_back(m_columns->texts->GetView(i));
    return row;
}

Result<std::vector<Row>> readRows(const std::filesystem::path& folder, const std::string& hash)
{
    const Result<RowFile> file = RowFile::open(folder, hash);
    if (!file)
        return file.error();
    std::vector<Row> rows;
    rows.reserve(static_cast<std::size_t>(file->size()));
    for (std::int64_t i = 0; i < file->size(); ++i)
        rows.push_back(file->row(i));
    return rows;
}

Result<void> verifyRows(const std::filesystem::path& folder, const std::string& hash)
{
    const Result<RowFile> file = RowFile::open(folder, hash);
    if (!file)
        return file.error();
    Row row;
    const std::string found = contentHash(file->size(), [&](std::int64_t i) -> const Row& {
        row = file->row(i);
        return row;
    });
    if (found != hash)
        return Error{ErrorCode::Damaged, "rows/" + hash + ".arrow holds other rows than its name says"};
    return {};
}

}  // namespace taskfold::data
