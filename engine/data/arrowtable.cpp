#include "engine/data/parsers.h"

#include "engine/data/parquettexts.h"

#include <arrow/api.h>

#include <algorithm>
#include <charconv>

namespace taskfold::data {

namespace {

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

    void fill(Value& into, const arrow::Array& array, std::int64_t i)
    {
        if (array.type_id() == arrow::Type::STRING && array.IsValid(i))
            into.setText(static_cast<const arrow::StringArray&>(array).GetView(i));
        else
            into = value(array, i);
    }

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
    explicit ArrowParser(std::filesystem::path file) : m_file(std::move(file)) { }

    std::int64_t parse(const Block& block, bool, RecordSink& sink) override
    {
        std::int64_t rows = 0;
        const auto& piece = *static_cast<const TableBlock*>(block.table.get());
        if (const auto* texts = dynamic_cast<const TextsBlock*>(&piece))
            return parse(*texts, sink);
        const arrow::Status read = piece.each([&](const arrow::RecordBatch& batch) { rows += parse(batch, rows, sink); });
        if (!read.ok())
            throw tableFailure(read, m_file);
        return rows;
    }

private:
    std::int64_t parse(const arrow::RecordBatch& batch, std::int64_t before, RecordSink& sink)
    {
        ArrowValues values(m_record);
        const std::vector<std::string> names = batch.schema()->field_names();
        std::vector<const arrow::Array*> columns;
        bool fine = true, flat = true;
        for (int c = 0; c < batch.num_columns(); ++c) {
            columns.push_back(batch.column(c).get());
            fine = fine && isFine(*columns.back());
            flat = flat && !hasParts(columns.back()->type()->id());
        }
        m_record.clear();
        for (std::int64_t row = 0; row < batch.num_rows() && sink.wantsMore(); ++row) {
            if (flat) {
                m_record.againNamed(names);
                for (std::size_t c = 0; c < columns.size(); ++c)
                    values.fill(m_record.childAgain(static_cast<std::uint32_t>(c)), *columns[c], row);
            } else {
                m_record.clear();
                for (std::size_t c = 0; c < columns.size(); ++c)
                    m_record.push(names[c], values.value(*columns[c], row));
                m_record.root = m_record.close(ValueKind::Object, 0);
            }
            m_record.line = before + row + 1;
            if (std::string words = fine ? std::string() : trouble(); !words.empty())
                sink.bad(m_record.line, Reason::Encoding, {}, std::move(words));
            else
                sink.record(m_record);
        }
        return batch.num_rows();
    }

    std::int64_t parse(const TextsBlock& piece, RecordSink& sink)
    {
        if (const arrow::Status read = piece.read(m_texts); !read.ok())
            throw tableFailure(read, m_file);
        sink.holds(m_texts.bytes, m_texts.size);
        m_record.clear();
        for (std::size_t row = 0; row < m_texts.count && sink.wantsMore(); ++row) {
            m_record.againNamed(m_texts.names);
            m_record.line = static_cast<std::int64_t>(row) + 1;
            bool fine = true;
            for (std::size_t c = 0; c < m_texts.columns.size(); ++c) {
                const TextRows::Cell& cell = m_texts.columns[c][row];
                Value& value = m_record.childAgain(static_cast<std::uint32_t>(c));
                value.setText(cell.text());
                value.kind = cell.state == TextRows::State::Null ? ValueKind::Null : ValueKind::Text;
                value.plain = cell.state == TextRows::State::Plain;
                fine = fine && cell.state != TextRows::State::Bad;
            }
            if (fine)
                sink.record(m_record);
            else
                sink.bad(m_record.line, Reason::Encoding, {}, trouble());
        }
        return static_cast<std::int64_t>(m_texts.count);
    }

    // Whether values of it may be lists or objects.
    static bool hasParts(arrow::Type::type type) { return arrow::is_nested(type) || type == arrow::Type::DICTIONARY || type == arrow::Type::EXTENSION; }

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

    std::filesystem::path m_file;
    Record m_record;
    TextRows m_texts;
};

}  // namespace

std::unique_ptr<BlockParser> arrowParser(const OpenFile& file)
{
    return std::make_unique<ArrowParser>(file.path);
}

}  // namespace taskfold::data
