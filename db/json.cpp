#include "db/json.h"

#include "db/guard.h"

#include <nlohmann/json.hpp>

#include <functional>

namespace taskfold::db {

namespace {

using nlohmann::json;

// Not-a-number has no form in JSON: it is written and read as null.
double number(const json& value)
{
    return value.is_number() ? value.get<double>() : 0.0;
}

template <typename Body>
auto reading(const std::string& text, Body&& body)
{
    try {
        return body(json::parse(text));
    } catch (const json::exception& e) {
        throw DamagedText(e.what());
    }
}

std::string dump(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string textOf(const std::vector<std::string>& words)
{
    return dump(json(words));
}

std::vector<std::string> wordsFrom(const std::string& text)
{
    return reading(text, [](const json& value) { return value.get<std::vector<std::string>>(); });
}

std::string textOf(const std::vector<SourceFile>& sources)
{
    json list = json::array();
    for (const SourceFile& source : sources)
        list.push_back({{"path", source.path}, {"hash", source.hash}, {"bytes", source.bytes}});
    return dump(list);
}

std::vector<SourceFile> sourcesFrom(const std::string& text)
{
    return reading(text, [](const json& list) {
        std::vector<SourceFile> sources;
        for (const json& value : list)
            sources.push_back({value.at("path"), value.at(value.contains("hash") ? "hash" : "sha256"), value.at("bytes")});
        return sources;
    });
}

std::string textOf(const Mapping& mapping)
{
    return dump(json(mapping.columns));
}

Mapping mappingFrom(const std::string& text)
{
    return reading(text, [](const json& value) { return Mapping{value.get<std::map<std::string, std::string>>()}; });
}

std::string textOf(const std::map<Reason, std::int64_t>& counts)
{
    json value = json::object();
    for (const auto& [reason, count] : counts)
        value[std::string(wordOf(reason))] = count;
    return dump(value);
}

std::map<Reason, std::int64_t> countsFrom(const std::string& text)
{
    return reading(text, [](const json& value) {
        std::map<Reason, std::int64_t> counts;
        for (const auto& [word, count] : value.items()) {
            if (const auto reason = reasonOf(word))
                counts[*reason] = count;
        }
        return counts;
    });
}

std::string textOf(const AffinityEvidence& evidence)
{
    json tasks = json::array();
    for (const TaskId task : evidence.tasks)
        tasks.push_back(task.value);
    json cells = json::array();
    for (const AffinityCell& cell : evidence.cells)
        cells.push_back({cell.from.value, cell.to.value, cell.value, cell.se, cell.reliable});
    return dump({{"tasks", tasks}, {"cells", cells}, {"probes", evidence.probes}});
}

AffinityEvidence evidenceFrom(const std::string& text)
{
    return reading(text, [](const json& value) {
        AffinityEvidence evidence;
        for (const json& task : value.at("tasks"))
            evidence.tasks.push_back(TaskId{task.get<std::int64_t>()});
        for (const json& cell : value.at("cells"))
            evidence.cells.push_back({TaskId{cell.at(0).get<std::int64_t>()}, TaskId{cell.at(1).get<std::int64_t>()},
                number(cell.at(2)), number(cell.at(3)), cell.at(4).get<bool>()});
        for (const json& probe : value.at("probes")) {
            std::vector<double>& matrix = evidence.probes.emplace_back();
            for (const json& entry : probe)
                matrix.push_back(number(entry));
            if (matrix.size() != evidence.tasks.size() * evidence.tasks.size())
                throw DamagedText("a probe's matrix has the wrong size");
        }
        return evidence;
    });
}

}  // namespace taskfold::db
