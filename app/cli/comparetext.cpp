#include "app/cli/comparetext.h"

#include "app/cli/command.h"
#include "app/jobs/comparing.h"
#include "engine/report/escape.h"

#include <cstdio>

namespace taskfold::cli {

namespace {

using nlohmann::json;

json of(const std::optional<double>& value)
{
    return value ? json(*value) : json(nullptr);
}

json ledgerJson(const Ledger& ledger)
{
    json out{{"models_before", ledger.modelsBefore}, {"models_after", ledger.modelsAfter},
        {"overhead_reduction", ledger.overheadReduction}};
    for (const LedgerLine& line : ledger.lines)
        if (line.key != "models")
            out[line.key] = {{"before", line.before}, {"after", line.after}, {"unit", line.unit}, {"how", line.how}};
    return out;
}

json taskJson(const TaskComparison& task)
{
    json seeds = json::array();
    for (const SeedScore& seed : task.perSeed)
        seeds.push_back({{"seed", seed.seed}, {"single_run", seed.singleRun.value}, {"multi_run", seed.multiRun.value},
            {"single", seed.single}, {"multi", seed.multi}});
    return {{"task", task.name}, {"suite", task.suite}, {"metric", wordOf(task.metric)}, {"metric_detail", task.metricDetail},
        {"decode", wordOf(task.decode)}, {"single", task.single}, {"multi", task.multi}, {"difference", task.difference},
        {"low", task.low}, {"high", task.high}, {"se", task.se}, {"margin", task.margin}, {"resolvable", task.resolvable},
        {"rows_needed", task.rowsNeeded}, {"verdict", wordOf(task.verdict)}, {"worse_p", of(task.worseP)},
        {"mcnemar", of(task.mcNemar)}, {"randomisation", of(task.randomisation)}, {"n", task.n}, {"seeds", task.seeds},
        {"per_seed", seeds}, {"won", task.won}, {"lost", task.lost}, {"invalid_single", task.invalidSingle},
        {"invalid_multi", task.invalidMulti}, {"ece_single", task.calibrationSingle.bins.empty() ? json(nullptr) : json(task.calibrationSingle.ece)},
        {"ece_multi", task.calibrationMulti.bins.empty() ? json(nullptr) : json(task.calibrationMulti.ece)},
        {"data_hash", task.dataHash}, {"excluded", task.excluded}, {"note", task.note}};
}

json suiteJson(const SuiteComparison& suite)
{
    return {{"name", suite.name}, {"not_worse", suite.notWorse}, {"worse", suite.worse}, {"undecided", suite.undecided},
        {"not_computable", suite.notComputable}, {"tasks", suite.tasks}, {"mean_difference", suite.meanDifference},
        {"low", suite.low}, {"high", suite.high}, {"margin", suite.margin}, {"verdict", wordOf(suite.verdict)}};
}

std::string ledgerText(const Ledger& ledger)
{
    std::vector<std::vector<std::string>> rows{{"ledger", "single-task", "folded", "ratio", "unit"}};
    for (const LedgerLine& line : ledger.lines) {
        char before[32], after[32], ratio[32];
        const char* form = line.before < 100 && line.after < 100 ? "%.3g" : "%.0f";
        std::snprintf(before, sizeof before, form, line.before);
        std::snprintf(after, sizeof after, form, line.after);
        std::snprintf(ratio, sizeof ratio, "%.3f", line.before > 0 ? line.after / line.before : 0);
        rows.push_back({line.key, before, after, line.before > 0 ? ratio : "-", line.unit});
    }
    return table(rows) + "overhead reduction " + points(ledger.overheadReduction) + " % (" + std::to_string(ledger.modelsBefore)
        + " models into " + std::to_string(ledger.modelsAfter) + ")\n";
}

std::string caseXml(const TaskComparison& task)
{
    char words[200];
    std::snprintf(words, sizeof words, "%+.2f points (%+.2f to %+.2f) at a margin of %.2f, %lld rows", 100 * task.difference, 100 * task.low,
        100 * task.high, 100 * task.margin, static_cast<long long>(task.n));
    const std::string said = report::xmlEscaped(task.note.empty() || task.verdict != Verdict::NotComputable ? words : task.note);
    std::string xml = "    <testcase classname=\"taskfold" + report::xmlEscaped(task.suite.empty() ? "" : "." + task.suite) + "\" name=\""
        + report::xmlEscaped(task.name) + "\" time=\"0\">";
    switch (task.verdict) {
    case Verdict::Worse: xml += "<failure type=\"worse\" message=\"" + said + "\"/>"; break;
    case Verdict::NotComputable: xml += "<error type=\"not_computable\" message=\"" + said + "\"/>"; break;
    case Verdict::Undecided: xml += "<skipped message=\"undecided: " + said + "\"/>"; break;
    default: xml += "<system-out>" + said + "</system-out>";
    }
    return xml + "</testcase>\n";
}

}  // namespace

json comparisonJson(const Comparison& comparison)
{
    json tasks = json::array(), suites = json::array(), runs = json::array();
    for (const TaskComparison& task : comparison.tasks)
        tasks.push_back(taskJson(task));
    for (const SuiteComparison& suite : comparison.suites)
        suites.push_back(suiteJson(suite));
    for (const RunId run : comparison.runs)
        runs.push_back(run.value);
    return {{"comparison", comparison.id.value}, {"candidate", comparison.candidate.value}, {"baseline", comparison.baseline}, {"line", jobs::suiteLine(comparison)},
        {"suite", suiteJson(comparison.suite)}, {"suites", suites}, {"tasks", tasks}, {"ledger", ledgerJson(comparison.ledger)},
        {"warnings", comparison.warnings}, {"fixed", comparison.fixed}, {"test_reads", comparison.testReads}, {"runs", runs}};
}

std::string comparisonText(const Comparison& comparison)
{
    std::vector<std::vector<std::string>> rows{
        {"task", "metric", "single", "multi", "difference", "90 % interval", "margin", "verdict", "n", "won", "lost", "invalid"}};
    for (const TaskComparison& task : comparison.tasks)
        rows.push_back({task.name, std::string(wordOf(task.metric)), points(task.single), points(task.multi),
            points(task.difference), points(task.low) + " to " + points(task.high), points(task.margin),
            std::string(wordOf(task.verdict)) + (task.note.empty() ? "" : " (" + task.note + ")"), std::to_string(task.n),
            std::to_string(task.won), std::to_string(task.lost), points(task.invalidSingle) + " / " + points(task.invalidMulti)});
    std::string text = jobs::suiteLine(comparison) + "\n";
    for (const std::string& warning : comparison.warnings)
        text += "! " + warning + "\n";
    return text + "\n" + table(rows) + "\n" + ledgerText(comparison.ledger);
}

std::string comparisonJunit(const Comparison& comparison)
{
    const SuiteComparison& suite = comparison.suite;
    const std::string counts = " tests=\"" + std::to_string(suite.tasks) + "\" failures=\"" + std::to_string(suite.worse) + "\" errors=\""
        + std::to_string(suite.notComputable) + "\" skipped=\"" + std::to_string(suite.undecided) + "\" time=\"0\"";
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"taskfold\"" + counts + ">\n  <testsuite name=\"run "
        + std::to_string(comparison.candidate.value) + " against " + report::xmlEscaped(comparison.baseline) + "\"" + counts + " timestamp=\""
        + report::xmlEscaped(comparison.created.substr(0, 19)) + "\">\n";
    for (const TaskComparison& task : comparison.tasks)
        xml += caseXml(task);
    std::string warnings;
    for (const std::string& warning : comparison.warnings)
        warnings += report::xmlEscaped(warning) + "\n";
    return xml + "    <system-out>" + report::xmlEscaped(jobs::suiteLine(comparison)) + "\n" + warnings + "</system-out>\n  </testsuite>\n</testsuites>\n";
}

std::string gateRefusal(const Comparison& comparison)
{
    std::string worse, unknown;
    for (const TaskComparison& task : comparison.tasks) {
        if (task.verdict == Verdict::Worse)
            worse += (worse.empty() ? "" : ", ") + task.name;
        if (task.verdict == Verdict::NotComputable)
            unknown += (unknown.empty() ? "" : ", ") + task.name;
    }
    std::string text;
    if (!worse.empty())
        text += "worse: " + worse;
    if (!unknown.empty())
        text += (text.empty() ? "" : "; ") + std::string("not computable: ") + unknown;
    return text;
}

}  // namespace taskfold::cli
