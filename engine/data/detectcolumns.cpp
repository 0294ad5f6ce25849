#include "engine/data/detect.h"

#include <algorithm>
#include <array>
#include <map>

namespace taskfold::data {

void guess(OpenFile& file, std::string what, std::string value, double sure, std::string why)
{
    file.guesses.push_back({std::move(what), std::move(value), std::move(why), sure});
}

const std::vector<std::string>& namesOf(const std::string& field)
{
    static const std::map<std::string, std::vector<std::string>> all{
        {"input", {"input", "text", "sentence", "question", "utterance", "query", "prompt", "document", "source", "content", "article", "dialogue", "review", "tweet", "comment", "passage", "title", "instruction", "words", "tokens"}},
        {"target", {"target", "output", "label", "answer", "intent", "category", "summary", "response", "completion", "answers", "gold_label", "class", "sentiment", "topic", "labels", "highlights", "slots", "tag", "y"}},
        {"references", {"references"}},
        {"group", {"group", "group_id"}},
        {"split", {"split"}},
    };
    return all.at(field);
}

namespace {

// The path's own name, or where texts lie in the objects that it leads to.
std::string fitting(const OpenFile& file, const std::string& name)
{
    const auto kindOf = [&](const std::string& path) -> const Column* {
        const auto found = std::find_if(file.tree.begin(), file.tree.end(), [&](const Column& one) { return one.path == path; });
        return found == file.tree.end() ? nullptr : &*found;
    };
    for (const char* inner : {"[].text", ".text", "[].label", ".label"})
        if (const Column* below = kindOf(name + inner); below && (below->kind == "text" || below->kind == "a list"))
            return name + inner;
    return name;
}

bool has(const OpenFile& file, const std::string& column)
{
    return std::find(file.columns.begin(), file.columns.end(), column) != file.columns.end();
}

// Entities by offsets, and conversations: what expressions of the mapping language are there for.
void mapNested(OpenFile& file)
{
    const auto known = [&](const std::string& path) {
        return std::any_of(file.tree.begin(), file.tree.end(), [&](const Column& one) { return one.path == path; });
    };
    const auto sampleOf = [&](const std::string& path) {
        const auto found = std::find_if(file.tree.begin(), file.tree.end(), [&](const Column& one) { return one.path == path; });
        return found == file.tree.end() ? std::string() : found->sample;
    };
    for (const char* name : {"messages", "conversations", "conversation", "dialog"}) {
        const std::string list(name);
        if (!(known(list + "[].role") || known(list + "[].from")) || !(known(list + "[].content") || known(list + "[].value")))
            continue;
        file.used.columns.try_emplace("input", "talk(" + list + ")");
        file.used.columns.try_emplace("target", "reply(" + list + ")");
        guess(file, "columns", list, 0.8, "it holds turns with a role: the last answer is the target");
    }
    for (const char* name : {"label", "labels", "entities", "spans", "annotations"}) {
        const std::string list(name);
        if (!has(file, "text") || file.used.columns.contains("target"))
            continue;
        std::string arguments;
        if (known(list + "[].start") && known(list + "[].end"))
            for (const char* tag : {"label", "tag", "type", "entity", "entity_type"})
                if (arguments.empty() && known(list + "[]." + tag))
                    arguments = std::string(", label=") + tag;
        const std::string sample = sampleOf(list);
        const bool triples = sample.starts_with("[[") && sample.size() > 2 && sample[2] >= '0' && sample[2] <= '9';
        if (arguments.empty() && !triples)
            continue;
        file.used.columns.try_emplace("input", "text");
        file.used.columns["target"] = "spans(text, " + list + arguments + ")";
        guess(file, "kind", "extraction", 0.8, "“" + list + "” holds offsets into the text");
    }
}

void mapPairs(OpenFile& file)
{
    if (file.used.columns.contains("input"))
        return;
    static const std::array<std::pair<std::string, std::string>, 6> kPairs{{{"premise", "hypothesis"},
        {"sentence1", "sentence2"}, {"question1", "question2"}, {"text_a", "text_b"}, {"text1", "text2"}, {"query", "passage"}}};
    for (const auto& [one, other] : kPairs)
        if (has(file, one) && has(file, other)) {
            file.used.columns["input"] = one + "+" + other;
            return guess(file, "kind", "pair-classification", 0.8, "it has " + one + " and " + other);
        }
    for (const auto& [one, other] : {std::pair<std::string, std::string>{"context", "question"}, {"instruction", "input"}})
        if (has(file, one) && has(file, other))
            file.used.columns["input"] = "{" + one + "}\\n{" + other + "}";
}

}  // namespace

void mapColumns(OpenFile& file)
{
    if (file.used.columns.contains("label") && !file.used.columns.contains("target"))
        file.used.columns["target"] = file.used.columns["label"];
    mapNested(file);
    mapTags(file);
    mapPairs(file);
    for (const char* field : {"input", "target", "references", "group", "split"}) {
        if (file.used.columns.contains(field))
            continue;
        for (const std::string& name : namesOf(field)) {
            const auto column = std::find_if(file.columns.begin(), file.columns.end(), [&](std::string one) {
                std::transform(one.begin(), one.end(), one.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
                return one == name;
            });
            const bool taken = column != file.columns.end() && std::any_of(file.used.columns.begin(), file.used.columns.end(),
                [&](const auto& one) { return one.second == *column; });
            if (column != file.columns.end() && !taken) {
                file.used.columns[field] = file.labels.contains(*column) ? namedNumbers(file, *column) : fitting(file, *column);
                break;
            }
        }
    }
    const bool bare = file.used.header && !*file.used.header;
    if (bare && !file.used.columns.contains("input") && file.columns.size() >= 2) {
        file.used.columns.try_emplace("input", "column1");
        file.used.columns.try_emplace("target", "column2");
    }
}

}  // namespace taskfold::data
