#include "engine/data/detect.h"

#include "engine/data/jsonwindow.h"

#include <algorithm>

namespace taskfold::data {

namespace {

using Kind = JsonLayout::Kind;

struct Member {
    std::string key;  // in its quotes
    std::string_view value;  // its beginning, where the file's beginning ends inside it
    bool whole = true;
};

std::size_t skipBlank(std::string_view text, std::size_t at)
{
    while (at < text.size() && (isJsonBlank(text[at]) || text[at] == ','))
        ++at;
    return at;
}

// What lies in an object or list; `end` is behind its closing bracket, or npos.
std::vector<Member> membersOf(std::string_view text, std::size_t& end, std::size_t most = 1000)
{
    std::vector<Member> members;
    const bool named = text.starts_with('{');
    std::size_t at = skipBlank(text, 1);
    end = std::string_view::npos;
    while (at < text.size() && text[at] != '}' && text[at] != ']' && members.size() < most) {
        Member member;
        if (named) {
            const std::size_t close = endOfJsonValue(text, at);
            if (text[at] != '"' || close == std::string_view::npos)
                return members;
            member.key = std::string(text.substr(at, close - at));
            at = skipBlank(text, close);
            if (at >= text.size() || text[at] != ':')
                return members;
            at = skipBlank(text, at + 1);
        }
        const std::size_t close = endOfJsonValue(text, at);
        member.whole = close != std::string_view::npos;
        member.value = text.substr(std::min(at, text.size()), member.whole ? close - at : std::string_view::npos);
        if (!member.value.empty())
            members.push_back(member);
        if (!member.whole || close == at)
            return members;
        at = skipBlank(text, close);
    }
    if (at < text.size() && members.size() < most)
        end = at + 1;
    return members;
}

std::vector<Member> membersOf(std::string_view text)
{
    std::size_t end = 0;
    return membersOf(text, end);
}

bool known(const std::string& key)
{
    std::string name = key.size() > 2 ? key.substr(1, key.size() - 2) : std::string();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const char* field : {"input", "target"})
        if (const auto& names = namesOf(field); std::find(names.begin(), names.end(), name) != names.end())
            return true;
    return false;
}

std::size_t knownAmong(const std::vector<Member>& members)
{
    return static_cast<std::size_t>(std::count_if(members.begin(), members.end(), [](const Member& one) { return known(one.key); }));
}

bool allBegin(const std::vector<Member>& members, char with)
{
    return !members.empty() && std::all_of(members.begin(), members.end(), [&](const Member& one) { return one.value.starts_with(with); });
}

std::vector<std::string> keysOf(const std::vector<Member>& members)
{
    std::vector<std::string> keys;
    for (const Member& one : members)
        keys.push_back(one.key);
    return keys;
}

// {"columns": ["text", "label"], "data": [["a", "b"], ...]}
JsonLayout split(const std::vector<Member>& members)
{
    const auto of = [&](const char* name) {
        const auto found = std::find_if(members.begin(), members.end(), [&](const Member& one) { return one.key == name; });
        return found == members.end() ? std::string_view() : found->value;
    };
    const std::vector<Member> names = of("\"columns\"").starts_with('[') ? membersOf(of("\"columns\"")) : std::vector<Member>();
    const std::vector<Member> rows = of("\"data\"").starts_with('[') ? membersOf(of("\"data\"")) : std::vector<Member>();
    const bool onlyThose = !members.empty() && std::all_of(members.begin(), members.end(), [](const Member& one) { return one.key == "\"columns\"" || one.key == "\"index\"" || one.key == "\"data\""; });
    const bool cellsFollow = !rows.empty() ? rows.front().value.starts_with('[') : onlyThose && !members.back().whole;
    if (!allBegin(names, '"') || !cellsFollow)
        return {};
    JsonLayout layout{Kind::Cells, "\"data\"", {}, 0};
    for (const Member& name : names)
        layout.names.emplace_back(name.value);
    return layout;
}

// [["text", "label"], ["a", "b"], ...], with names or without.
JsonLayout cells(std::string_view head)
{
    const std::vector<Member> rows = membersOf(head);
    if (rows.empty() || !rows.front().value.starts_with('[') || !rows.front().whole)
        return {};
    const std::vector<Member> first = membersOf(rows.front().value);
    if (first.size() < 2)
        return {};
    JsonLayout layout{Kind::Cells, {}, {}, 0};
    const bool names = allBegin(first, '"') && std::any_of(first.begin(), first.end(), [](const Member& one) { return known(std::string(one.value)); });
    for (std::size_t i = 0; i < first.size(); ++i)
        layout.names.push_back(names ? std::string(first[i].value) : "\"column" + std::to_string(i + 1) + "\"");
    layout.skipped = names ? 1 : 0;
    return layout;
}

// Columns by name: of lists, or of objects with a field for each row; or rows by name.
JsonLayout byName(const std::vector<Member>& members)
{
    if (allBegin(members, '[')) {
        std::size_t rows = 0;
        for (const Member& column : members) {
            const std::vector<Member> inside = membersOf(column.value);
            if (inside.empty() || inside.front().value.starts_with('{') || (rows > 0 && column.whole && inside.size() != rows))
                return {};
            rows = column.whole ? inside.size() : rows;
        }
        const bool enough = rows != 1 && (members.size() > 1 || !members.front().whole) && knownAmong(members) > 0;
        return enough ? JsonLayout{Kind::Columns, {}, keysOf(members), 0} : JsonLayout{};
    }
    if (!allBegin(members, '{'))
        return {};
    const std::vector<Member> inside = membersOf(members.front().value);
    if (knownAmong(members) > knownAmong(inside))
        return {Kind::Columns, {}, keysOf(members), 0};
    return knownAmong(inside) > 0 ? JsonLayout{Kind::Members, {}, {}, 0} : JsonLayout{};
}

}  // namespace

JsonLayout layoutOf(std::string_view head)
{
    head.remove_prefix(std::min(skipBlank(head, 0), head.size()));
    if (head.starts_with('['))
        return cells(head);
    if (!head.starts_with('{'))
        return {};
    std::size_t end = 0;
    const std::vector<Member> members = membersOf(head, end);
    if (end != std::string_view::npos) {
        const std::size_t next = skipBlank(head, end);
        if ((next < head.size() && head[next] == '{') || (next >= head.size() && knownAmong(members) > 0 && !allBegin(members, '[') && !allBegin(members, '{')))
            return {Kind::Sequence, {}, {}, 0};
    }
    const JsonLayout layout = split(members);
    return layout.kind == Kind::List ? byName(members) : layout;
}

}  // namespace taskfold::data
