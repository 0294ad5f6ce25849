#include "engine/data/jsonvalue.h"

#include "engine/data/quickjson.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace taskfold::data {

namespace {

namespace od = simdjson::ondemand;
using simdjson::error_code;
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr int kDeepest = 100;
constexpr const char* kMore = "something follows the end of the record";

std::string_view trimmedToken(std::string_view token)
{
    const std::size_t end = token.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view{} : token.substr(0, end + 1);
}

// Objects of rows have few fields; of a wide one only neighbours are compared, sorted.
std::string_view namedTwice(const Record& record, const Value& object)
{
    if (object.count <= 24) {
        for (std::uint32_t i = 1; i < object.count; ++i)
            for (std::uint32_t j = 0; j < i; ++j)
                if (record.nameOf(object, i) == record.nameOf(object, j))
                    return record.nameOf(object, i);
        return {};
    }
    std::vector<std::string_view> names;
    for (std::uint32_t i = 0; i < object.count; ++i)
        names.push_back(record.nameOf(object, i));
    std::sort(names.begin(), names.end());
    const auto same = std::adjacent_find(names.begin(), names.end());
    return same == names.end() ? std::string_view{} : *same;
}

// The fast way: simdjson's whole tree, made with the widest instructions that this machine has. It doesn't keep how a
// number was written; a record in which that matters goes the other way.
class TreeWalk {
public:
    explicit TreeWalk(Record& record) : m_record(record) { }

    // Whether nothing in it needs the exact way.
    bool take(const element& source, Value& into, int depth)
    {
        switch (source.type()) {
        case element_type::STRING: into = {ValueKind::Text, std::string_view(source), 0, 0}; return true;
        case element_type::INT64:
        case element_type::UINT64: into = {ValueKind::Number, m_record.keep(simdjson::minify(source)), 0, 0}; return true;
        case element_type::BOOL: into = {ValueKind::Bool, bool(source) ? "true" : "false", 0, 0}; return true;
        case element_type::NULL_VALUE: into = {}; return true;
        case element_type::DOUBLE: return false;
        case element_type::ARRAY: return list(simdjson::dom::array(source), into, depth);
        case element_type::OBJECT: return object(simdjson::dom::object(source), into, depth);
        }
        return false;
    }

    std::string twice;  // a field that an object names twice

private:
    bool list(const simdjson::dom::array& items, Value& into, int depth)
    {
        const std::size_t height = m_record.height();
        for (const element& item : items) {
            Value child;
            if (depth == kDeepest || !take(item, child, depth + 1))
                return false;
            m_record.push({}, child);
        }
        into = m_record.close(ValueKind::List, height);
        return true;
    }

    bool object(const simdjson::dom::object& fields, Value& into, int depth)
    {
        const std::size_t height = m_record.height();
        for (const auto& field : fields) {
            Value child;
            if (depth == kDeepest || !take(field.value, child, depth + 1))
                return false;
            m_record.push(field.key, child);
        }
        into = m_record.close(ValueKind::Object, height);
        if (const std::string_view name = namedTwice(m_record, into); !name.empty())
            twice = name;
        return true;
    }

    Record& m_record;
};

// A whole number that no machine word holds is a number all the same.
bool isWhole(std::string_view token)
{
    if (token.starts_with('-'))
        token.remove_prefix(1);
    return !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos
        && (token.size() == 1 || token.front() != '0');
}

// The exact way: every value as it is written.
class Walk {
public:
    explicit Walk(Record& record) : m_record(record) { }

    template <typename Source>
    error_code value(Source&& source, Value& into, int depth)
    {
        od::json_type type;
        if (const error_code wrong = source.type().get(type))
            return wrong;
        switch (type) {
        case od::json_type::string: into.kind = ValueKind::Text; return source.get_string().get(into.text);
        case od::json_type::number: return number(source, into);
        case od::json_type::boolean: return boolean(source, into);
        case od::json_type::null: return null(source);
        case od::json_type::array:
        case od::json_type::object: break;
        }
        if (depth == kDeepest)
            return simdjson::DEPTH_ERROR;
        return type == od::json_type::array ? list(source, into, depth) : object(source, into, depth);
    }

    std::string twice;  // a field that an object names twice

private:
    template <typename Source>
    error_code number(Source& source, Value& into)
    {
        od::number unused;
        into.kind = ValueKind::Number;
        std::string_view token;
        if constexpr (requires { source.raw_json_token().value(); }) {
            if (const error_code wrong = source.raw_json_token().get(token))
                return wrong;
        } else {
            token = source.raw_json_token();
        }
        into.text = trimmedToken(token);
        const error_code wrong = source.get_number().get(unused);
        return wrong == simdjson::NUMBER_ERROR && isWhole(into.text) ? error_code(simdjson::SUCCESS) : wrong;
    }

