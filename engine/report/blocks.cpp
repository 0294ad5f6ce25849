#include "engine/report/block.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace taskfold::report {

namespace {

constexpr std::size_t kRowsShown = 5;  // examples of each task

std::string formatted(const char* form, double value)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), form, value);
    return text.data();
}

std::string grouped(double value)
{
    if (!std::isfinite(value))
        return "–";
    std::string digits = formatted("%.0f", std::abs(value));
    for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3)
        digits.insert(digits.begin() + at, ',');
    return (value < 0 ? "−" : "") + digits;
}

std::string shortHash(const std::string& hash)
{
    return hash.substr(0, 12);
}

std::string nameOf(const ReportData& data, TaskId task)
{
    const auto found = data.names.find(task);
    return found == data.names.end() ? "task " + std::to_string(task.value) : found->second;
}

std::string cut(const std::string& text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end) + "…";
}

std::string seedsOf(const ReportData& data)
{
    std::string text;
    if (data.plan)
        for (const std::uint64_t seed : data.plan->seeds)
            text += (text.empty() ? "" : ", ") + std::to_string(seed);
    return text.empty() ? "–" : text;
}

// What every figure stands on.
std::string provenance(const ReportData& data)
{
    if (!data.comparison)
        return {};
    return "Run " + std::to_string(data.comparison->candidate.value) + " against "
        + (data.comparison->baseline == "single" ? "the single-task models" : "run " + data.comparison->baseline)
        + "; seeds " + seedsOf(data) + "; plan " + shortHash(data.planHash) + "; test rows as hashed under “Data”.";
}

void addSummary(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison) {
        blocks.emplace_back(Statement{"Nothing was compared yet."});
        return;
    }
    const Comparison& comparison = *data.comparison;
    const SuiteComparison& suite = comparison.suite;
    blocks.emplace_back(Statement{data.suiteLine});
    std::string mean = "Mean difference " + signedPointsOf(suite.meanDifference) + " points (90 % interval "
        + signedPointsOf(suite.low) + " to " + signedPointsOf(suite.high) + "), over all tasks that can be averaged.";
    blocks.emplace_back(Paragraph{mean});
    blocks.emplace_back(Paragraph{std::to_string(comparison.ledger.modelsBefore) + " models become "
        + std::to_string(comparison.ledger.modelsAfter) + ": " + formatted("%.1f", 100 * comparison.ledger.overheadReduction)
        + " % fewer models to serve."});
    if (data.plan && data.plan->seeds.size() < 2)
        blocks.emplace_back(Paragraph{"One seed: the intervals hold what the choice of test rows may change, not what another "
                                      "training would. Three seeds would say that, too."});
    if (data.plan && data.plan->testRowsCap > 0)
        blocks.emplace_back(Paragraph{"At most " + std::to_string(data.plan->testRowsCap) + " test rows of each task were used"
            + (data.plan->trainRowsCap > 0 ? ", and " + std::to_string(data.plan->trainRowsCap) + " training rows." : ".")});
}

void addTasks(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison)
        return;
    blocks.emplace_back(Heading{"Task by task"});
    blocks.emplace_back(Figure{FigureKind::Forest, "Difference in points, multi-task minus single-task, with its 90 % interval; "
                                                   "the tick at the left of zero is the task's margin. " + provenance(data)});
    TableBlock table;
    table.head = {"Task", "Metric", "Single", "Multi", "Difference", "90 % interval", "Margin", "Verdict", "n", "Seeds", "Won", "Lost"};
    table.numbers = {false, false, true, true, true, true, true, false, true, true, true, true};
    for (const TaskComparison& task : data.comparison->tasks) {
        const bool known = task.verdict != Verdict::NotComputable;
        std::string verdict = wordsOf(task.verdict);
        if (task.verdict == Verdict::Undecided)
            verdict += ": these rows can resolve " + pointsOf(task.resolvable) + " points";
        if (!task.note.empty())
            verdict += " (" + task.note + ")";
        table.rows.push_back({task.name, std::string(wordOf(task.metric)), known ? pointsOf(task.single) : "–",
            known ? pointsOf(task.multi) : "–", known ? signedPointsOf(task.difference) : "–",
            known ? signedPointsOf(task.low) + " to " + signedPointsOf(task.high) : "–", pointsOf(task.margin), verdict,
            std::to_string(task.n), std::to_string(task.seeds), std::to_string(task.won), std::to_string(task.lost)});
    }
    table.caption = "Scores in points of 100. " + provenance(data);
    blocks.emplace_back(std::move(table));
    blocks.emplace_back(Figure{FigureKind::Bars, "Scores of the single-task models and of the one model. " + provenance(data)});
}

