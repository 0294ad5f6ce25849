#include "engine/data/mappingnodes.h"

#include <algorithm>
#include <set>

namespace taskfold::data {

namespace {

FieldTrouble missing(const std::string& name)
{
    return {Reason::MissingField, "there is no “" + name + "”"};
}

FieldTrouble wrongType(std::string words)
{
    return {Reason::Type, std::move(words) + " where text was expected"};
}

}  // namespace

using Trouble = std::optional<FieldTrouble>;

// Every value that the path leads to; false where a step leads nowhere.
bool Expression::Node::found(const Record& record, const Value& from, std::size_t at, std::vector<const Value*>& values) const
{
    if (at == steps.size()) {
        values.push_back(&from);
        return true;
    }
    const Step& step = steps[at];
    if (step.index == Step::kName) {
        const Value* field = from.kind == ValueKind::Object ? record.find(from, step.name, step.hint) : nullptr;
        return field && found(record, *field, at + 1, values);
    }
    if (from.kind != ValueKind::List)
        return false;
    if (step.index != Step::kEach)
        return static_cast<std::uint32_t>(step.index) < from.count
            && found(record, record.child(from, static_cast<std::uint32_t>(step.index)), at + 1, values);
    for (std::uint32_t i = 0; i < from.count; ++i)
        if (!found(record, record.child(from, i), at + 1, values))
            return false;
    return true;
}

Trouble Expression::Node::valuesAt(const Record& record, std::vector<const Value*>& values) const
{
    if (steps.size() != 1)  // a field may be called "a.b"
        if (const Value* field = record.find(record.root, name, hint)) {
            values.push_back(field);
            return {};
        }
    return found(record, record.root, 0, values) ? Trouble{} : Trouble(missing(name));
}

Trouble Expression::Node::path(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    const Value* only = nullptr;
    std::vector<const Value*> values;
    if (steps.size() == 1 && steps.front().index == Step::kName) {
        only = record.root.kind == ValueKind::Object ? record.find(record.root, name, hint) : nullptr;
        if (!only)
            return missing(name);
    } else {
        if (Trouble trouble = valuesAt(record, values))
            return trouble;
        if (values.size() == 1)
            only = values.front();
    }
    if (only && only->kind != ValueKind::List) {
        type = only->kind;
        if (only->kind == ValueKind::Null || only->kind == ValueKind::Object)
            return wrongType(std::string(wordOf(only->kind)));
        texts.push_back(only->text);
        return {};
    }
    type = ValueKind::List;
    if (only) {
        values.clear();
        for (std::uint32_t i = 0; i < only->count; ++i)
            values.push_back(&record.child(*only, i));
    }
    for (const Value* value : values) {
        if (value->kind == ValueKind::Null || value->kind == ValueKind::Object || value->kind == ValueKind::List)
            return wrongType("a list with " + std::string(wordOf(value->kind)) + " in it");
        texts.push_back(value->text);
    }
    return {};
}

Trouble Expression::Node::lines(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    if (whole && !whole->path(record, texts, type))
        return {};
    std::string joined;
    for (const auto& part : parts) {
        std::vector<std::string_view> one;
        ValueKind unused{};
        if (Trouble trouble = part->path(record, one, unused))
            return trouble;
        if (one.empty())
            return FieldTrouble{Reason::Empty, "“" + part->name + "” is empty"};
        joined += (joined.empty() ? "" : "\n") + part->name + ": " + std::string(one.front());
    }
    type = ValueKind::Text;
    texts.push_back(record.keep(std::move(joined)));
    return {};
}

Trouble Expression::Node::filled(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    std::string text;
    for (const auto& part : parts) {
        if (part->kind == Kind::Literal) {
            text += part->name;
            continue;
        }
        std::vector<std::string_view> some;
        ValueKind unused{};
        if (Trouble trouble = part->evaluate(record, some, unused))
            return trouble;
        for (std::size_t i = 0; i < some.size(); ++i)
            text += (i > 0 ? "\n" : "") + std::string(some[i]);
    }
    type = ValueKind::Text;
    texts.push_back(record.keep(std::move(text)));
    return {};
}

Trouble Expression::Node::listed(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    std::vector<std::string_view> all;
    if (Trouble trouble = parts.front()->path(record, all, type))
        return trouble;
    if (kind == Kind::First) {
        if (all.empty())
            return FieldTrouble{Reason::Empty, "“" + parts.front()->name + "” is an empty list"};
        texts.push_back(all.front());
        type = ValueKind::Text;
        return {};
    }
    if (kind == Kind::Sorted) {
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
    }
    const std::string between = named ? name : kind == Kind::Sorted ? "; " : " ";
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i)
        text += (i > 0 ? between : "") + std::string(all[i]);
    type = ValueKind::Text;
    texts.push_back(record.keep(std::move(text)));
    return {};
}

