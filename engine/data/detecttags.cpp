#include "engine/data/detect.h"

#include "engine/data/jsonvalue.h"
#include "engine/data/tags.h"

#include <algorithm>

namespace taskfold::data {

namespace {

const Column* columnAt(const OpenFile& file, const std::string& path)
{
    const auto found = std::find_if(file.tree.begin(), file.tree.end(), [&](const Column& one) { return one.path == path; });
    return found == file.tree.end() ? nullptr : &*found;
}

bool isList(const OpenFile& file, const std::string& path)
{
    const Column* column = columnAt(file, path);
    return column && column->kind == wordOf(ValueKind::List);
}

// Whether a list, as it is described, begins with tags, or with numbers.
bool beginsWithTags(std::string_view sample, bool& numbers)
{
    if (!sample.starts_with('['))
        return false;
    sample.remove_prefix(1);
    const std::string_view first = sample.substr(0, sample.find_first_of(",]"));
    numbers = !first.empty() && first.find_first_not_of("0123456789") == std::string_view::npos;
    return numbers || (!first.empty() && tagOf(first).known);
}

// ", 0="O", 1="B-PER"": what numbers stand for, as arguments of an expression.
std::string arguments(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        text += ", " + std::to_string(i) + "=\"";
        for (const char c : names[i])
            text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
        text += '"';
    }
    return text;
}

std::vector<std::string> namesIn(const Record& record, const Value& feature)
{
    std::vector<std::string> names;
    std::uint32_t unused = 0, other = 0;
    if (feature.kind != ValueKind::Object)
        return names;
    if (const Value* inner = record.find(feature, "feature", other))
        return namesIn(record, *inner);
    if (const Value* found = record.find(feature, "names", unused); found && found->kind == ValueKind::List)
        for (std::uint32_t i = 0; i < found->count; ++i)
            names.emplace_back(record.child(*found, i).text);
    return names;
}

}  // namespace

std::map<std::string, std::vector<std::string>> labelNamesOf(std::string_view words)
{
    std::map<std::string, std::vector<std::string>> labels;
    const std::string padded = std::string(words) + std::string(JsonValues::kPadding, '\0');
    JsonValues json;
    Record record;
    if (!json.read({padded.data(), words.size()}, record).empty())
        return labels;
    const Value* at = &record.root;
    for (const char* step : {"info", "features"}) {
        std::uint32_t unused = 0;
        at = at && at->kind == ValueKind::Object ? record.find(*at, step, unused) : nullptr;
    }
    for (std::uint32_t i = 0; at && at->kind == ValueKind::Object && i < at->count; ++i)
        if (std::vector<std::string> names = namesIn(record, record.child(*at, i)); !names.empty())
            labels.emplace(record.nameOf(*at, i), std::move(names));
    return labels;
}

std::string namedNumbers(const OpenFile& file, const std::string& column)
{
    return "words(" + column + arguments(file.labels.at(column)) + ")";
}

void mapTags(OpenFile& file)
{
    for (const char* tokens : {"tokens", "words"}) {
        if (!isList(file, tokens))
            continue;
        if (file.used.columns.try_emplace("input", std::string("join(") + tokens + ", \" \")").second)
            guess(file, "columns", tokens, 0.8, "it is a list of words: they are joined");
        for (const char* tags : {"ner_tags", "tags", "ner", "slots", "labels", "label", "bio", "iob", "pos_tags"}) {
            bool numbers = false;
            if (file.used.columns.contains("target") || !isList(file, tags) || !beginsWithTags(columnAt(file, tags)->sample, numbers))
                continue;
            const auto names = file.labels.find(tags);
            file.used.columns["target"] = "tags(" + std::string(tokens) + ", " + tags + (names == file.labels.end() ? "" : arguments(names->second)) + ")";
            guess(file, "kind", "extraction", numbers && names == file.labels.end() ? 0.4 : 0.9, std::string("“") + tags + "” holds a tag for each of “" + tokens + "”");
        }
        return;
    }
}

}  // namespace taskfold::data
