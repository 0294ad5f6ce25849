#include "engine/data/parsers.h"

#include "engine/core/hash.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/reader.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace taskfold::data {

namespace {

constexpr std::int64_t kRowsAtOnce = 8192;

Error errorOf(const arrow::Status& status, const std::filesystem::path& file)
{
    const ErrorCode code = status.IsOutOfMemory() ? ErrorCode::OutOfMemory
        : status.IsIOError()                      ? ErrorCode::Io
                                                  : ErrorCode::InvalidInput;
    return {code, file.filename().string() + " can't be read as a table: " + status.message()};
}

std::string formatted(double number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", number);
    for (int digits = 1; digits < 17; ++digits) {  // the shortest that means the same
        char shorter[32];
        std::snprintf(shorter, sizeof shorter, "%.*g", digits, number);
        if (std::strtod(shorter, nullptr) == number)
            return shorter;
    }
    return text;
}

// Cells of Arrow's columns as values. Texts stay where they are.
class ArrowValues {
public:
    explicit ArrowValues(Record& record) : m_record(record) { }

    Value value(const arrow::Array& array, std::int64_t i)
    {
        using arrow::Type;
        if (array.IsNull(i))
            return {};
        switch (array.type_id()) {
        case Type::STRING: return text(static_cast<const arrow::StringArray&>(array).GetView(i));
        case Type::LARGE_STRING: return text(static_cast<const arrow::LargeStringArray&>(array).GetView(i));
        case Type::STRING_VIEW: return text(static_cast<const arrow::StringViewArray&>(array).GetView(i));
        case Type::BINARY: return bytes(static_cast<const arrow::BinaryArray&>(array).GetView(i));
        case Type::LARGE_BINARY: return bytes(static_cast<const arrow::LargeBinaryArray&>(array).GetView(i));
        case Type::BOOL:
            return {ValueKind::Bool, static_cast<const arrow::BooleanArray&>(array).Value(i) ? "true" : "false", 0, 0};
        case Type::INT64: return whole<arrow::Int64Array>(array, i);
        case Type::INT32: return whole<arrow::Int32Array>(array, i);
        case Type::LIST: return list(static_cast<const arrow::ListArray&>(array), i);
        case Type::LARGE_LIST: return list(static_cast<const arrow::LargeListArray&>(array), i);
        case Type::FIXED_SIZE_LIST: return list(static_cast<const arrow::FixedSizeListArray&>(array), i);
        case Type::STRUCT: return object(static_cast<const arrow::StructArray&>(array), i);
        case Type::DICTIONARY: {
            const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
            return value(*coded.dictionary(), coded.GetValueIndex(i));
        }
        default: return number(array, i);
        }
    }

private:
    // Pictures and the like are no texts, and no reason to refuse their rows' other columns.
    static Value bytes(std::string_view view) { return textTrouble(view, false).empty() ? text(view) : Value{}; }
    static Value text(std::string_view view) { return {ValueKind::Text, view, 0, 0}; }

    template <typename Array>
    Value whole(const arrow::Array& array, std::int64_t i)
    {
        char* const room = m_record.room(24);
        const auto end = std::to_chars(room, room + 24, static_cast<const Array&>(array).Value(i)).ptr;
        return {ValueKind::Number, {room, static_cast<std::size_t>(end - room)}, 0, 0};
    }

    Value number(const arrow::Array& array, std::int64_t i)
    {
        const auto scalar = array.GetScalar(i);
        if (!scalar.ok())
            return {};
        std::string words;
        if (array.type_id() == arrow::Type::DOUBLE)
            words = formatted(static_cast<const arrow::DoubleArray&>(array).Value(i));
        else if (array.type_id() == arrow::Type::FLOAT)
            words = (*scalar)->ToString();
        else
            words = (*scalar)->ToString();
        const bool counts = arrow::is_numeric(array.type_id());
        return {counts ? ValueKind::Number : ValueKind::Text, m_record.keep(std::move(words)), 0, 0};
    }

    template <typename List>
    Value list(const List& lists, std::int64_t i)
    {
        const std::size_t height = m_record.height();
        const arrow::Array& items = *lists.values();
        for (std::int64_t k = lists.value_offset(i); k < lists.value_offset(i) + lists.value_length(i); ++k)
            m_record.push({}, value(items, k));
        return m_record.close(ValueKind::List, height);
    }

