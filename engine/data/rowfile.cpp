#include "engine/data/batchfile.h"
#include "engine/data/rowstore.h"
#include "engine/data/tablefile.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace taskfold::data {

namespace {

// Files of fewer batches are checked whole when they are opened.
constexpr std::size_t kCheckedAtOnce = 64;
// Files of fewer batches stay in memory once they were looked at: to get their pages again costs more than they take.
constexpr std::size_t kKept = 4;

// Texts where they lie in the file.
struct Texts {
    const std::int64_t* ends = nullptr;
    const char* bytes = nullptr;

    std::string_view at(std::int64_t i) const { return {bytes + ends[i], static_cast<std::size_t>(ends[i + 1] - ends[i])}; }
};

}  // namespace

struct RowFile::Columns {
    // A batch, once somebody has looked at it: where its columns lie. Arrow's own form is large and isn't kept.
    struct Piece {
        std::int64_t first = 0, count = 0;
        std::size_t number = 0;  // of the batch
        std::once_flag looked;
        const std::int64_t* line = nullptr;
        Texts input, target, group, references;
        const std::int32_t* referenceEnds = nullptr;
        const std::uint8_t *from = nullptr, *to = nullptr;  // all of it
    };

    std::shared_ptr<const BatchFile> file;
    std::vector<Piece> pieces;
    std::int64_t size = 0;

    explicit Columns(std::shared_ptr<const BatchFile> file_) : file(std::move(file_)), pieces(numberOfPieces(*file))
    {
        std::size_t p = 0;
        for (std::size_t i = 0; i < file->size(); ++i) {
            if (file->rows()[i] == 0)
                continue;
            pieces[p].first = size;
            pieces[p].count = file->rows()[i];
            pieces[p++].number = i;
            size += file->rows()[i];
        }
    }

    const Piece& at(std::int64_t index)
    {
        const auto next = std::upper_bound(pieces.begin(), pieces.end(), index,
            [](std::int64_t one, const Piece& piece) { return one < piece.first; });
        return looked(*std::prev(next));
    }

    const Piece& looked(Piece& piece)
    {
        std::call_once(piece.looked, [&] {
            if (Result<void> done = look(piece); !done)
                throw std::runtime_error("a file of rows is damaged: “check” names it");
        });
        return piece;
    }

    Result<void> look(Piece& piece)
    {
        const auto batch = file->read(piece.number);
        if (!batch)
            return batch.error();
        const auto& columns = **batch;
        const auto& lists = static_cast<const arrow::ListArray&>(*columns.column(3));
        piece.line = static_cast<const arrow::Int64Array&>(*columns.column(0)).raw_values();
        piece.referenceEnds = lists.raw_value_offsets();
        bool fine = take(piece, piece.line, piece.count) && take(piece, piece.referenceEnds, piece.count + 1);
        for (const auto& [array, texts] : {std::pair{columns.column(1), &piece.input}, {columns.column(2), &piece.target},
                 {columns.column(4), &piece.group}, {lists.values(), &piece.references}})
            fine = fine && take(piece, static_cast<const arrow::LargeStringArray&>(*array), *texts);
        return fine ? Result<void>{} : Error{ErrorCode::Damaged, "a file of rows whose memory isn't its own"};
    }

    void forget(const Piece& piece) const
    {
        if (pieces.size() > kKept)
            file->forget(piece.from, piece.to);
    }

private:
    static std::size_t numberOfPieces(const BatchFile& file)
    {
        return static_cast<std::size_t>(std::count_if(file.rows().begin(), file.rows().end(), [](std::int64_t rows) { return rows > 0; }));
    }

    template <typename T>
    bool take(Piece& piece, const T* memory, std::int64_t count) const
    {
        const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(T);
        if (!file->holds(memory, bytes, alignof(T)))
            return false;
        const auto* from = reinterpret_cast<const std::uint8_t*>(memory);
        piece.from = piece.from ? std::min(piece.from, from) : from;
        piece.to = std::max(piece.to, from + bytes);
        return true;
    }

    bool take(Piece& piece, const arrow::LargeStringArray& array, Texts& texts) const
    {
        if (array.length() == 0)
            return true;  // of references that nobody has
        texts.ends = array.raw_value_offsets();
        texts.bytes = reinterpret_cast<const char*>(array.raw_data());
        if (!take(piece, texts.ends, array.length() + 1))
            return false;
        const std::int64_t bytes = texts.ends[array.length()];
        return bytes == 0 || take(piece, texts.bytes, bytes);
    }
};

RowFile::RowFile(std::unique_ptr<Columns> columns) : m_columns(std::move(columns)) { }
RowFile::RowFile(RowFile&&) noexcept = default;
RowFile& RowFile::operator=(RowFile&&) noexcept = default;
RowFile::~RowFile() = default;

Result<RowFile> RowFile::open(const std::filesystem::path& folder, const std::string& hash)
{
    Result<std::shared_ptr<const BatchFile>> file = BatchFile::open(folder, hash, rowSchema());
    if (!file)
        return std::move(file).error();
    auto columns = std::make_unique<Columns>(*std::move(file));
    if (columns->pieces.size() <= kCheckedAtOnce)
        for (Columns::Piece& piece : columns->pieces) {
            Result<void> looked;
            std::call_once(piece.looked, [&] { looked = columns->look(piece); });
            if (!looked)
                return std::move(looked).error();
            columns->forget(piece);
        }
    return RowFile(std::move(columns));
}

std::int64_t RowFile::size() const { return m_columns->size; }

std::int64_t RowFile::line(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.line[index - piece.first];
}

std::string_view RowFile::input(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.input.at(index - piece.first);
}

std::string_view RowFile::target(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    return piece.target.at(index - piece.first);
}

Row RowFile::row(std::int64_t index) const
{
    const auto& piece = m_columns->at(index);
    const std::int64_t i = index - piece.first;
    Row row{piece.line[i], std::string(piece.input.at(i)), std::string(piece.target.at(i)), {}, std::string(piece.group.at(i))};
    for (std::int64_t k = piece.referenceEnds[i]; k < piece.referenceEnds[i + 1]; ++k)
        row.references.emplace_back(piece.references.at(k));
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
    for (Columns::Piece& piece : m_columns->pieces) {
        for (std::int64_t i = 0; i < piece.count; ++i)
            if (!told(piece.first + i))
                return;
        m_columns->forget(m_columns->looked(piece));
    }
}

void RowFile::forget() const
{
    if (m_columns->pieces.size() > kKept)
        m_columns->file->forget();
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
                const Columns::Piece& piece = m_columns->looked(m_columns->pieces[p]);
                rows.clear();
                for (std::int64_t i = 0; i < piece.count; ++i)
                    rows.push_back({piece.input.at(i), piece.target.at(i), piece.line[i], piece.first + i});
                told(p, rows);
                m_columns->forget(piece);
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
