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

json of(const TaskComparison& t)
{
    return {{"task", t.task.value}, {"name", t.name}, {"metric", wordOf(t.metric)}, {"single", t.single},
        {"multi", t.multi}, {"difference", t.difference}, {"low", t.low}, {"high", t.high}, {"se", t.se},
        {"margin", t.margin}, {"resolvable", t.resolvable}, {"verdict", wordOf(t.verdict)}, {"n", t.n},
        {"seeds", t.seeds}, {"won", t.won}, {"lost", t.lost}, {"excluded", t.excluded}, {"note", t.note}};
}

TaskComparison taskComparisonOf(const json& value)
{
    TaskComparison t;
    t.task.value = value.at("task");
    t.name = value.at("name");
    t.metric = metricKindOf(value.at("metric").get<std::string>()).value_or(MetricKind::Accuracy);
    t.single = number(value.at("single"));
    t.multi = number(value.at("multi"));
    t.difference = number(value.at("difference"));
    t.low = number(value.at("low"));
    t.high = number(value.at("high"));
    t.se = number(value.at("se"));
    t.margin = number(value.at("margin"));
    t.resolvable = number(value.at("resolvable"));
    t.verdict = verdictOf(value.at("verdict").get<std::string>()).value_or(Verdict::NotComputable);
    t.n = value.at("n");
    t.seeds = value.at("seeds");
    t.won = value.at("won");
    t.lost = value.at("lost");
    t.excluded = value.at("excluded");
    t.note = value.at("note");
    return t;
}

json of(const SuiteComparison& s)
{
    return {{"not_worse", s.notWorse}, {"worse", s.worse}, {"undecided", s.undecided},
        {"not_computable", s.notComputable}, {"tasks", s.tasks}, {"mean_difference", s.meanDifference},
        {"low", s.low}, {"high", s.high}, {"margin", s.margin}};
}

SuiteComparison suiteOf(const json& value)
{
    SuiteComparison s;
    s.notWorse = value.at("not_worse");
    s.worse = value.at("worse");
    s.undecided = value.at("undecided");
    s.notComputable = value.at("not_computable");
    s.tasks = value.at("tasks");
    s.meanDifference = number(value.at("mean_difference"));
    s.low = number(value.at("low"));
    s.high = number(value.at("high"));
    s.margin = number(value.at("margin"));
    return s;
}

json of(const Ledger& ledger)
{
    json lines = json::array();
    for (const LedgerLine& line : ledger.lines)
        lines.push_back({{"key", line.key}, {"before", line.before}, {"after", line.after},
            {"unit", line.unit}, {"how", line.how}});
    return {{"models_before", ledger.modelsBefore}, {"models_after", ledger.modelsAfter},
        {"overhead_reduction", ledger.overheadReduction}, {"lines", lines}};
}

Ledger ledgerOf(const json& value)
{
    Ledger ledger;
    ledger.modelsBefore = value.at("models_before");
    ledger.modelsAfter = value.at("models_after");
    ledger.overheadReduction = number(value.at("overhead_reduction"));
    for (const json& line : value.at("lines"))
        ledger.lines.push_back({line.at("key"), number(line.at("before")), number(line.at("after")),
            line.at("unit"), line.at("how")});
    return ledger;
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
        list.push_back({{"path", source.path}, {"sha256", source.sha256}, {"bytes", source.bytes}});
    return dump(list);
}

std::vector<SourceFile> sourcesFrom(const std::string& text)
{
    return reading(text, [](const json& list) {
        std::vector<SourceFile> sources;
        for (const json& value : list)
            sources.push_back({value.at("path"), value.at("sha256"), value.at("bytes")});
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

std::string textOf(const Comparison& comparison)
{
    json tasks = json::array();
    for (const TaskComparison& task : comparison.tasks)
        tasks.push_back(of(task));
    return dump({{"tasks", tasks}, {"suite", of(comparison.suite)}, {"ledger", of(comparison.ledger)}});
}

Comparison comparisonFrom(const std::string& text)
{
    return reading(text, [](const json& value) {
        Comparison comparison;
        for (const json& task : value.at("tasks"))
            comparison.tasks.push_back(taskComparisonOf(task));
        comparison.suite = suiteOf(value.at("suite"));
        comparison.ledger = ledgerOf(value.at("ledger"));
        return comparison;
    });
}

}  // namespace taskfold::db