Trouble Expression::Node::worded(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    std::vector<std::string_view> all;
    if (Trouble trouble = parts.front()->path(record, all, type))
        return trouble;
    for (const std::string_view text : all) {
        const auto word = words.find(std::string(text));
        if (word == words.end())
            return FieldTrouble{Reason::LabelUnknown, "“" + std::string(text.substr(0, 60)) + "” is no word of the mapping"};
        texts.push_back(word->second);
    }
    type = all.size() == 1 ? ValueKind::Text : type;
    return {};
}

Trouble Expression::Node::turns(Record& record, std::vector<std::string_view>& texts) const
{
    std::vector<const Value*> values;
    if (Trouble trouble = parts.front()->valuesAt(record, values))
        return trouble;
    const Value* list = values.size() == 1 ? values.front() : nullptr;
    if (!list || list->kind != ValueKind::List)
        return FieldTrouble{Reason::Type, "“" + parts.front()->name + "” is no list of turns"};
    const auto fieldOf = [&](const Value& turn, std::initializer_list<const char*> names) -> std::string_view {
        std::uint32_t unused = 0;
        for (const char* one : names)
            if (const Value* value = turn.kind == ValueKind::Object ? record.find(turn, one, unused) : nullptr; value && value->kind == ValueKind::Text)
                return value->text;
        return {};
    };
    const auto roleOf = [&](std::uint32_t i) { return fieldOf(record.child(*list, i), {"role", "from", "speaker"}); };
    const auto textOfTurn = [&](std::uint32_t i) { return fieldOf(record.child(*list, i), {"content", "value", "text"}); };
    std::uint32_t answer = list->count;
    for (std::uint32_t i = 0; i < list->count; ++i)
        if (const std::string_view role = roleOf(i); role == "assistant" || role == "gpt" || role == "bot" || role == "model")
            answer = i;
    if (answer == list->count)
        return FieldTrouble{Reason::MissingField, "no turn is an answer"};
    if (kind == Kind::Reply) {
        texts.push_back(textOfTurn(answer));
        return {};
    }
    std::string talk;
    for (std::uint32_t i = 0; i < answer; ++i)
        talk += (i > 0 ? "\n" : "") + (answer > 1 ? std::string(roleOf(i)) + ": " : std::string()) + std::string(textOfTurn(i));
    texts.push_back(record.keep(std::move(talk)));
    return {};
}

Trouble Expression::Node::evaluate(Record& record, std::vector<std::string_view>& texts, ValueKind& type) const
{
    switch (kind) {
    case Kind::Path: return path(record, texts, type);
    case Kind::Literal: texts.push_back(name); return {};
    case Kind::Lines: return lines(record, texts, type);
    case Kind::Template: return filled(record, texts, type);
    case Kind::Join:
    case Kind::Sorted:
    case Kind::First: return listed(record, texts, type);
    case Kind::Words: return worded(record, texts, type);
    case Kind::Spans: type = ValueKind::Text; return spans(record, texts);
    case Kind::Tags: type = ValueKind::Text; return tagged(record, texts);
    case Kind::Talk:
    case Kind::Reply: type = ValueKind::Text; return turns(record, texts);
    }
    return {};
}

}  // namespace taskfold::data
