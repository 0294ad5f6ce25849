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

// Whether a column is called like one that only numbers the rows.
bool isNumbering(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array<std::string_view, 9> kNames{"", "id", "_id", "idx", "index", "nr", "no", "guid", "uuid"};
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end() || name.ends_with("_id") || name.starts_with("unnamed");
}

// What the paths of a file's first records lead to.
class Tree {
public:
    explicit Tree(const OpenFile& file) : m_file(file) { }

    bool knows(const std::string& path) const { return find(path) != m_file.tree.end(); }
    std::string sampleOf(const std::string& path) const
    {
        const auto found = find(path);
        return found == m_file.tree.end() ? std::string() : found->sample;
    }
    /// The first text below an object; empty: there is none.
    std::string textIn(const std::string& object) const
    {
        const auto found = std::find_if(m_file.tree.begin(), m_file.tree.end(),
            [&](const Column& one) { return one.path.starts_with(object + ".") && one.kind == "text"; });
        return knows(object + ".text") || found == m_file.tree.end() ? object + ".text" : found->path;
    }

private:
    std::vector<Column>::const_iterator find(const std::string& path) const
    {
        return std::find_if(m_file.tree.begin(), m_file.tree.end(), [&](const Column& one) { return one.path == path; });
    }

    const OpenFile& m_file;
};

void mapTalks(OpenFile& file, const Tree& tree)
{
    for (const char* name : {"messages", "conversations", "conversation", "dialog"}) {
        const std::string list(name);
        if (!(tree.knows(list + "[].role") || tree.knows(list + "[].from")) || !(tree.knows(list + "[].content") || tree.knows(list + "[].value")))
            continue;
        file.used.columns.try_emplace("input", "talk(" + list + ")");
        file.used.columns.try_emplace("target", "reply(" + list + ")");
        guess(file, "columns", list, 0.8, "it holds turns with a role: the last answer is the target");
    }
}

// How the fields of an entity are called, as further words of spans().
std::string spanWords(const Tree& tree, const std::string& list)
{
    for (const auto& [start, end] : {std::pair<std::string, std::string>{"start", "end"}, {"start_offset", "end_offset"}, {"begin", "end"}})
        if (tree.knows(list + "[]." + start) && tree.knows(list + "[]." + end))
            for (const char* tag : {"label", "tag", "type", "entity", "entity_type"})
                if (tree.knows(list + "[]." + tag))
                    return (start == "start" ? "" : ", start=" + start + ", end=" + end) + ", label=" + tag;
    return {};
}

void mapSpans(OpenFile& file, const Tree& tree)
{
    for (const char* name : {"label", "labels", "entities", "spans", "annotations"}) {
        const std::string list(name);
        if (!has(file, "text") || file.used.columns.contains("target"))
            continue;
        const std::string words = spanWords(tree, list);
        const std::string sample = tree.sampleOf(list);
        const bool triples = sample.starts_with("[[") && sample.size() > 2 && sample[2] >= '0' && sample[2] <= '9';
        if (words.empty() && !triples)
            continue;
        file.used.columns.try_emplace("input", "text");
        file.used.columns["target"] = "spans(text, " + list + words + ")";
        guess(file, "kind", "extraction", 0.8, "“" + list + "” holds offsets into the text");
    }
}

// What Label Studio exports: of each text the first annotation.
void mapAnnotations(OpenFile& file, const Tree& tree)
{
    const std::string results = "annotations[].result[].value";
    const bool chosen = tree.knows(results + ".choices"), marked = tree.knows(results + ".labels") && tree.knows(results + ".start");
    if (!(chosen || marked) || file.used.columns.contains("target"))
        return;
    const std::string text = file.used.columns.try_emplace("input", tree.textIn("data")).first->second;
    file.used.columns["target"] = chosen ? "sorted(annotations[0].result[].value.choices[], \"; \")"
                                         : "spans(" + text + ", annotations[0].result, start=value.start, end=value.end, label=value.labels)";
    guess(file, "columns", "annotations", 0.8, "it is an export of annotations: each text's first counts");
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

// Of two columns the one that isn't known by its name.
void mapOther(OpenFile& file)
{
    const bool hasInput = file.used.columns.contains("input");
    if (file.columns.size() != 2 || hasInput == file.used.columns.contains("target"))
        return;
    const std::string known = file.used.columns[hasInput ? "input" : "target"];
    const auto is = std::find(file.columns.begin(), file.columns.end(), known);
    if (is == file.columns.end())
        return;
    const std::string& other = is == file.columns.begin() ? file.columns.back() : file.columns.front();
    if (isNumbering(other))
        return;
    file.used.columns[hasInput ? "target" : "input"] = other;
    guess(file, "columns", other, 0.6, "it is the only column beside “" + known + "”");
}

}  // namespace

void mapColumns(OpenFile& file)
{
    if (file.used.columns.contains("label") && !file.used.columns.contains("target"))
        file.used.columns["target"] = file.used.columns["label"];
    const Tree tree(file);
    mapTalks(file, tree);
    mapAnnotations(file, tree);
    mapSpans(file, tree);
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
    mapOther(file);
    const bool bare = file.used.header && !*file.used.header;
    if (bare && !file.used.columns.contains("input") && file.columns.size() >= 2) {
        file.used.columns.try_emplace("input", "column1");
        file.used.columns.try_emplace("target", "column2");
    }
}

}  // namespace taskfold::data
