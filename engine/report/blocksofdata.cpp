#include "engine/report/blockparts.h"
#include "engine/report/escape.h"

#include <algorithm>
#include <utility>

namespace taskfold::report {

namespace {

std::string reasonsOf(const std::map<Reason, std::int64_t>& counts)
{
    std::string text;
    for (const auto& [reason, count] : counts)
        text += (text.empty() ? "" : ", ") + std::string(wordOf(reason)) + " " + std::to_string(count);
    return text.empty() ? "–" : text;
}

}  // namespace

TableBlock seedsOnPaper(const ReportData& data, const TableBlock& seeds)
{
    constexpr std::size_t kLong = 60;
    if (!data.comparison || seeds.rows.size() <= kLong)
        return seeds;
    const auto t = teller(data);
    TableBlock table;
    table.key = seeds.key;
    table.caption = seeds.caption;
    table.head = {t("Task"), t("Seeds"), t("Single"), t("Multi"), t("Difference")};
    table.numbers = {false, true, true, true, false};
    for (const TaskComparison& task : data.comparison->tasks) {
        if (task.perSeed.empty())
            continue;
        std::string differences;
        double single = 0, multi = 0;
        for (const SeedScore& seed : task.perSeed) {
            differences += (differences.empty() ? "" : ", ") + std::to_string(seed.seed) + ": " + signedPointsOf(seed.multi - seed.single);
            single += seed.single;
            multi += seed.multi;
        }
        const double count = static_cast<double>(task.perSeed.size());
        table.rows.push_back({task.name, std::to_string(task.perSeed.size()), pointsOf(single / count), pointsOf(multi / count), differences});
    }
    return table;
}

void addData(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
    blocks.emplace_back(Heading{t("Data")});
    if (!data.tasks.empty())
        blocks.emplace_back(Figure{FigureKind::Volume,
            t("Training rows kept, by task (after masking rows that lie in any validation or test split).") + " " + data.program + "."});
    TableBlock table;
    table.key = "data";
    table.head = {t("Task"), t("Split"), t("Rows in"), t("Kept"), t("Issues"), t("Content hash"), t("Imported")};
    table.numbers = {false, false, true, true, false, false, false};
    for (const auto& [task, version] : data.versions)
        table.rows.push_back({task, std::string(wordOf(version.split)), amountOf(static_cast<double>(version.rowsIn)),
            amountOf(static_cast<double>(version.rowsKept)), reasonsOf(version.issues), shortHash(version.hash), version.created});
    if (table.rows.empty() && data.corpora.empty())
        blocks.emplace_back(Paragraph{t("No rows were imported.")});
    table.caption = t("The hash (BLAKE3; of older versions SHA-256) is over the kept rows; its first twelve digits are shown.");
    if (!table.rows.empty())
        blocks.emplace_back(std::move(table));
    for (const Corpus& corpus : data.corpora)
        blocks.emplace_back(Paragraph{t("Corpus “%1” (%2 text): %3 documents, %4 held out, hash %5.",
            {corpus.name, t(corpus.domain ? "domain" : "general"), std::to_string(corpus.documentsKept), std::to_string(corpus.heldOut),
                shortHash(corpus.hash)})});
}

void addFilter(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
    if (data.suggestions.empty() && data.history.empty())
        return;
    blocks.emplace_back(Heading{t("Which tasks were folded, and why")});
    TableBlock table;
    table.key = "filter";
    table.head = {t("Task"), t("To the others"), t("From the others"), t("Suggestion"), t("Rule"), t("Decision"), t("By"), t("Reason")};
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
    table.caption = t("Mean effect of a step on the task on the others' loss, and of theirs on its: positive helps.");
    if (!table.rows.empty())
        blocks.emplace_back(std::move(table));
    for (const Decision& decision : data.history)
        blocks.emplace_back(Paragraph{decision.created + ": " + nameOf(data, decision.task) + " — "
            + std::string(wordOf(decision.verb)) + ", by " + decision.by
            + (decision.reason.empty() ? "." : ". " + decision.reason)});
}

void addPlan(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
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
    blocks.emplace_back(Heading{t("Plan")});
    TableBlock table;
    table.key = "plan";
    table.head = {t("Setting"), t("Value")};
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
    const auto t = teller(data);
    if (data.runs.empty())
        return;
    blocks.emplace_back(Heading{t("Runs")});
    TableBlock table;
    table.key = "runs";
    table.head = {t("Run"), t("Stage"), t("Task"), t("Seed"), t("Steps"), t("Target tokens"), t("Seconds"), t("Weights"), t("Note")};
    table.numbers = {true, false, false, true, true, true, true, false, false};
    for (const NamedRun& named : data.runs) {
        const Run& run = named.run;
        table.rows.push_back({std::to_string(run.id.value), std::string(wordOf(run.kind)), named.task.empty() ? "–" : named.task,
            std::to_string(run.seed), std::to_string(run.steps), amountOf(static_cast<double>(run.targetTokens)),
            formatted("%.1f", run.seconds), run.checkpointHash.empty() ? "–" : shortHash(run.checkpointHash), run.note});
    }
    table.caption = t("Weights: SHA-256 over every tensor of the checkpoint, first twelve digits.");
    blocks.emplace_back(std::move(table));
    TableBlock where;
    where.key = "machine";
    where.head = {t("Ran on"), ""};
    where.numbers = {false, false};
    for (const auto& [key, value] : data.environment)
        where.rows.push_back({key, value});
    if (!where.rows.empty())
        blocks.emplace_back(std::move(where));
}

void addRows(const ReportData& data, std::vector<Block>& blocks)
{
    const auto t = teller(data);
    if (!data.comparison)
        return;
    bool titled = false;
    for (const TaskComparison& task : data.comparison->tasks) {
        const auto rows = data.rows.find(task.task);
        if (rows == data.rows.end() || rows->second.empty())
            continue;
        if (!std::exchange(titled, true))
            blocks.emplace_back(Heading{t("Rows won and lost")});
        TableBlock table;
        table.key = "rows";
        table.head = {t("Line"), t("Input"), t("Right"), t("Single"), t("Multi"), t("Fate")};
        table.numbers = {true, false, false, false, false, false};
        for (std::size_t i = 0; i < std::min(kRowsShown, rows->second.size()); ++i) {
            const RowDifference& row = rows->second[i];
            const char* fate = row.multiScore > row.singleScore ? "won" : row.multiScore < row.singleScore ? "lost" : "even";
            table.rows.push_back({std::to_string(row.line), cut(row.input, 160), cut(row.target, 80), cut(row.single, 80),
                cut(row.multi, 80), t(fate)});
        }
        table.caption = t("%1: %2 rows won, %3 lost", {task.name, std::to_string(task.won), std::to_string(task.lost)});
        blocks.emplace_back(std::move(table));
    }
}

}  // namespace taskfold::report
