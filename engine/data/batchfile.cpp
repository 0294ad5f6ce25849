#include "engine/data/batchfile.h"

#include "engine/data/rowstore.h"
#include "engine/data/tablefile.h"

#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <charconv>
#include <sys/mman.h>
#include <system_error>

namespace taskfold::data {

namespace {

bool isHash(const std::string& text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void spanOf(const arrow::ArrayData& data, const std::uint8_t*& from, const std::uint8_t*& to)
{
    for (const auto& buffer : data.buffers) {
        if (!buffer || buffer->size() == 0)
            continue;
        from = !from || buffer->data() < from ? buffer->data() : from;
        to = !to || buffer->data() + buffer->size() > to ? buffer->data() + buffer->size() : to;
    }
    for (const auto& child : data.child_data)
        spanOf(*child, from, to);
}

}  // namespace

Result<std::shared_ptr<const BatchFile>> BatchFile::open(
    const std::filesystem::path& folder, const std::string& hash, const std::shared_ptr<arrow::Schema>& schema)
{
    if (!isHash(hash))
        return Error{ErrorCode::Damaged, "“" + hash + "” names no rows"};
    const std::filesystem::path path = rowsPath(folder, hash);
    std::shared_ptr<BatchFile> file(new BatchFile);
    file->m_name = "rows/" + path.filename().string();
    std::error_code failure;
    if (!std::filesystem::exists(path, failure))
        return Error{ErrorCode::NotFound, file->m_name + " is missing"};
    if (const arrow::Status started = file->start(path, schema); !started.ok())
        return errorOf(started, file->m_name);
    return std::shared_ptr<const BatchFile>(std::move(file));
}

arrow::Status BatchFile::start(const std::filesystem::path& file, const std::shared_ptr<arrow::Schema>& schema)
{
    ARROW_ASSIGN_OR_RAISE(m_mapped, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(const std::int64_t bytes, m_mapped->GetSize());
    ARROW_ASSIGN_OR_RAISE(const auto all, m_mapped->ReadAt(0, bytes));
    m_memory = all->data();
    m_bytes = static_cast<std::size_t>(all->size());
    ARROW_ASSIGN_OR_RAISE(m_reader, arrow::ipc::RecordBatchFileReader::Open(m_mapped));
    if (!m_reader->schema()->Equals(*schema))
        return arrow::Status::Invalid("it isn't a file of rows");
    const auto metadata = m_reader->metadata();
    const auto words = metadata ? metadata->Get(kRowCounts) : arrow::Result<std::string>(arrow::Status::KeyError(""));
    return words.ok() && takeCounts(*words) ? arrow::Status::OK() : countRows();
}

// As many numbers as there are batches, or none of them counts.
bool BatchFile::takeCounts(const std::string& words)
{
    const char* at = words.data();
    const char* const end = at + words.size();
    while (at < end) {
        std::int64_t rows = 0;
        const auto [next, error] = std::from_chars(at, end, rows);
        if (error != std::errc() || rows < 0 || (next < end && *next != ','))
            return false;
        m_rows.push_back(rows);
        at = next + 1;
    }
    return m_rows.size() == static_cast<std::size_t>(m_reader->num_record_batches());
}

// Files that were written before have no such numbers.
arrow::Status BatchFile::countRows()
{
    m_rows.clear();
    for (int i = 0; i < m_reader->num_record_batches(); ++i) {
        ARROW_ASSIGN_OR_RAISE(const auto batch, m_reader->ReadRecordBatch(i));
        m_rows.push_back(batch->num_rows());
        forget(*batch);
    }
    return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> BatchFile::checked(std::size_t i) const
{
    std::shared_ptr<arrow::RecordBatch> batch;
    {
        const std::lock_guard lock(m_reading);
        ARROW_ASSIGN_OR_RAISE(batch, m_reader->ReadRecordBatch(static_cast<int>(i)));
    }
    ARROW_RETURN_NOT_OK(batch->Validate());
    ARROW_RETURN_NOT_OK(batch->ValidateFull());  // offsets come from the file
    return batch->num_rows() == m_rows[i] ? batch : arrow::Result<std::shared_ptr<arrow::RecordBatch>>(arrow::Status::Invalid("a batch has other rows than the footer says"));
}

Result<std::shared_ptr<arrow::RecordBatch>> BatchFile::read(std::size_t i) const
{
    auto batch = checked(i);
    if (!batch.ok())
        return errorOf(batch.status(), m_name);
    return *std::move(batch);
}

bool BatchFile::holds(const void* memory, std::size_t bytes, std::size_t alignment) const
{
    const auto at = reinterpret_cast<std::uintptr_t>(memory), from = reinterpret_cast<std::uintptr_t>(m_memory);
    return at % alignment == 0 && at >= from && at - from <= m_bytes && bytes <= m_bytes - (at - from);
}

void BatchFile::forget(const arrow::RecordBatch& batch) const
{
    const std::uint8_t *from = nullptr, *to = nullptr;
    for (int c = 0; c < batch.num_columns(); ++c)
        spanOf(*batch.column_data(c), from, to);
    if (from && holds(from, static_cast<std::size_t>(to - from), 1))
        forget(from, to);
}

// A touched page brings some neighbours along: they go, too. Whoever looks again gets them again.
void BatchFile::forget(const void* from, const void* to) const
{
    constexpr std::uintptr_t kNeighbours = 1 << 16;
    const auto first = reinterpret_cast<std::uintptr_t>(m_memory);
    const auto begin = std::max(first, reinterpret_cast<std::uintptr_t>(from) / kNeighbours * kNeighbours);
    const auto end = std::min(first + m_bytes, (reinterpret_cast<std::uintptr_t>(to) + kNeighbours - 1) / kNeighbours * kNeighbours);
    if (begin < end)
        ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

void BatchFile::forget() const
{
    if (m_bytes > 0)
        ::madvise(const_cast<std::uint8_t*>(m_memory), m_bytes, MADV_DONTNEED);
}

}  // namespace taskfold::data
