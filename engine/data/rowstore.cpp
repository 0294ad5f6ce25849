#include "engine/data/rowstore.h"

#include "engine/core/hash.h"
#include "engine/data/tablefile.h"

#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <sys/mman.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace taskfold::data {

namespace {

// Files of fewer batches are checked whole when they are opened.
constexpr int kCheckedAtOnce = 64;

bool isHash(const std::string& text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

arrow::Result<Batches> readBatches(const std::filesystem::path& file, const std::shared_ptr<arrow::Schema>& schema)
{
    ARROW_ASSIGN_OR_RAISE(
        const auto mapped, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(const auto reader, arrow::ipc::RecordBatchFileReader::Open(mapped));
    if (!reader->schema()->Equals(*schema))
        return arrow::Status::Invalid("it isn't a file of rows");
    Batches batches;
    for (int i = 0; i < reader->num_record_batches(); ++i) {
        ARROW_ASSIGN_OR_RAISE(auto batch, reader->ReadRecordBatch(i));
        ARROW_RETURN_NOT_OK(batch->Validate());
        if (reader->num_record_batches() <= kCheckedAtOnce)
            ARROW_RETURN_NOT_OK(batch->ValidateFull());  // offsets come from the file
        batches.push_back(std::move(batch));
    }
    return batches;
}

void forget(const arrow::ArrayData& data)
{
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (const auto& buffer : data.buffers) {
        if (!buffer || buffer->size() == 0)
            continue;
        const auto from = (reinterpret_cast<std::uintptr_t>(buffer->data()) + page - 1) / page * page;
        const auto to = (reinterpret_cast<std::uintptr_t>(buffer->data()) + static_cast<std::uintptr_t>(buffer->size())) / page * page;
        if (from < to)
            ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
    }
    for (const auto& child : data.child_data)
        forget(*child);
}

Result<Batches> openBatches(const std::filesystem::path& folder, const std::string& hash)
{
    if (!isHash(hash))
        return Error{ErrorCode::Damaged, "“" + hash + "” names no rows"};
    const std::filesystem::path file = rowsPath(folder, hash);
    std::error_code failure;
    if (!std::filesystem::exists(file, failure))
        return Error{ErrorCode::NotFound, "rows/" + file.filename().string() + " is missing"};
    auto batches = readBatches(file, rowSchema());
    if (!batches.ok())
        return errorOf(batches.status(), "rows/" + file.filename().string());
    return *std::move(batches);
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

// How files were named that the first version wrote: row by row.
std::string firstHash(const RowFile& rows)
{
    Sha256 hash;
    hash.add("taskfold rows 1\n");
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        const Row row = rows.row(i);
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

// And the second.
std::string secondHash(const Batches& batches)
{
    Sha256 hash;
    hash.add("taskfold rows 2\n");
    for (const auto& batch : batches) {
        hash.add(olderDigestOf(*batch));
        for (int c = 0; c < batch->num_columns(); ++c)
            forget(*batch->column_data(c));
    }
    return hash.hex();
}

Error otherRows(const std::string& hash)
{
    return {ErrorCode::Damaged, "rows/" + hash + ".arrow holds other rows than its name says"};
}

}  // namespace

std::string hashOf(std::span<const Row> rows)
{
    ContentHash hash;
    hash.add("taskfold rows 3\n");
    RowColumns batch;
    for (const Row& row : rows) {
        batch.add(row);
        if (isFullBatch(batch)) {
            hash.add(digestOf(*batchOf(batch)));
            batch.clear();
        }
    }
    if (batch.size() > 0)
        hash.add(digestOf(*batchOf(batch)));
    return hash.hex();
}

std::filesystem::path rowsPath(const std::filesystem::path& folder, const std::string& hash)
{
    return folder / (hash + ".arrow");
}

struct RowsWriter::State {
    std::unique_ptr<TableWriter> writer;
    RowColumns batch;
};

RowsWriter::RowsWriter(std::filesystem::path folder) : m_folder(std::move(folder)), m_state(std::make_unique<State>()) { }
RowsWriter::~RowsWriter() = default;

Result<void> RowsWriter::flush()
{
    if (!m_state->writer) {
        Result<std::unique_ptr<TableWriter>> made = TableWriter::make(m_folder, rowSchema());
        if (!made)
            return std::move(made).error();
        m_state->writer = *std::move(made);
    }
    if (m_state->batch.size() == 0)
        return {};
    const auto made = batchOf(m_state->batch);
    Result<void> done = m_state->writer->write(*made, digestOf(*made));
    m_state->batch.clear();
    return done;
}

Result<void> RowsWriter::add(const Row& row)
{
    ++m_size;
    m_state->batch.add(row);
    return isFullBatch(m_state->batch) ? flush() : Result<void>{};
}

Result<UnnamedRows> RowsWriter::finish()
{
    if (Result<void> done = flush(); !done)
        return std::move(done).error();
    Result<std::string> hash = m_state->writer->finish();
    if (!hash)
        return std::move(hash).error();
    UnnamedRows made{m_state->writer->take(), *std::move(hash)};
    if (Result<void> synced = made.file->sync(); !synced)
        return std::move(synced).error();
    return made;
}

Result<UnnamedRows> prepareRows(const std::filesystem::path& folder, std::span<const Row> rows)
{
    RowsWriter writer(folder);
    for (const Row& row : rows)
        if (Result<void> added = writer.add(row); !added)
            return std::move(added).error();
    return writer.finish();
}

Result<std::string> writeRows(const std::filesystem::path& folder, std::span<const Row> rows)
{
    Result<UnnamedRows> made = prepareRows(folder, rows);
    if (!made)
        return std::move(made).error();
    if (Result<void> named = made->file->publish(rowsPath(folder, made->hash)); !named)
        return std::move(named).error();
    syncFolder(folder);
    return made->hash;
}

struct RowFile::Columns {
    struct Piece {
        std::int64_t first = 0;
        std::shared_ptr<arrow::RecordBatch> batch;  // keeps the mapping alive
        const arrow::Int64Array* line;
        const arrow::LargeStringArray *input, *target, *group;
        const arrow::ListArray* references;
        const arrow::LargeStringArray* texts;
        std::unique_ptr<std::once_flag> checked = std::make_unique<std::once_flag>();
    };

    std::vector<Piece> pieces;
    std::vector<std::shared_ptr<arrow::Array>> kept;  // what the pieces point to
    std::int64_t size = 0;
    bool checked = false;

    const Piece& at(std::int64_t index) const
    {
        const auto next = std::upper_bound(pieces.begin(), pieces.end(), index,
            [](std::int64_t one, const Piece& piece) { return one < piece.first; });
        const Piece& piece = *std::prev(next);
        if (!checked)
            std::call_once(*piece.checked, [&] {
                if (!piece.batch->ValidateFull().ok())
                    throw std::runtime_error("a file of rows is damaged: “check” names it");
            });
        return piece;
    }

    void add(const std::shared_ptr<arrow::RecordBatch>& batch)
    {
        Piece piece;
        piece.first = size;
        piece.batch = batch;
        const auto keep = [&](const std::shared_ptr<arrow::Array>& array) {
            kept.push_back(array);
            return array.get();
        };
        piece.line = static_cast<const arrow::Int64Array*>(keep(batch->column(0)));
        piece.input = static_cast<const arrow::LargeStringArray*>(keep(batch->column(1)));
        piece.target = static_cast<const arrow::LargeStringArray*>(keep(batch->column(2)));
        piece.references = static_cast<const arrow::ListArray*>(keep(batch->column(3)));
        piece.texts = static_cast<const arrow::LargeStringArray*>(keep(piece.references->values()));
        piece.group = static_cast<const arrow::LargeStringArray*>(keep(batch->column(4)));
        size += batch->num_rows();
        if (batch->num_rows() > 0)
            pieces.push_back(std::move(piece));
    }
};

RowFile::RowFile(std::unique_ptr<Columns> columns) : m_columns(std::move(columns)) { }
RowFile::RowFile(RowFile&&) noexcept = default;
RowFile& RowFile::operator=(RowFile&&) noexcept = default;
RowFile::~RowFile() = default;

Result<RowFile> RowFile::open(const std::filesystem::path& folder, const std::string& hash)
{
    const Result<Batches> batches = openBatches(folder, hash);
    if (!batches)
        return batches.error();
    auto columns = std::make_unique<Columns>();
    columns->checked = batches->size() <= static_cast<std::size_t>(kCheckedAtOnce);
    for (const auto& batch : *batches)
        columns->add(batch);
    return RowFile(std::move(columns));
}

std::int64_t RowFile::size() const { return m_columns->size; }

std::int64_t RowFile::line(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.line->Value(index - piece.first);
}

std::string_view RowFile::input(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.input->GetView(index - piece.first);
}

std::string_view RowFile::target(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.target->GetView(index - piece.first);
}

Row RowFile::row(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    const std::int64_t i = index - piece.first;
    Row row{piece.line->Value(i), std::string(piece.input->GetView(i)), std::string(piece.target->GetView(i)), {},
        std::string(piece.group->GetView(i))};
    for (std::int64_t k = piece.references->value_offset(i); k < piece.references->value_offset(i + 1); ++k)
        row.references.emplace_back(piece.texts->GetView(k));
    return row;
}

std::int64_t RowFile::indexOfLine(std::int64_t wanted) const
{
    std::int64_t low = 0, high = size();
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (line(middle) < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < size() && line(low) == wanted ? low : -1;
}

void RowFile::each(const std::function<bool(std::int64_t)>& told) const
{
    for (const Columns::Piece& piece : m_columns->pieces) {
        for (std::int64_t i = 0; i < piece.batch->num_rows(); ++i)
            if (!told(piece.first + i))
                return;
        if (!m_columns->checked)
            for (int c = 0; c < piece.batch->num_columns(); ++c)
                forget(*piece.batch->column_data(c));
    }
}

std::size_t RowFile::parts() const { return m_columns->pieces.size(); }

void RowFile::eachPart(const std::function<void(std::size_t, std::span<const InputLine>)>& told, int threads) const
{
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        std::vector<InputLine> rows;
        for (std::size_t p = next++; p < parts(); p = next++) {
            try {
                const Columns::Piece& piece = m_columns->at(m_columns->pieces[p].first);
                rows.clear();
                for (std::int64_t i = 0; i < piece.batch->num_rows(); ++i)
                    rows.push_back({piece.input->GetView(i), piece.target->GetView(i), piece.line->Value(i), piece.first + i});
                told(p, rows);
                if (!m_columns->checked)
                    for (int c = 0; c < piece.batch->num_columns(); ++c)
                        forget(*piece.batch->column_data(c));
            } catch (...) {
                const std::lock_guard lock(mutex);
                failure = std::current_exception();
                next = parts();
            }
        }
    };
    const int wanted = threads > 0 ? threads : std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
    {
        std::vector<std::jthread> helpers;
        for (int i = 1; i < std::min(wanted, static_cast<int>(parts())); ++i)
            helpers.emplace_back(work);
        work();
    }
    if (failure)
        std::rethrow_exception(failure);
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
    const Result<Batches> batches = openBatches(folder, hash);
    if (!batches)
        return batches.error();
    ContentHash found;
    found.add("taskfold rows 3\n");
    for (const auto& batch : *batches) {
        if (!batch->ValidateFull().ok())
            return otherRows(hash);
        found.add(digestOf(*batch));
        for (int c = 0; c < batch->num_columns(); ++c)
            forget(*batch->column_data(c));
    }
    if (found.hex() == hash || secondHash(*batches) == hash)
        return {};
    const Result<RowFile> rows = RowFile::open(folder, hash);
    return rows && batches->size() <= 1 && firstHash(*rows) == hash ? Result<void>{} : Result<void>(otherRows(hash));
}

}  // namespace taskfold::data