void addLedger(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison || data.comparison->ledger.lines.empty())
        return;
    blocks.emplace_back(Heading{"What one model saves"});
    TableBlock table;
    table.head = {"Quantity", "Single-task models", "Folded", "Ratio", "Unit", "How it was measured"};
    table.numbers = {false, true, true, true, false, false};
    for (const LedgerLine& line : data.comparison->ledger.lines)
        table.rows.push_back({line.key, grouped(line.before), grouped(line.after),
            line.before > 0 ? formatted("%.3f", line.after / line.before) : "–", line.unit, line.how});
    table.caption = provenance(data);
    blocks.emplace_back(std::move(table));
}

std::string reasonsOf(const std::map<Reason, std::int64_t>& counts)
{
    std::string text;
    for (const auto& [reason, count] : counts)
        text += (text.empty() ? "" : ", ") + std::string(wordOf(reason)) + " " + std::to_string(count);
    return text.empty() ? "–" : text;
}

void addData(const ReportData& data, std::vector<Block>& blocks)
{
    blocks.emplace_back(Heading{"Data"});
    if (!data.tasks.empty())
        blocks.emplace_back(Figure{FigureKind::Volume, "Training rows kept, by task (after masking rows that lie in any "
                                                       "validation or test split)."});
    TableBlock table;
    table.head = {"Task", "Split", "Rows in", "Kept", "Issues", "Content hash", "Imported"};
    table.numbers = {false, false, true, true, false, false, false};
    for (const auto& [task, version] : data.versions)
        table.rows.push_back({task, std::string(wordOf(version.split)), grouped(static_cast<double>(version.rowsIn)),
            grouped(static_cast<double>(version.rowsKept)), reasonsOf(version.issues), shortHash(version.hash), version.created});
    table.caption = "The hash is SHA-256 over the kept rows; its first twelve digits are shown.";
    blocks.emplace_back(std::move(table));
    for (const Corpus& corpus : data.corpora)
        blocks.emplace_back(Paragraph{"Corpus “" + corpus.name + "” (" + (corpus.domain ? "domain" : "general") + " text): "
            + std::to_string(corpus.documentsKept) + " documents, " + std::to_string(corpus.heldOut) + " held out, hash "
            + shortHash(corpus.hash) + "."});
}

void addFilter(const ReportData& data, std::vector<Block>& blocks)
{
    if (data.suggestions.empty() && data.history.empty())
        return;
    blocks.emplace_back(Heading{"Which tasks were folded, and why"});
    TableBlock table;
    table.head = {"Task", "To the others", "From the others", "Suggestion", "Rule", "Decision", "By", "Reason"};
    table.numbers = {false, true, true, false, false, false, false, false};
    for (const Suggestion& suggestion : data.suggestions) {
        const auto decision = data.decisions.find(suggestion.task);
        const bool decided = decision != data.decisions.end();
        table.rows.push_back({nameOf(data, suggestion.task),
            formatted("%+.4f", suggestion.outgoing) + " ± " + formatted("%.4f", suggestion.outgoingSe),
            formatted("%+.4f", suggestion.incoming) + " ± " + formatted("%.4f", suggestion.incomingSe),
            std::string(wordOf(suggestion.suggest)), suggestion.rule.empty() ? "–" : suggestion.rule,
            decided ? std::string(wordOf(decision->second.verb)) : "keep", decided ? decision->second.by : "–",
            decided && !decision->second.reason.empty() ? decision->second.reason : suggestion.reason});
    }
    table.caption = "Mean effect of a step on the task on the others' loss, and of theirs on its: positive helps.";
    blocks.emplace_back(std::move(table));
    for (const Decision& decision : data.history)
        blocks.emplace_back(Paragraph{decision.created + ": " + nameOf(data, decision.task) + " — "
            + std::string(wordOf(decision.verb)) + ", by " + decision.by
            + (decision.reason.empty() ? "." : ". " + decision.reason)});
}

