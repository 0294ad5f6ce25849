#include "engine/report/block.h"

#include "engine/core/hash.h"
#include "engine/report/blockparts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace taskfold::report {

namespace {

std::string baselineOf(const ReportData& data)
{
    constexpr std::string_view kImported = "imported:";
    const std::string& word = data.comparison->baseline;
    if (word == "single")
        return said(data.language, "the single-task models");
    if (word.starts_with(kImported))
        return said(data.language, "imported predictions “%1”", {word.substr(kImported.size())});
    return said(data.language, "run %1", {word});
}

// What every figure stands on.
std::string provenance(const ReportData& data)
{
    if (!data.comparison)
        return {};
    const Comparison& comparison = *data.comparison;
    constexpr std::size_t kMost = 12;
    std::string runs;
    for (std::size_t i = 0; i < std::min(kMost, comparison.runs.size()); ++i)
        runs += (i > 0 ? ", " : "") + std::to_string(comparison.runs[i].value);
    runs += comparison.runs.size() > kMost ? ", …" : "";
    double least = 1, most = 0;
    Sha256 hashes;
    for (const TaskComparison& task : comparison.tasks) {
        least = std::min(least, task.margin);
        most = std::max(most, task.margin);
        hashes.add(task.dataHash + "\n");
    }
    const std::string margins = least < most ? formatted("%g", 100 * least) + "–" + formatted("%g", 100 * most) : formatted("%g", 100 * most);
    return said(data.language, "Run %1 against %2; runs %3; seeds %4; plan %5; margins %6 points; test rows %7; %8.",
        {std::to_string(comparison.candidate.value), baselineOf(data), runs.empty() ? "–" : runs, seedsOf(data), shortHash(data.planHash), margins,
            shortHash(hashes.hex()), data.program});
}

void addSummary(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
    if (!data.comparison) {
        blocks.emplace_back(Statement{t("Nothing was compared yet.")});
        return;
    }
    const Comparison& comparison = *data.comparison;
    const SuiteComparison& suite = comparison.suite;
    blocks.emplace_back(Statement{data.language == Language::English ? data.suiteLine
                                                                     : t("Not worse on %1 of %2 tasks, worse on %3, undecided on %4.",
                                                                         {std::to_string(suite.notWorse), std::to_string(suite.tasks),
                                                                             std::to_string(suite.worse), std::to_string(suite.undecided)})});
    for (const std::string& warning : comparison.warnings)
        blocks.emplace_back(Warning{warning});
    blocks.emplace_back(Paragraph{t("Mean difference %1 points (90 % interval %2 to %3) over all tasks that can be averaged; at %4 points: %5.",
        {signedPointsOf(suite.meanDifference), signedPointsOf(suite.low), signedPointsOf(suite.high), formatted("%g", 100 * suite.margin),
            t(wordsOf(suite.verdict))})});
    blocks.emplace_back(Paragraph{t("%1 models become %2: %3 % fewer models to serve.",
        {std::to_string(comparison.ledger.modelsBefore), std::to_string(comparison.ledger.modelsAfter),
            formatted("%.1f", 100 * comparison.ledger.overheadReduction)})});
    if (!comparison.fixed.empty())
        blocks.emplace_back(Paragraph{t("Margins, metrics and the choice of checkpoints were fixed by %1, before the test scores they judge were "
                                        "read; a run read its test rows at most %2 times.",
            {comparison.fixed, std::to_string(comparison.testReads)})});
    if (data.plan && data.plan->testRowsCap > 0)
        blocks.emplace_back(Paragraph{data.plan->trainRowsCap > 0
                ? t("At most %1 test rows and %2 training rows of each task were used.",
                    {std::to_string(data.plan->testRowsCap), std::to_string(data.plan->trainRowsCap)})
                : t("At most %1 test rows of each task were used.", {std::to_string(data.plan->testRowsCap)})});
}

std::string verdictOf(const ReportData& data, const TaskComparison& task)
{
    const auto t = teller(data);
    std::string verdict = t(wordsOf(task.verdict));
    if (task.verdict == Verdict::Undecided)
        verdict = task.rowsNeeded > 0
            ? t("%1: these rows can resolve %2 points; %3 rows would resolve the margin",
                {verdict, pointsOf(task.resolvable), amountOf(static_cast<double>(task.rowsNeeded))})
            : t("%1: these rows can resolve %2 points; more seeds are needed", {verdict, pointsOf(task.resolvable)});
    return task.note.empty() ? verdict : verdict + " (" + task.note + ")";
}

std::string metricOf(const TaskComparison& task)
{
    return std::string(wordOf(task.metric)) + (task.metricDetail.empty() ? "" : " [" + task.metricDetail + "]") + ", "
        + std::string(wordOf(task.decode));
}

TableBlock tasksTable(const ReportData& data)
{
    const auto t = teller(data);
    TableBlock table;
    table.key = "tasks";
    table.head = {t("Task"), t("Metric"), t("Single"), t("Multi"), t("Difference"), t("90 % interval"), t("Margin"), t("Verdict"), t("n"),
        t("Seeds"), t("Won"), t("Lost"), t("Invalid, single / multi")};
    table.numbers = {false, false, true, true, true, true, true, false, true, true, true, true, true};
    for (const TaskComparison& task : data.comparison->tasks) {
        const bool known = task.verdict != Verdict::NotComputable;
        const auto shown = [&](const std::string& text) { return known ? text : std::string("–"); };
        table.rows.push_back({task.name, metricOf(task), shown(pointsOf(task.single)), shown(pointsOf(task.multi)),
            shown(signedPointsOf(task.difference)), shown(signedPointsOf(task.low) + " … " + signedPointsOf(task.high)), pointsOf(task.margin),
            verdictOf(data, task), std::to_string(task.n), std::to_string(task.seeds), std::to_string(task.won), std::to_string(task.lost),
            shown(pointsOf(task.invalidSingle) + " / " + pointsOf(task.invalidMulti))});
    }
    table.caption = t("Scores in points of 100. Answers to choices are constrained to the labels (“labels”), others generated freely (“greedy”).")
        + " " + provenance(data);
    return table;
}

std::string pOf(const std::optional<double>& p)
{
    return !p ? "–" : *p < 0.0001 ? "< 0.0001" : formatted("%.4f", *p);
}

TableBlock testsTable(const ReportData& data)
{
    const auto t = teller(data);
    TableBlock table;
    table.key = "tests";
    table.head = {t("Task"), t("p, worse (Holm)"), t("p, McNemar exact"), t("p, randomisation"), t("Resolvable margin"), t("Rows needed"),
        t("ECE, single"), t("ECE, multi"), t("Test rows")};
    table.numbers = {false, true, true, true, true, true, true, true, false};
    const auto ece = [](const Calibration& one) { return one.bins.empty() ? std::string("–") : formatted("%.3f", one.ece); };
    for (const TaskComparison& task : data.comparison->tasks)
        table.rows.push_back({task.name, pOf(task.worseP), pOf(task.mcNemar), pOf(task.randomisation), pointsOf(task.resolvable),
            task.rowsNeeded > 0 ? amountOf(static_cast<double>(task.rowsNeeded)) : "–", ece(task.calibrationSingle),
            ece(task.calibrationMulti), shortHash(task.dataHash)});
    table.caption = t("Tests") + ". " + provenance(data);
    return table;
}

TableBlock seedsTable(const ReportData& data)
{
    const auto t = teller(data);
    TableBlock table;
    table.key = "seeds";
    table.head = {t("Task"), t("Seed"), t("Run, single"), t("Run, multi"), t("Single"), t("Multi"), t("Difference")};
    table.numbers = {false, true, true, true, true, true, true};
    for (const TaskComparison& task : data.comparison->tasks)
        for (const SeedScore& seed : task.perSeed)
            table.rows.push_back({task.name, std::to_string(seed.seed), std::to_string(seed.singleRun.value), std::to_string(seed.multiRun.value),
                pointsOf(seed.single), pointsOf(seed.multi), signedPointsOf(seed.multi - seed.single)});
    table.caption = t("Seeds, one by one") + ". " + provenance(data);
    return table;
}

TableBlock suitesTable(const ReportData& data)
{
    const auto t = teller(data);
    TableBlock table;
    table.key = "suites";
    table.head = {t("Suite"), t("Tasks"), t("Not worse"), t("Worse"), t("Undecided"), t("Mean difference"), t("90 % interval"), t("Verdict")};
    table.numbers = {false, true, true, true, true, true, true, false};
    for (const SuiteComparison& suite : data.comparison->suites)
        table.rows.push_back({suite.name, std::to_string(suite.tasks), std::to_string(suite.notWorse), std::to_string(suite.worse),
            std::to_string(suite.undecided), signedPointsOf(suite.meanDifference), signedPointsOf(suite.low) + " … " + signedPointsOf(suite.high),
            t(wordsOf(suite.verdict))});
    table.caption = t("Suites") + ". " + provenance(data);
    return table;
}

void addTasks(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison)
        return;
    const auto t = teller(data);
    blocks.emplace_back(Heading{t("Task by task")});
    if (data.comparison->tasks.empty()) {
        blocks.emplace_back(Paragraph{t("No task was compared.")});
        return;
    }
    blocks.emplace_back(Figure{FigureKind::Forest,
        t("Difference in points, multi-task minus single-task, with its 90 % interval; the tick at the left of zero is the task's margin.") + " "
            + provenance(data)});
    blocks.emplace_back(tasksTable(data));
    if (!data.comparison->suites.empty())
        blocks.emplace_back(suitesTable(data));
    blocks.emplace_back(testsTable(data));
    if (TableBlock seeds = seedsTable(data); !seeds.rows.empty())
        blocks.emplace_back(std::move(seeds));
    blocks.emplace_back(Figure{FigureKind::Bars, t("Scores of the single-task models and of the one model.") + " " + provenance(data)});
    blocks.emplace_back(Figure{FigureKind::Scatter, t("One model against single-task models; on the line both are equal.") + " " + provenance(data)});
    const auto& tasks = data.comparison->tasks;
    const auto add = [&](FigureKind kind, std::string_view words) {
        if (!svgOf(kind, data).empty())
            blocks.emplace_back(Figure{kind, t(words) + " " + provenance(data)});
    };
    add(FigureKind::Slopes, "Test scores from the baseline over the stages to the one model, and other plans' last stages beside it.");
    add(FigureKind::ByVolume, "Difference by training rows, with its 90 % interval.");
    add(FigureKind::ByAffinity, "Difference by what steps on the other tasks do to the task's loss; positive helps.");
    if (std::any_of(tasks.begin(), tasks.end(), [](const TaskComparison& one) { return !one.calibrationMulti.bins.empty(); }))
        blocks.emplace_back(Figure{FigureKind::Reliability,
            t("How far the models' confidence can be believed: share of right answers by confidence, over all tasks that choose among labels.")
                + " " + provenance(data)});
}

