#include "db/guard.h"
#include "db/json.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace taskfold::db {

namespace {

using nlohmann::json;

// Not-a-number has no form in JSON: it is written and read as null.
double number(const json& value)
{
    return value.is_number() ? value.get<double>() : 0.0;
}

// Fields that an older version didn't write keep what they are.
template <typename T>
void read(const json& value, const char* key, T& into)
{
    if (const auto found = value.find(key); found != value.end() && !found->is_null())
        into = found->get<T>();
}

void read(const json& value, const char* key, std::optional<double>& into)
{
    if (const auto found = value.find(key); found != value.end() && found->is_number())
        into = found->get<double>();
}

json of(const std::optional<double>& value)
{
    return value && std::isfinite(*value) ? json(*value) : json(nullptr);
}

json of(const SeedScore& s)
{
    return {{"seed", s.seed}, {"single_run", s.singleRun.value}, {"multi_run", s.multiRun.value}, {"single", s.single},
        {"multi", s.multi}};
}

json of(const Calibration& c)
{
    json bins = json::array();
    for (const ReliabilityBin& bin : c.bins)
        bins.push_back({bin.confidence, bin.accuracy, bin.n});
    return {{"ece", c.ece}, {"bins", bins}};
}

Calibration calibrationOf(const json& value)
{
    Calibration c;
    c.ece = number(value.at("ece"));
    for (const json& bin : value.at("bins"))
        c.bins.push_back({number(bin.at(0)), number(bin.at(1)), bin.at(2)});
    return c;
}

json of(const TaskComparison& t)
{
    json value{{"task", t.task.value}, {"name", t.name}, {"metric", wordOf(t.metric)}, {"single", t.single},
        {"multi", t.multi}, {"difference", t.difference}, {"low", t.low}, {"high", t.high}, {"se", t.se},
        {"margin", t.margin}, {"resolvable", t.resolvable}, {"verdict", wordOf(t.verdict)}, {"n", t.n},
        {"seeds", t.seeds}, {"won", t.won}, {"lost", t.lost}, {"excluded", t.excluded}, {"note", t.note},
        {"suite", t.suite}, {"metric_detail", t.metricDetail}, {"decode", wordOf(t.decode)},
        {"invalid_single", t.invalidSingle}, {"invalid_multi", t.invalidMulti}, {"rows_needed", t.rowsNeeded},
        {"mcnemar", of(t.mcNemar)}, {"randomisation", of(t.randomisation)}, {"worse_p", of(t.worseP)},
        {"train_rows", t.trainRows}, {"affinity", of(t.affinity)}, {"data_hash", t.dataHash},
        {"calibration_single", of(t.calibrationSingle)}, {"calibration_multi", of(t.calibrationMulti)}};
    json seeds = json::array();
    for (const SeedScore& seed : t.perSeed)
        seeds.push_back(of(seed));
    value["per_seed"] = seeds;
    return value;
}

void readDetails(const json& value, TaskComparison& t)
{
    read(value, "suite", t.suite);
    read(value, "metric_detail", t.metricDetail);
    read(value, "invalid_single", t.invalidSingle);
    read(value, "invalid_multi", t.invalidMulti);
    read(value, "rows_needed", t.rowsNeeded);
    read(value, "mcnemar", t.mcNemar);
    read(value, "randomisation", t.randomisation);
    read(value, "worse_p", t.worseP);
    read(value, "train_rows", t.trainRows);
    read(value, "affinity", t.affinity);
    read(value, "data_hash", t.dataHash);
    std::string decode;
    read(value, "decode", decode);
    t.decode = decodeOf(decode).value_or(Decode::Greedy);
    if (value.contains("calibration_single"))
        t.calibrationSingle = calibrationOf(value.at("calibration_single"));
    if (value.contains("calibration_multi"))
        t.calibrationMulti = calibrationOf(value.at("calibration_multi"));
    for (const json& seed : value.value("per_seed", json::array()))
        t.perSeed.push_back({seed.at("seed"), RunId{seed.at("single_run").get<std::int64_t>()},
            RunId{seed.at("multi_run").get<std::int64_t>()}, number(seed.at("single")), number(seed.at("multi"))});
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
    readDetails(value, t);
    return t;
}

json of(const SuiteComparison& s)
{
    return {{"not_worse", s.notWorse}, {"worse", s.worse}, {"undecided", s.undecided},
        {"not_computable", s.notComputable}, {"tasks", s.tasks}, {"mean_difference", s.meanDifference},
        {"low", s.low}, {"high", s.high}, {"margin", s.margin}, {"name", s.name}, {"verdict", wordOf(s.verdict)}};
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
    read(value, "name", s.name);
    std::string verdict;
    read(value, "verdict", verdict);
    s.verdict = verdictOf(verdict).value_or(Verdict::NotComputable);
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

Comparison comparisonOf(const json& value)
{
    Comparison comparison;
    for (const json& task : value.at("tasks"))
        comparison.tasks.push_back(taskComparisonOf(task));
    comparison.suite = suiteOf(value.at("suite"));
    comparison.ledger = ledgerOf(value.at("ledger"));
    for (const json& suite : value.value("suites", json::array()))
        comparison.suites.push_back(suiteOf(suite));
    read(value, "warnings", comparison.warnings);
    read(value, "fixed", comparison.fixed);
    read(value, "test_reads", comparison.testReads);
    read(value, "program", comparison.program);
    for (const json& run : value.value("runs", json::array()))
        comparison.runs.push_back(RunId{run.get<std::int64_t>()});
    return comparison;
}

}  // namespace

std::string textOf(const Comparison& comparison)
{
    json tasks = json::array(), suites = json::array(), runs = json::array();
    for (const TaskComparison& task : comparison.tasks)
        tasks.push_back(of(task));
    for (const SuiteComparison& suite : comparison.suites)
        suites.push_back(of(suite));
    for (const RunId run : comparison.runs)
        runs.push_back(run.value);
    const json value{{"tasks", tasks}, {"suite", of(comparison.suite)}, {"ledger", of(comparison.ledger)}, {"suites", suites},
        {"warnings", comparison.warnings}, {"fixed", comparison.fixed}, {"test_reads", comparison.testReads},
        {"runs", runs}, {"program", comparison.program}};
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Comparison comparisonFrom(const std::string& text)
{
    try {
        return comparisonOf(json::parse(text));
    } catch (const json::exception& e) {
        throw DamagedText(e.what());
    }
}

}  // namespace taskfold::db