    Value object(const arrow::StructArray& fields, std::int64_t i)
    {
        const std::size_t height = m_record.height();
        for (int f = 0; f < fields.num_fields(); ++f)
            m_record.push(fields.struct_type()->field(f)->name(), value(*fields.field(f), i));
        return m_record.close(ValueKind::Object, height);
    }

    Record& m_record;
};

class ArrowParser final : public BlockParser {
public:
    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        const auto& batch = *static_cast<const arrow::RecordBatch*>(block.table.get());
        ArrowValues values(m_record);
        std::vector<const std::string*> names;
        bool fine = true;
        for (int c = 0; c < batch.num_columns(); ++c) {
            names.push_back(&batch.schema()->field(c)->name());
            fine = fine && isFine(*batch.column(c));
        }
        for (std::int64_t row = 0; row < batch.num_rows() && sink.wantsMore(); ++row) {
            m_record.clear();
            m_record.line = row + 1;
            for (int c = 0; c < batch.num_columns(); ++c)
                m_record.push(*names[static_cast<std::size_t>(c)], values.value(*batch.column(c), row));
            m_record.root = m_record.close(ValueKind::Object, 0);
            if (std::string words = fine ? std::string() : trouble(); !words.empty())
                sink.bad(row + 1, Reason::Encoding, {}, std::move(words));
            else
                sink.record(m_record);
        }
        return batch.num_rows();
    }

private:
    // Whether every text of a column is one, looked at all at once. Of other types nothing is said.
    static bool isFine(const arrow::Array& array)
    {
        switch (array.type_id()) {
        case arrow::Type::STRING: return areTexts(static_cast<const arrow::StringArray&>(array));
        case arrow::Type::LARGE_STRING: return areTexts(static_cast<const arrow::LargeStringArray&>(array));
        case arrow::Type::BOOL:
        case arrow::Type::INT32:
        case arrow::Type::INT64:
        case arrow::Type::DOUBLE: return true;
        default: return false;
        }
    }

    template <typename Texts>
    static bool areTexts(const Texts& texts)
    {
        if (texts.length() == 0)
            return true;
        const auto from = texts.value_offset(0), to = texts.value_offset(texts.length());
        const auto* bytes = reinterpret_cast<const char*>(texts.raw_data());
        // A character may not be cut by where a text ends.
        for (std::int64_t i = 1; i < texts.length(); ++i)
            if (const auto at = texts.value_offset(i); at < to && (static_cast<unsigned char>(bytes[at]) & 0xC0) == 0x80)
                return false;
        return textTrouble({bytes + from, static_cast<std::size_t>(to - from)}, false).empty();
    }

    // Arrow's readers don't look into texts.
    std::string trouble() const
    {
        for (std::uint32_t i = 0; i < m_record.root.count; ++i)
            if (const Value& value = m_record.child(m_record.root, i); value.kind == ValueKind::Text)
                if (std::string words = textTrouble(value.text, false); !words.empty())
                    return words;
        return {};
    }

    Record m_record;
};

// Offsets come from the file. Texts that aren't UTF-8 are told row by row.
arrow::Status validated(const arrow::RecordBatch& batch)
{
    ARROW_RETURN_NOT_OK(batch.Validate());
    for (const auto& column : batch.columns())
        if (const arrow::Status full = column->ValidateFull(); !full.ok() && full.message().find("UTF8") == std::string::npos)
            return full;
    return arrow::Status::OK();
}

// Batches of a table, one row group or record batch in memory at a time.
class ArrowBlocks final : public BlockSource {
public:
    ArrowBlocks(std::filesystem::path file, std::shared_ptr<arrow::RecordBatchReader> reader,
        std::shared_ptr<parquet::arrow::FileReader> owner)
        : m_file(std::move(file))
        , m_owner(std::move(owner))
        , m_reader(std::move(reader))
    {
        std::error_code failure;
        m_total = static_cast<std::int64_t>(std::filesystem::file_size(m_file, failure));
    }

    Result<bool> next(Block& block) override
    {
        if (!m_batch || m_at >= m_batch->num_rows()) {
            m_at = 0;
            do {
                if (const arrow::Status read = m_reader->ReadNext(&m_batch); !read.ok())
                    return errorOf(read, m_file);
                if (!m_batch)
                    return false;
                if (const arrow::Status valid = validated(*m_batch); !valid.ok())
                    return errorOf(valid, m_file);
            } while (m_batch->num_rows() == 0);
        }
        const std::int64_t count = std::min(kRowsAtOnce, m_batch->num_rows() - m_at);
        block.table = m_batch->Slice(m_at, count);
        block.setSize(0);
        m_at += count;
        m_rows += count;
        return true;
    }

