#include "engine/data/jsonrecord.h"

#include <simdjson.h>

namespace taskfold::data {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// A text, or a number or boolean as it is written; nothing for anything else.
std::optional<std::string> textOf(const element& value, std::string& type)
{
    switch (value.type()) {
    case element_type::STRING: return std::string(std::string_view(value));
    case element_type::INT64:
    case element_type::UINT64: return simdjson::minify(value);
    case element_type::DOUBLE: return simdjson::minify(value);
    case element_type::BOOL: return std::string(bool(value) ? "true" : "false");
    case element_type::NULL_VALUE: type = "null"; break;
    case element_type::ARRAY: type = "a list"; break;
    case element_type::OBJECT: type = "an object"; break;
    }
    return std::nullopt;
}

void take(std::string_view key, const element& value, Record& record)
{
    std::string type;
    std::vector<std::string> texts;
    if (value.type() == element_type::ARRAY) {
        for (const element& item : simdjson::dom::array(value)) {
            const std::optional<std::string> text = textOf(item, type);
            if (!text) {
                record.wrongTypes[std::string(key)] = "a list with " + type + " in it";
                return;
            }
            texts.push_back(*text);
        }
    } else {
        const std::optional<std::string> text = textOf(value, type);
        if (!text) {
            record.wrongTypes[std::string(key)] = type;
            return;
        }
        texts.push_back(*text);
    }
    if (value.is_number() || value.is_bool())
        record.wrongTypes[std::string(key)] = value.is_bool() ? "a boolean" : "a number";
    record.values[std::string(key)] = std::move(texts);
}

std::string fill(const element& value, Record& record)
{
    if (value.type() != element_type::OBJECT)
        return "expected an object with named fields";
    for (const auto& field : simdjson::dom::object(value))
        take(field.key, field.value, record);
    return {};
}

// The list itself, or the first list among an object's fields.
std::optional<simdjson::dom::array> arrayIn(const element& root)
{
    simdjson::dom::array rows;
    if (root.get(rows) == simdjson::SUCCESS)
        return rows;
    simdjson::dom::object object;
    if (root.get(object) != simdjson::SUCCESS)
        return std::nullopt;
    for (const auto& field : object)
        if (field.value.get(rows) == simdjson::SUCCESS)
            return rows;
    return std::nullopt;
}

}  // namespace

struct JsonReader::Parser {
    simdjson::dom::parser parser;
};

JsonReader::JsonReader() : m_parser(std::make_unique<Parser>()) { }
JsonReader::~JsonReader() = default;

std::string JsonReader::read(std::string_view object, Record& record)
{
    element value;
    if (const auto wrong = m_parser->parser.parse(object.data(), object.size()).get(value))
        return simdjson::error_message(wrong);
    return fill(value, record);
}

Result<void> readJsonArray(const std::string& text, const std::string& name, const ReadTold& told, std::int64_t limit,
    const std::stop_token& stop)
{
    simdjson::dom::parser parser;
    element root;
    if (const auto wrong = parser.parse(text).get(root))
        return Error{ErrorCode::InvalidInput, name + " isn't valid JSON: " + simdjson::error_message(wrong)};
    const std::optional<simdjson::dom::array> found = arrayIn(root);
    if (!found)
        return Error{ErrorCode::InvalidInput, name + " holds no list of rows"};
    const simdjson::dom::array rows = *found;
    std::int64_t number = 0;
    for (const element& item : rows) {
        if (stop.stop_requested() || (limit > 0 && number >= limit))
            return {};
        Record record;
        record.line = ++number;
        const std::string raw = simdjson::minify(item);
        record.excerpt = excerptOf(raw);
        if (const std::string wrong = fill(item, record); !wrong.empty())
            told.issue({name, number, {}, Reason::Json, IssueAction::Quarantined, record.excerpt, wrong});
        else
            told.record(std::move(record));
    }
    return {};
}

}  // namespace taskfold::data
