#include "engine/data/rowstore.h"

#include "engine/core/hash.h"
#include "engine/data/batchfile.h"
#include "engine/data/rowswriter.h"
#include "engine/data/tablefile.h"

namespace taskfold::data {

namespace {

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

// The hash of batches' digests; empty where one is damaged.
template <typename Hash>
std::string hashBy(const BatchFile& file, const char* kind, std::string (*digest)(const arrow::RecordBatch&))
{
    Hash hash;
    hash.add(kind);
    for (std::size_t i = 0; i < file.size(); ++i) {
        const auto batch = file.read(i);
        if (!batch)
            return {};
        hash.add(digest(**batch));
        file.forget(**batch);
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
    const auto file = BatchFile::open(folder, hash, rowSchema());
    if (!file)
        return file.error();
    if (hashBy<ContentHash>(**file, "taskfold rows 3\n", digestOf) == hash || hashBy<Sha256>(**file, "taskfold rows 2\n", olderDigestOf) == hash)
        return {};
    const Result<RowFile> rows = RowFile::open(folder, hash);
    return rows && (*file)->size() <= 1 && firstHash(*rows) == hash ? Result<void>{} : Result<void>(otherRows(hash));
}

}  // namespace taskfold::data