    template <typename Source>
    error_code null(Source& source)
    {
        simdjson::simdjson_result<bool> found = source.is_null();
        bool yes = false;
        const error_code wrong = std::move(found).get(yes);
        return wrong ? wrong : yes ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }

    template <typename Source>
    error_code boolean(Source& source, Value& into)
    {
        bool yes = false;
        const error_code wrong = source.get_bool().get(yes);
        into.kind = ValueKind::Bool;
        into.text = yes ? "true" : "false";
        return wrong;
    }

    template <typename Source>
    error_code list(Source& source, Value& into, int depth)
    {
        od::array array;
        if (const error_code wrong = source.get_array().get(array))
            return wrong;
        const std::size_t height = m_record.height();
        for (auto item : array) {
            od::value one;
            Value child;
            if (const error_code wrong = item.get(one))
                return wrong;
            if (const error_code wrong = value(one, child, depth + 1))
                return wrong;
            m_record.push({}, child);
        }
        into = m_record.close(ValueKind::List, height);
        return simdjson::SUCCESS;
    }

    template <typename Source>
    error_code object(Source& source, Value& into, int depth)
    {
        od::object fields;
        if (const error_code wrong = source.get_object().get(fields))
            return wrong;
        const std::size_t height = m_record.height();
        for (auto field : fields) {
            std::string_view name;
            if (const error_code wrong = field.unescaped_key().get(name))
                return wrong;
            od::value one;
            Value child;
            if (const error_code wrong = field.value().get(one))
                return wrong;
            if (const error_code wrong = value(one, child, depth + 1))
                return wrong;
            m_record.push(name, child);
        }
        into = m_record.close(ValueKind::Object, height);
        if (const std::string_view name = namedTwice(m_record, into); !name.empty())
            twice = name;
        return simdjson::SUCCESS;
    }

    Record& m_record;
};

std::string wordsOf(error_code wrong)
{
    switch (wrong) {
    case simdjson::UTF8_ERROR: return "bytes that aren't UTF-8";
    case simdjson::DEPTH_ERROR: return "lists and objects are nested too deeply";
    default: return simdjson::error_message(wrong);
    }
}

}  // namespace

struct JsonValues::Parser {
    simdjson::dom::parser tree;
    od::parser exact;

    std::string readExactly(std::string_view text, Record& record);
};

JsonValues::JsonValues() : m_parser(std::make_unique<Parser>()) { }
JsonValues::~JsonValues() = default;

std::string JsonValues::Parser::readExactly(std::string_view text, Record& record)
{
    static_assert(kPadding >= simdjson::SIMDJSON_PADDING);
    od::document document;
    const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + kPadding);
    if (const error_code wrong = exact.iterate(padded).get(document))
        return wordsOf(wrong);
    Walk walk(record);
    if (const error_code wrong = walk.value(document, record.root, 0))
        return wordsOf(wrong);
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS)
        return kMore;
    return walk.twice.empty() ? std::string{} : "the field “" + walk.twice + "” is there twice";
}

std::string JsonValues::read(std::string_view text, Record& record)
{
    element root;
    const error_code wrong = m_parser->tree.parse(text.data(), text.size(), false).get(root);
    if (wrong && wrong != simdjson::NUMBER_ERROR && wrong != simdjson::TAPE_ERROR)
        return wordsOf(wrong);
    if (!wrong) {
        TreeWalk walk(record);
        if (walk.take(root, record.root, 0))
            return walk.twice.empty() ? std::string{} : "the field “" + walk.twice + "” is there twice";
    }
    const auto again = [&, line = record.line, raw = record.raw] {
        record.clear();
        record.line = line;
        record.raw = raw;
    };
    again();
    std::string words = m_parser->readExactly(text, record);  // which names a fault better, too
    if (words.empty() && wrong == simdjson::TAPE_ERROR)
        words = wordsOf(wrong);
    if (words.empty() || (text.find("NaN") == std::string_view::npos && text.find("Infinity") == std::string_view::npos))
        return words;
    again();
    if (!readLeniently(text, record))
        return words;
    record.mended = "NaN or Infinity, which JSON doesn't know, was read as null";
    return {};
}

}  // namespace taskfold::data