void addPlan(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.plan)
        return;
    const Plan& plan = *data.plan;
    const auto joined = [](const std::vector<std::string>& names) {
        std::string text;
        for (const std::string& name : names)
            text += (text.empty() ? "" : ", ") + name;
        return text.empty() ? std::string("none") : text;
    };
    std::string stages, rates;
    for (const int stage : plan.stages)
        stages += (stages.empty() ? "" : ", ") + std::to_string(stage);
    for (const auto& [stage, rate] : plan.learningRate)
        rates += (rates.empty() ? "" : ", ") + stage + " " + formatted("%g", rate);
    blocks.emplace_back(Heading{"Plan"});
    TableBlock table;
    table.head = {"Setting", "Value"};
    table.numbers = {false, false};
    table.rows = {{"name", plan.name}, {"hash", data.planHash}, {"base model", plan.base}, {"kept", joined(plan.kept)},
        {"excluded", joined(plan.excluded)}, {"stages", stages.empty() ? "none" : stages},
        {"high-resource rule", std::string(wordOf(plan.rule))}, {"sampler", std::string(wordOf(plan.sampler))},
        {"seeds", seedsOf(data)}, {"device", plan.device}, {"batch", std::to_string(plan.batch)},
        {"context", std::to_string(plan.context)}, {"learning rates", rates},
        {"most epochs of a task", formatted("%g", plan.epochsCap)}, {"patience", std::to_string(plan.patience)},
        {"training rows of a task, at most", plan.trainRowsCap > 0 ? std::to_string(plan.trainRowsCap) : "all"},
        {"test rows of a task, at most", plan.testRowsCap > 0 ? std::to_string(plan.testRowsCap) : "all"}};
    blocks.emplace_back(std::move(table));
}

void addRuns(const ReportData& data, std::vector<Block>& blocks)
{
    if (data.runs.empty())
        return;
    blocks.emplace_back(Heading{"Runs"});
    TableBlock table;
    table.head = {"Run", "Stage", "Task", "Seed", "Steps", "Target tokens", "Seconds", "Weights", "Note"};
    table.numbers = {true, false, false, true, true, true, true, false, false};
    for (const NamedRun& named : data.runs) {
        const Run& run = named.run;
        table.rows.push_back({std::to_string(run.id.value), std::string(wordOf(run.kind)), named.task.empty() ? "–" : named.task,
            std::to_string(run.seed), std::to_string(run.steps), grouped(static_cast<double>(run.targetTokens)),
            formatted("%.1f", run.seconds), run.checkpointHash.empty() ? "–" : shortHash(run.checkpointHash), run.note});
    }
    table.caption = "Weights: SHA-256 over every tensor of the checkpoint, first twelve digits.";
    blocks.emplace_back(std::move(table));
    TableBlock where;
    where.head = {"Ran on", ""};
    where.numbers = {false, false};
    for (const auto& [key, value] : data.environment)
        where.rows.push_back({key, value});
    if (!where.rows.empty())
        blocks.emplace_back(std::move(where));
}

void addRows(const ReportData& data, std::vector<Block>& blocks)
{
    if (!data.comparison)
        return;
    bool titled = false;
    for (const TaskComparison& task : data.comparison->tasks) {
        const auto rows = data.rows.find(task.task);
        if (rows == data.rows.end() || rows->second.empty())
            continue;
        if (!std::exchange(titled, true))
            blocks.emplace_back(Heading{"Rows won and lost"});
        TableBlock table;
        table.head = {"Line", "Input", "Right", "Single", "Multi", ""};
        table.numbers = {true, false, false, false, false, false};
        for (std::size_t i = 0; i < std::min(kRowsShown, rows->second.size()); ++i) {
            const RowDifference& row = rows->second[i];
            const char* fate = row.multiScore > row.singleScore ? "won" : row.multiScore < row.singleScore ? "lost" : "even";
            table.rows.push_back({std::to_string(row.line), cut(row.input, 160), cut(row.target, 80), cut(row.single, 80),
                cut(row.multi, 80), fate});
        }
        table.caption = task.name + ": " + std::to_string(task.won) + " rows won, " + std::to_string(task.lost) + " lost";
        blocks.emplace_back(std::move(table));
    }
}

void addMethod(const ReportData& data, std::vector<Block>& blocks)
{
    blocks.emplace_back(Heading{"How to read this"});
    blocks.emplace_back(Paragraph{
        "Both models answer the same test rows. The difference's interval comes from 10,000 paired bootstrap resamples of those "
        "rows; its ends are one-sided 95 % bounds. “Not worse”: the lower bound lies above minus the margin. “Better”: it lies "
        "above zero. “Worse”: the upper bound lies below minus the margin, after Holm's correction over all tasks. “Undecided”: "
        "there are too few rows to tell. Tasks that were left out keep their own model, count as one model each, and are "
        "compared with themselves."});
    blocks.emplace_back(Paragraph{"The checkpoint was chosen on validation rows; the test rows were not looked at before. No row of a "
                                  "validation or test split was trained on."});
    blocks.emplace_back(Paragraph{"Written by " + data.program + " on " + data.created + "."});
}

}  // namespace

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
