#include "engine/data/rowexport.h"

#include "engine/data/archive.h"
#include "engine/data/rowstore.h"
#include "engine/data/sealedfile.h"
#include "engine/data/tablefile.h"

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace taskfold::data {

namespace {

void addQuoted(std::string& json, std::string_view text)
{
    constexpr char kDigits[] = "0123456789abcdef";
    json += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (c == '\n') {
            json += "\\n";
        } else if (c == '\t') {
            json += "\\t";
        } else if (byte < 0x20) {
            json += "\\u00";
            json += kDigits[byte >> 4];
            json += kDigits[byte & 15];
        } else {
            json += c;
        }
    }
    json += '"';
}

std::string jsonOf(const Row& row)
{
    std::string json = "{\"input\": ";
    addQuoted(json, row.input);
    json += ", \"target\": ";
    addQuoted(json, row.target);
    if (!row.references.empty()) {
        json += ", \"references\": [";
        for (std::size_t i = 0; i < row.references.size(); ++i) {
            json += i > 0 ? ", " : "";
            addQuoted(json, row.references[i]);
        }
        json += ']';
    }
    if (!row.group.empty()) {
        json += ", \"group\": ";
        addQuoted(json, row.group);
    }
    return json + "}\n";
}

using Skipped = std::function<bool(std::int64_t)>;

Result<std::int64_t> writeLines(const RowFile& rows, const std::filesystem::path& file, const Skipped& skipped, const std::stop_token& stop)
{
    std::ofstream out(file, std::ios::binary);
    std::int64_t count = 0;
    rows.each([&](std::int64_t i) {
        const Row row = rows.row(i);
        if (!skipped || !skipped(row.line)) {
            out << jsonOf(row);
            ++count;
        }
        return out.good() && !stop.stop_requested();
    });
    out.close();
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    return out ? Result<std::int64_t>(count) : Result<std::int64_t>(diskError(errno, "writing " + file.filename().string()));
}

arrow::Result<std::int64_t> writeParquet(const RowFile& rows, const std::filesystem::path& file, const Skipped& skipped, const std::stop_token& stop)
{
    ARROW_ASSIGN_OR_RAISE(const auto out, arrow::io::FileOutputStream::Open(file.string()));
    ARROW_ASSIGN_OR_RAISE(const auto schema, rowSchema()->RemoveField(0));
    ARROW_ASSIGN_OR_RAISE(const auto writer, parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), out));
    RowColumns batch;
    std::int64_t count = 0;
    arrow::Status failed;
    const auto flush = [&] {
        if (batch.size() == 0)
            return true;
        const auto made = batchOf(batch)->RemoveColumn(0);
        failed = made.ok() ? writer->WriteRecordBatch(**made) : made.status();
        batch.clear();
        return failed.ok();
    };
    rows.each([&](std::int64_t i) {
        const Row row = rows.row(i);
        if (!skipped || !skipped(row.line)) {
            batch.add(row);
            ++count;
        }
        return (!isFullBatch(batch) || flush()) && !stop.stop_requested();
    });
    flush();
    ARROW_RETURN_NOT_OK(failed);
    ARROW_RETURN_NOT_OK(writer->Close());
    ARROW_RETURN_NOT_OK(out->Close());
    return count;
}

}  // namespace

Result<std::int64_t> exportRows(const std::filesystem::path& folder, const std::string& hash, const std::filesystem::path& out,
    const Skipped& skipped, const std::stop_token& stop)
{
    const std::string extension = lowerExtension(out);
    if (extension != ".jsonl" && extension != ".parquet")
        return Error{ErrorCode::Unsupported, "rows are exported as .jsonl or .parquet, not as “" + out.filename().string() + "”"};
    const Result<RowFile> rows = RowFile::open(folder, hash);
    if (!rows)
        return rows.error();
    const std::filesystem::path beside = out.string() + ".part";
    Result<std::int64_t> written = 0;
    if (extension == ".jsonl") {
        written = writeLines(*rows, beside, skipped, stop);
    } else {
        const auto done = writeParquet(*rows, beside, skipped, stop);
        written = done.ok() ? Result<std::int64_t>(*done) : Result<std::int64_t>(errorOf(done.status(), out.filename().string()));
        if (stop.stop_requested())
            written = Error{ErrorCode::Cancelled, {}};
    }
    std::error_code failure;
    if (written)
        std::filesystem::rename(beside, out, failure);
    if (!written || failure) {
        const std::string words = failure.message();
        std::error_code unused;
        std::filesystem::remove(beside, unused);
        if (written)
            return Error{ErrorCode::Io, out.string() + ": " + words};
    }
    return written;
}

}  // namespace taskfold::data
