#include "engine/core/hash.h"
#include "engine/data/arrowbatches.h"
#include "engine/data/parsers.h"
#include "engine/data/sealedfile.h"

#include <arrow/io/file.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <system_error>

namespace taskfold::data {

namespace {

Error errorOf(const arrow::Status& status, const std::filesystem::path& file)
{
    const ErrorCode code = status.IsOutOfMemory() ? ErrorCode::OutOfMemory
        : status.IsIOError()                      ? ErrorCode::Io
                                                  : ErrorCode::InvalidInput;
    return {code, file.filename().string() + " can't be read as a table: " + status.message()};
}

// A file without a name, looked at through Arrow's eyes.
class SealedInput final : public arrow::io::RandomAccessFile {
public:
    explicit SealedInput(std::unique_ptr<SealedFile> file) : m_file(std::move(file)) { }

    arrow::Status Close() override
    {
        m_closed = true;
        return arrow::Status::OK();
    }
    bool closed() const override { return m_closed; }
    arrow::Result<std::int64_t> Tell() const override { return m_at; }
    arrow::Status Seek(std::int64_t place) override
    {
        m_at = place;
        return arrow::Status::OK();
    }
    arrow::Result<std::int64_t> GetSize() override { return m_file->size(); }
    arrow::Result<std::int64_t> ReadAt(std::int64_t place, std::int64_t bytes, void* to) override
    {
        if (place < 0 || bytes < 0 || place > m_file->size())
            return arrow::Status::Invalid("a place outside of the file");
        const std::int64_t there = std::min(bytes, m_file->size() - place);
        if (Result<void> got = m_file->readAt(place, static_cast<char*>(to), static_cast<std::size_t>(there)); !got)
            return arrow::Status::IOError(got.error().detail);
        return there;
    }
    arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t place, std::int64_t bytes) override
    {
        ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(std::clamp<std::int64_t>(bytes, 0, m_file->size())));
        ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(place, buffer->size(), buffer->mutable_data()));
        ARROW_RETURN_NOT_OK(buffer->Resize(got));
        return std::shared_ptr<arrow::Buffer>(std::move(buffer));
    }
    arrow::Result<std::int64_t> Read(std::int64_t bytes, void* to) override
    {
        ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(m_at, bytes, to));
        m_at += got;
        return got;
    }
    arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override
    {
        ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(m_at, bytes));
        m_at += buffer->size();
        return buffer;
    }

private:
    std::unique_ptr<SealedFile> m_file;
    std::int64_t m_at = 0;
    bool m_closed = false;
};

// Tables are read in no order: what an archive holds is unpacked first, into a file that nobody sees.
Result<std::unique_ptr<SealedFile>> unpacked(const std::filesystem::path& path, std::string& hash)
{
    Result<std::unique_ptr<ByteStream>> packed = openBytes(path);
    if (!packed)
        return std::move(packed).error();
    std::error_code failure;
    Result<std::unique_ptr<SealedFile>> file = SealedFile::scratch(std::filesystem::temp_directory_path(failure));
    std::string room(1 << 20, '\0');
    while (file) {
        const Result<std::size_t> got = (*packed)->read(room.data(), room.size());
        if (!got)
            return got.error();
        if (*got == 0)
            break;
        if (Result<void> written = (*file)->write({room.data(), *got}); !written)
            return std::move(written).error();
    }
    hash = (*packed)->hash();
    return file;
}

struct Opened {
    std::unique_ptr<TablePieces> pieces;
    std::string hash;  // of what was unpacked; empty: of the file
};

Result<Opened> openTable(const std::filesystem::path& path, FileFormat format, const TableColumns& columns)
{
    std::shared_ptr<arrow::io::RandomAccessFile> file;
    std::string hash;
    if (isPacked(path)) {
        Result<std::unique_ptr<SealedFile>> made = unpacked(path, hash);
        if (!made)
            return std::move(made).error();
        file = std::make_shared<SealedInput>(*std::move(made));
    } else {
        auto opened = arrow::io::ReadableFile::Open(path.string());
        if (!opened.ok())
            return errorOf(opened.status(), path);
        file = *std::move(opened);
    }
    try {  // Arrow throws where a file is malformed in some ways
        auto pieces = format == FileFormat::Parquet ? parquetPieces(file, columns) : arrowPieces(file, columns);
        if (!pieces.ok())
            return errorOf(pieces.status(), path);
        return Opened{*std::move(pieces), std::move(hash)};
    } catch (const std::exception& malformed) {
        return errorOf(arrow::Status::Invalid(malformed.what()), path);
    }
}

class ArrowBlocks final : public BlockSource {
public:
    ArrowBlocks(std::filesystem::path file, Opened opened) : m_file(std::move(file)), m_pieces(std::move(opened.pieces)), m_hash(std::move(opened.hash))
    {
        std::error_code failure;
        m_total = static_cast<std::int64_t>(std::filesystem::file_size(splitMember(m_file).first, failure));
    }

    Result<bool> next(Block& block) override
    {
        auto piece = m_pieces->next();
        if (!piece.ok())
            return errorOf(piece.status(), m_file);
        block.table = *std::move(piece);
        block.setSize(0);
        return block.table != nullptr;
    }

    std::int64_t done() const override { return static_cast<std::int64_t>(static_cast<double>(m_total) * m_pieces->done()); }
    std::int64_t total() const override { return m_total; }

    std::string hash() override
    {
        if (!m_hash.empty())
            return m_hash;
        const Result<std::string> made = contentHashOfFile(m_file);
        return made ? "blake3:" + *made : std::string{};
    }

private:
    std::filesystem::path m_file;
    std::unique_ptr<TablePieces> m_pieces;
    std::string m_hash;
    std::int64_t m_total = 0;
};

}  // namespace

Result<std::unique_ptr<BlockSource>> arrowBlocks(const std::filesystem::path& file, FileFormat format, const std::vector<std::string>& columns)
{
    Result<Opened> opened = openTable(file, format, columns);
    if (!opened)
        return std::move(opened).error();
    return std::unique_ptr<BlockSource>(std::make_unique<ArrowBlocks>(file, *std::move(opened)));
}

Result<TableHead> headOfTable(const std::filesystem::path& file, FileFormat format)
{
    const Result<Opened> opened = openTable(file, format, {});
    if (!opened)
        return opened.error();
    const std::shared_ptr<arrow::Schema> schema = opened->pieces->schema();
    const auto words = schema->metadata() ? schema->metadata()->Get("huggingface") : arrow::Result<std::string>(arrow::Status::KeyError(""));
    return TableHead{schema->field_names(), words.ok() ? *words : std::string()};
}

FileFailure tableFailure(const arrow::Status& status, const std::filesystem::path& file)
{
    return {errorOf(status, file)};
}

}  // namespace taskfold::data
