#include "engine/data/mappingnodes.h"

#include "engine/text/utf8.h"

#include <algorithm>
#include <charconv>

// Pieces of a text that a list of offsets names.
namespace taskfold::data {

namespace {

// The byte at which the character of that number starts; npos behind the end (the end itself is fine).
std::size_t byteOf(std::string_view text, std::int64_t character)
{
    std::size_t at = 0;
    for (std::int64_t i = 0; i < character; ++i) {
        if (at >= text.size())
            return std::string_view::npos;
        at += characterBytes(text, at);
    }
    return std::min(at, text.size());
}

// A field of an object, or “value.start” of one inside.
const Value* valueIn(const Record& record, const Value& object, std::string_view field)
{
    std::uint32_t unused = 0;
    const Value* value = object.kind == ValueKind::Object ? record.find(object, field, unused) : nullptr;
    if (value || field.find('.') == std::string_view::npos)
        return value;
    value = &object;
    for (std::size_t from = 0; value && from <= field.size();) {
        const std::size_t to = std::min(field.find('.', from), field.size());
        value = value->kind == ValueKind::Object ? record.find(*value, field.substr(from, to - from), unused) : nullptr;
        from = to + 1;
    }
    return value;
}

// A list of one text stands for that text.
const Value* only(const Record& record, const Value* value)
{
    return value && value->kind == ValueKind::List && value->count == 1 ? &record.child(*value, 0) : value;
}

}  // namespace

using Trouble = std::optional<FieldTrouble>;

Trouble Expression::Node::span(const Record& record, const Value& one, std::string_view text, std::string& target) const
{
    const auto word = [&](const char* what, const char* otherwise) {
        const auto given = words.find(what);
        return given == words.end() ? std::string(otherwise) : given->second;
    };
    const auto at = [&](std::uint32_t place, const std::string& field) -> const Value* {
        if (one.kind == ValueKind::List)  // [start, end, label]
            return place < one.count ? &record.child(one, place) : nullptr;
        return only(record, valueIn(record, one, field));
    };
    const Value* start = at(0, word("start", "start"));
    const Value* end = at(1, word("end", "end"));
    const Value* label = at(2, word("label", "label"));
    if (!start || !end || !label)
        return FieldTrouble{Reason::MissingField, "a span without " + std::string(!start ? "start" : !end ? "end" : "label")};
    const auto number = [](const Value& value) {
        std::int64_t parsed = -1;
        const char* last = value.text.data() + value.text.size();
        return std::from_chars(value.text.data(), last, parsed).ptr == last ? parsed : -1;
    };
    const std::int64_t from = number(*start), to = number(*end);
    const std::size_t first = from < 0 ? std::string_view::npos : byteOf(text, from);
    const std::size_t last = to < from ? std::string_view::npos : byteOf(text, to);
    if (first == std::string_view::npos || last == std::string_view::npos || first >= last)
        return FieldTrouble{Reason::Type, "a span from " + std::string(start->text.substr(0, 20)) + " to "
                + std::string(end->text.substr(0, 20)) + " that isn't in the text"};
    target += (target.empty() ? "" : "; ") + std::string(label->text) + ": " + std::string(text.substr(first, last - first));
    return {};
}

Trouble Expression::Node::spans(Record& record, std::vector<std::string_view>& texts) const
{
    std::vector<std::string_view> text;
    ValueKind unused{};
    if (Trouble trouble = parts[0]->path(record, text, unused))
        return trouble;
    std::vector<const Value*> found_;
    if (Trouble trouble = parts[1]->valuesAt(record, found_))
        return trouble;
    const Value* list = found_.size() == 1 ? found_.front() : nullptr;
    if (text.size() != 1 || !list || list->kind != ValueKind::List)
        return FieldTrouble{Reason::Type, list ? std::string(wordOf(list->kind)) + " where a list of spans was expected"
                                               : "no list of spans"};
    std::string target;
    for (std::uint32_t i = 0; i < list->count; ++i)
        if (Trouble trouble = span(record, record.child(*list, i), text.front(), target))
            return trouble;
    texts.push_back(record.keep(target.empty() ? "none" : std::move(target)));
    return {};
}

}  // namespace taskfold::data
