#include "engine/data/taskfile.h"

#include "engine/data/encoding.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

namespace taskfold::data {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

Error wrong(const std::filesystem::path& file, const std::string& field, const std::string& words)
{
    return {ErrorCode::InvalidInput, file.string() + ": “" + field + "” " + words};
}

std::optional<std::string> textAt(const object& json, std::string_view key)
{
    std::string_view text;
    if (json[key].get(text) == simdjson::SUCCESS)
        return std::string(text);
    return std::nullopt;
}

Result<void> readKind(const std::filesystem::path& file, const object& json, Task& task)
{
    std::optional<std::string> kind = textAt(json, "kind");
    if (!kind)
        kind = textAt(json, "type");
    if (!kind)
        return wrong(file, "type", "is missing");
    const std::optional<TaskKind> known = taskKindOf(*kind);
    if (!known)
        return wrong(file, "type",
            "is “" + *kind + "”: expected classification, pair-classification, extraction or generation");
    task.kind = *known;
    task.metric = usualMetric(task.kind);
    if (const auto metric = textAt(json, "metric")) {
        const auto knownMetric = metricKindOf(*metric);
        if (!knownMetric)
            return wrong(file, "metric", "is “" + *metric + "”, which isn't known");
        task.metric = *knownMetric;
    }
    return {};
}

Result<void> readLabels(const std::filesystem::path& file, const object& json, Task& task)
{
    element labels;
    if (json["labels"].get(labels) != simdjson::SUCCESS)
        return {};
    simdjson::dom::array list;
    if (labels.get(list) != simdjson::SUCCESS)
        return wrong(file, "labels", "must be a list of texts");
    for (const element& label : list) {
        std::string_view text;
        if (label.get(text) != simdjson::SUCCESS)
            return wrong(file, "labels", "must be a list of texts");
        task.labels.push_back(normalised(text));
    }
    return {};
}

}  // namespace

MetricKind usualMetric(TaskKind kind)
{
    switch (kind) {
    case TaskKind::Classification:
    case TaskKind::PairClassification: return MetricKind::Accuracy;
    case TaskKind::Extraction: return MetricKind::SlotF1;
    case TaskKind::Generation: break;
    }
    return MetricKind::RougeL;
}

Result<Task> readTaskFile(const std::filesystem::path& file)
{
    simdjson::dom::parser parser;
    element root;
    if (const auto failure = parser.load(file.string()).get(root))
        return Error{ErrorCode::InvalidInput, file.string() + ": " + simdjson::error_message(failure)};
    object json;
    if (root.get(json) != simdjson::SUCCESS)
        return Error{ErrorCode::InvalidInput, file.string() + ": expected an object"};
    Task task;
    task.name = textAt(json, "name").value_or(file.parent_path().filename().string());
    if (task.name.empty())
        return wrong(file, "name", "is empty");
    for (const auto read : {readKind, readLabels})
        if (Result<void> done = read(file, json, task); !done)
            return std::move(done).error();
    task.instruction = normalised(textAt(json, "instruction").value_or(""));
    task.owner = textAt(json, "owner").value_or("");
    task.suite = textAt(json, "suite").value_or("");
    double number = 0;
    if (json["margin"].get(number) == simdjson::SUCCESS)
        task.margin = number;
    if (json["traffic"].get(number) == simdjson::SUCCESS)
        task.trafficShare = number;
    if (json["deployed_score"].get(number) == simdjson::SUCCESS)
        task.deployedScore = number;
    if (task.margin < 0)
        return wrong(file, "margin", "is below zero");
    return task;
}

Task guessedTask(const std::string& name, const TargetCounts& counts)
{
    Task task;
    task.name = name;
    std::set<std::string> labels;
    if (!counts.many) {
        const std::map<std::string, std::string> variants = variantsOf(counts);
        for (const auto& [hash, one] : counts.targets)
            labels.insert(variants.contains(one.text) ? variants.at(one.text) : one.text);
    }
    const auto count = static_cast<std::int64_t>(labels.size());
    if (count >= 2 && labels.size() <= TargetCounts::kMostLabels && count * 3 <= counts.rows
        && counts.longest <= TargetCounts::kLongestLabel) {
        task.kind = TaskKind::Classification;
        task.labels.assign(labels.begin(), labels.end());
    } else if (counts.rows > 0 && counts.slots * 10 >= counts.rows * 9) {
        task.kind = TaskKind::Extraction;
    }
    task.metric = usualMetric(task.kind);
    return task;
}

Task guessedTask(const std::string& name, std::span<const Row> train)
{
    TargetCounts counts;
    for (const Row& row : train)
        counts.add(row.target, std::hash<std::string>()(row.target), row.input.size() + row.target.size());
    return guessedTask(name, counts);
}

}  // namespace taskfold::data
