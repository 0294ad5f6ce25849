#include "engine/data/detect.h"

#include "engine/data/jsonvalue.h"
#include "engine/data/parsers.h"

#include <algorithm>
#include <map>
#include <set>

namespace taskfold::data {

namespace {

// How many of the first lines are whole JSON objects, and how many lines there are.
std::pair<int, int> objectLines(std::string_view head)
{
    JsonValues json;
    LineWalk lines(head);
    std::string_view line;
    std::pair<int, int> count{0, 0};
    while (count.second < 20 && lines.next(line)) {
        if (isBlankText(line))
            continue;
        ++count.second;
        Record record;
        std::string padded = std::string(line) + std::string(JsonValues::kPadding, '\0');
        count.first += json.read({padded.data(), line.size()}, record).empty() && record.root.kind == ValueKind::Object ? 1 : 0;
    }
    return count;
}

// The keys of objects inside each list, and the lists, by their path.
class ListScan {
public:
    explicit ListScan(std::string_view text) : m_text(text) { }

    std::vector<std::string> lists;  // by where they begin
    std::map<std::string, std::set<std::string>> fields;

    void scan()
    {
        std::string path;
        value(path, 0);
    }

private:
    void blank()
    {
        while (m_at < m_text.size() && std::string_view(" \t\r\n,").find(m_text[m_at]) != std::string_view::npos)
            ++m_at;
    }

    std::string string()
    {
        std::string text;
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
            if (m_text[m_at] == '\\')
                ++m_at;
            if (m_at < m_text.size())
                text += m_text[m_at];
        }
        ++m_at;
        return text;
    }

    void value(const std::string& path, int depth)
    {
        blank();
        if (m_at >= m_text.size() || depth > 20)
            return;
        if (m_text[m_at] == '"') {
            string();
        } else if (m_text[m_at] == '{') {
            object(path, depth);
        } else if (m_text[m_at] == '[') {
            list(path, depth);
        } else {
            while (m_at < m_text.size() && std::string_view(",]}").find(m_text[m_at]) == std::string_view::npos)
                ++m_at;
        }
    }

    void object(const std::string& path, int depth)
    {
        ++m_at;
        for (;;) {
            blank();
            if (m_at >= m_text.size() || m_text[m_at] != '"') {
                ++m_at;  // the closing brace, or something broken
                return;
            }
            const std::string key = string();
            blank();
            if (m_at < m_text.size() && m_text[m_at] == ':')
                ++m_at;
            fields[path].insert(key);
            const std::size_t before = m_at;
            value(path.empty() ? key : path + "." + key, depth + 1);
            if (m_at == before)
                return;
        }
    }

    void list(const std::string& path, int depth)
    {
        ++m_at;
        blank();
        if (m_at < m_text.size() && m_text[m_at] == '{' && std::find(lists.begin(), lists.end(), path) == lists.end())
            lists.push_back(path);
        for (;;) {
            blank();
            if (m_at >= m_text.size() || m_text[m_at] == ']') {
                ++m_at;
                return;
            }
            const std::size_t before = m_at;
            value(path, depth + 1);
            if (m_at == before)
                return;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

int scoreOf(const std::set<std::string>& fields)
{
    int score = 0;
    for (const char* field : {"input", "target"})
        score += std::any_of(namesOf(field).begin(), namesOf(field).end(), [&](const std::string& name) { return fields.contains(name); }) ? 1 : 0;
    return score;
}

bool firstLineIsObject(std::string_view head)
{
    LineWalk lines(head);
    std::string_view line;
    while (lines.next(line))
        if (!isBlankText(line))
            return objectLines(line).first > 0;
    return false;
}

std::string wordsOf(const JsonLayout& layout)
{
    switch (layout.kind) {
    case JsonLayout::Kind::Sequence: return "objects follow one another, over several lines each";
    case JsonLayout::Kind::Members: return "it is one object with a field for each row";
    case JsonLayout::Kind::Cells: return "its rows are lists of cells";
    case JsonLayout::Kind::Columns: return "it is one object with a field for each column";
    case JsonLayout::Kind::List: break;
    }
    return "a list of objects lies there";
}

}  // namespace

FileFormat jsonForm(OpenFile& file, std::string_view head, char start)
{
    if (start == '[') {
        guess(file, "format", "json", 1, "it begins with a list");
        return FileFormat::Json;
    }
    const auto [objects, lines] = objectLines(head);
    ListScan scan(head);
    scan.scan();
    const bool isRow = scoreOf(scan.fields[""]) > 0;
    const bool asLines = lines > 1 && (firstLineIsObject(head) || objects * 2 >= lines);
    if (const JsonLayout layout = layoutOf(head); layout.kind != JsonLayout::Kind::List && !asLines && !(objects == lines && layout.kind == JsonLayout::Kind::Sequence)) {
        guess(file, "format", "json", 0.9, wordsOf(layout));
        return FileFormat::Json;
    }
    if (objects > 0 && (asLines || isRow || scan.lists.empty())) {
        guess(file, "format", "jsonl", objects == lines ? 1 : 0.8,
            std::to_string(objects) + " of the first " + std::to_string(lines) + " lines are objects");
        return FileFormat::JsonLines;
    }
    if (!scan.lists.empty() && !isRow) {
        guess(file, "format", "json", 0.9, "it is one object with a list of rows in it");
        return FileFormat::Json;
    }
    guess(file, "format", "jsonl", 0.5, "its lines begin like objects");
    return FileFormat::JsonLines;
}

void detectLists(OpenFile& file, std::string_view head)
{
    if (file.used.rows.empty())
        file.layout = layoutOf(head);
    if (file.layout.kind == JsonLayout::Kind::Cells && file.layout.names.size() > 1 && file.layout.names.front() == "\"column1\"") {
        file.used.columns.try_emplace("input", "column1");
        file.used.columns.try_emplace("target", "column2");
    }
    if (file.layout.kind != JsonLayout::Kind::List)
        return guess(file, "rows", "", 0.9, wordsOf(file.layout));
    ListScan scan(head);
    scan.scan();
    file.lists = scan.lists;
    if (file.lists.empty())
        return;
    if (file.used.rows.empty()) {
        file.used.rows = file.lists.front();
        for (const std::string& list : file.lists)
            if (scoreOf(scan.fields[list]) > scoreOf(scan.fields[file.used.rows]))
                file.used.rows = list;
        if (!file.used.rows.empty())
            guess(file, "rows", file.used.rows, file.lists.size() > 1 ? 0.7 : 0.95, "a list of objects lies there");
    }
    file.outerList = file.lists.front();
    const std::string& rows = file.used.rows;
    for (const std::string& list : file.lists)
        if ((rows == list || rows.starts_with(list + ".")) && list.size() < file.outerList.size())
            file.outerList = list;
    if (!file.outerList.empty() && rows != file.outerList && !rows.starts_with(file.outerList + "."))
        file.outerList = rows;
    file.innerList = rows == file.outerList ? std::string{} : rows.substr(file.outerList.empty() ? 0 : file.outerList.size() + 1);
}

}  // namespace taskfold::data
