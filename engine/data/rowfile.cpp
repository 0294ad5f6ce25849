#include "engine/data/rowbatches.h"
#include "engine/data/rowstore.h"
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

bool isHash(const std::string& text)
{
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

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

}  // namespace

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

}  // namespace taskfold::data