void addLedger(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison || data.comparison->ledger.lines.empty())
        return;
    const auto t = teller(data);
    blocks.emplace_back(Heading{t("What one model saves")});
    TableBlock table;
    table.key = "ledger";
    table.head = {t("Quantity"), t("Single-task models"), t("Folded"), t("Ratio"), t("Unit"), t("How it was measured")};
    table.numbers = {false, true, true, true, false, false};
    for (const LedgerLine& line : data.comparison->ledger.lines)
        table.rows.push_back({line.key, amountOf(line.before), amountOf(line.after),
            line.before > 0 ? formatted("%.3f", line.after / line.before) : "–", line.unit, line.how});
    table.caption = provenance(data);
    blocks.emplace_back(std::move(table));
}

void addMethod(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
    blocks.emplace_back(Heading{t("How to read this")});
    blocks.emplace_back(Paragraph{t(
        "Both models answer the same test rows. The difference's interval comes from 10,000 paired bootstrap resamples of those "
        "rows; its ends are one-sided 95 % bounds. With several seeds the variance between trainings is added, freed of what the "
        "choice of rows alone makes of it, with Student's t. “Not worse”: the lower bound lies above "
        "minus the margin. “Better”: it lies above zero. “Worse”: the upper bound lies below minus the margin, after Holm's "
        "correction over all tasks. “Undecided”: there are too few rows to tell. Tasks that were left out keep their own model, "
        "count as one model each, and are compared with themselves.")});
    blocks.emplace_back(Paragraph{t("The checkpoint was chosen on validation rows. No row of a validation or test split was trained on.")});
    blocks.emplace_back(Paragraph{t("Written by %1 on %2.", {data.program, data.created})});
}

}  // namespace