    std::int64_t done() const override { return m_expected > 0 ? m_total * m_rows / m_expected : 0; }
    std::int64_t total() const override { return m_total; }

    std::string hash() override
    {
        const Result<std::string> made = contentHashOfFile(m_file);
        return made ? "blake3:" + *made : std::string{};
    }

    void expect(std::int64_t rows) { m_expected = rows; }

private:
    std::filesystem::path m_file;
    std::shared_ptr<parquet::arrow::FileReader> m_owner;
    std::shared_ptr<arrow::RecordBatchReader> m_reader;
    std::shared_ptr<arrow::RecordBatch> m_batch;
    std::int64_t m_at = 0, m_rows = 0, m_total = 0, m_expected = 0;
};

// Arrow's file form, batch by batch.
class FileBatches final : public arrow::RecordBatchReader {
public:
    explicit FileBatches(std::shared_ptr<arrow::ipc::RecordBatchFileReader> file) : m_file(std::move(file)) { }
    std::shared_ptr<arrow::Schema> schema() const override { return m_file->schema(); }
    arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override
    {
        batch->reset();
        if (m_at < m_file->num_record_batches()) {
            ARROW_ASSIGN_OR_RAISE(*batch, m_file->ReadRecordBatch(m_at++));
        }
        return arrow::Status::OK();
    }

private:
    std::shared_ptr<arrow::ipc::RecordBatchFileReader> m_file;
    int m_at = 0;
};

struct Opened {
    std::shared_ptr<arrow::RecordBatchReader> reader;
    std::shared_ptr<parquet::arrow::FileReader> owner;
    std::int64_t rows = 0;
};

arrow::Result<Opened> openParquet(const std::filesystem::path& file)
{
    ARROW_ASSIGN_OR_RAISE(const auto in, arrow::io::ReadableFile::Open(file.string()));
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(in));
    parquet::ArrowReaderProperties properties;
    properties.set_batch_size(kRowsAtOnce);
    properties.set_pre_buffer(false);
    properties.set_use_threads(false);
    ARROW_ASSIGN_OR_RAISE(auto opened, builder.properties(properties)->Build());
    Opened result;
    result.owner = std::move(opened);
    result.rows = result.owner->parquet_reader()->metadata()->num_rows();
    ARROW_ASSIGN_OR_RAISE(auto reader, result.owner->GetRecordBatchReader());
    result.reader = std::move(reader);
    return result;
}

arrow::Result<Opened> openArrow(const std::filesystem::path& file)
{
    ARROW_ASSIGN_OR_RAISE(const auto in, arrow::io::ReadableFile::Open(file.string()));
    Opened result;
    const auto asFile = arrow::ipc::RecordBatchFileReader::Open(in);
    if (asFile.ok()) {
        result.rows = (*asFile)->CountRows().ValueOr(0);
        result.reader = std::make_shared<FileBatches>(*asFile);
        return result;
    }
    ARROW_ASSIGN_OR_RAISE(const auto again, arrow::io::ReadableFile::Open(file.string()));
    ARROW_ASSIGN_OR_RAISE(result.reader, arrow::ipc::RecordBatchStreamReader::Open(again));
    return result;
}

// Arrow throws where a file is malformed in some ways.
arrow::Result<Opened> openTable(const std::filesystem::path& file, FileFormat format)
{
    try {
        return format == FileFormat::Parquet ? openParquet(file) : openArrow(file);
    } catch (const std::exception& failure) {
        return arrow::Status::Invalid(failure.what());
    }
}

}  // namespace

Result<std::unique_ptr<BlockSource>> arrowBlocks(const std::filesystem::path& file, FileFormat format)
{
    arrow::Result<Opened> opened = openTable(file, format);
    if (!opened.ok())
        return errorOf(opened.status(), file);
    auto blocks = std::make_unique<ArrowBlocks>(file, opened->reader, opened->owner);
    blocks->expect(opened->rows);
    return std::unique_ptr<BlockSource>(std::move(blocks));
}

Result<std::vector<std::string>> arrowColumns(const std::filesystem::path& file, FileFormat format)
{
    const arrow::Result<Opened> opened = openTable(file, format);
    if (!opened.ok())
        return errorOf(opened.status(), file);
    return (*opened).reader->schema()->field_names();
}

std::unique_ptr<BlockParser> arrowParser()
{
    return std::make_unique<ArrowParser>();
}

}  // namespace taskfold::data