std::string amountOf(double value)
{
    if (!std::isfinite(value))
        return "–";
    if (std::abs(value) < 100 && value != std::round(value))
        return formatted("%.3g", value);
    std::string digits = formatted("%.0f", std::abs(value));
    for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3)
        digits.insert(digits.begin() + at, ',');
    return (value < 0 ? "−" : "") + digits;
}

std::string pointsOf(double fraction)
{
    return std::isfinite(fraction) ? formatted("%.1f", 100 * fraction) : "–";
}

std::string signedPointsOf(double fraction)
{
    if (!std::isfinite(fraction))
        return "–";
    const double rounded = std::round(1000 * fraction) / 10;
    return (rounded > 0 ? "+" : rounded < 0 ? "−" : "") + formatted("%.1f", std::abs(rounded));
}

std::string wordsOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Better: return "better";
    case Verdict::NotWorse: return "not worse";
    case Verdict::Worse: return "worse";
    case Verdict::Undecided: return "undecided";
    case Verdict::NotComputable: break;
    }
    return "not computable";
}

std::vector<Block> blocksOf(const ReportData& data)
{
    static const std::array<std::pair<Section, void (*)(const ReportData&, std::vector<Block>&)>, 9> kWriters{{
        {Section::Summary, addSummary}, {Section::Tasks, addTasks}, {Section::Ledger, addLedger}, {Section::Filter, addFilter},
        {Section::Rows, addRows}, {Section::Data, addData}, {Section::Plan, addPlan}, {Section::Runs, addRuns},
        {Section::Method, addMethod}}};
    std::vector<Block> blocks;
    for (const auto& [section, write] : kWriters)
        if (data.has(section))
            write(data, blocks);
    return blocks;
}

}  // namespace taskfold::report
