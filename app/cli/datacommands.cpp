#include "app/cli/command.h"
#include "app/cli/datatext.h"
#include "app/jobs/check.h"
#include "app/jobs/demo.h"
#include "app/jobs/volumes.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

json volumeJson(const TaskVolume& volume)
{
    json splits = json::object();
    for (const auto& [split, of] : volume.splits)
        splits[std::string(wordOf(split))] = {{"rows_in", of.imported}, {"rows_kept", of.kept}, {"tokens", of.tokens},
            {"dropped", countsJson(of.dropped)}};
    json labels = json::object();
    for (const auto& [label, count] : volume.labels)
        labels[label] = count;
    return {{"name", volume.task.name}, {"kind", wordOf(volume.task.kind)}, {"metric", wordOf(volume.task.metric)},
        {"labels", volume.task.labels}, {"owner", volume.task.owner}, {"margin", volume.task.margin},
        {"instruction", volume.task.instruction}, {"unit", volume.unit}, {"splits", splits}, {"label_counts", labels},
        {"lengths", {{"smallest", volume.lengths.smallest}, {"median", volume.lengths.median}, {"p90", volume.lengths.p90},
            {"p99", volume.lengths.p99}, {"largest", volume.lengths.largest}}}};
}

std::string volumesText(const std::vector<TaskVolume>& volumes)
{
    std::vector<std::vector<std::string>> rows{{"task", "kind", "split", "rows in", "kept", "tokens", "median", "p99", "dropped"}};
    for (const TaskVolume& volume : volumes)
        for (const auto& [split, of] : volume.splits) {
            const bool train = split == Split::Train;
            rows.push_back({volume.task.name, std::string(wordOf(volume.task.kind)), std::string(wordOf(split)),
                std::to_string(of.imported), std::to_string(of.kept), std::to_string(of.tokens),
                train ? std::to_string(volume.lengths.median) : "", train ? std::to_string(volume.lengths.p99) : "",
                countsText(of.dropped)});
        }
    char line[64];
    std::snprintf(line, sizeof line, "imbalance %.1f : 1\n", imbalance(volumes));
    return table(rows) + line;
}

void addTasks(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = addCommand(app, invocation, "tasks", "Volume of every task and what became of its rows");
    command->callback([&invocation] {
        invocation.action = [&invocation]() -> int {
            std::vector<TaskVolume> volumes;
            const int code = perform(invocation, "tasks", [&](const JobContext& context) -> Result<void> {
                const Result<std::string> base = jobs::usualBase(projectOf(invocation));
                if (!base)
                    return base.error();
                Result<std::vector<TaskVolume>> found = jobs::volumesOf(projectOf(invocation), *base, context);
                if (!found)
                    return std::move(found).error();
                volumes = *std::move(found);
                return {};
            });
            if (code != kDone)
                return code;
            json tasks = json::array();
            for (const TaskVolume& volume : volumes)
                tasks.push_back(volumeJson(volume));
            answer(invocation, {{"tasks", tasks}, {"imbalance", imbalance(volumes)}}, volumesText(volumes));
            return kDone;
        };
    });
}

struct RowOptions {
    std::string task, split, words, order;
    bool issues = false, down = false;
    std::int64_t limit = 100, offset = 0;
};

Result<void> tellIssues(const Invocation& invocation, const RowOptions& options)
{
    const std::optional<Split> split = options.split.empty() ? std::nullopt : splitOf(options.split);
    const std::int64_t limit = options.limit > 0 ? options.limit : std::numeric_limits<std::int64_t>::max() / 2;
    Result<std::vector<RowIssue>> issues = jobs::issuesOf(projectOf(invocation), options.task, {split, std::nullopt, 0, limit});
    if (!issues)
        return std::move(issues).error();
    const Result<std::int64_t> total = jobs::issueCountOf(projectOf(invocation), options.task, split);
    if (!total)
        return total.error();
    json list = json::array();
    std::string text;
    for (const RowIssue& issue : *issues) {
        list.push_back({{"file", issue.file}, {"line", issue.line}, {"field", issue.field}, {"reason", wordOf(issue.reason)},
            {"action", wordOf(issue.action)}, {"excerpt", issue.excerpt}, {"detail", issue.detail}});
        text += issue.file + ":" + std::to_string(issue.line) + ": " + std::string(wordOf(issue.reason)) + " ("
            + std::string(wordOf(issue.action)) + ") " + issue.detail + "\n";
    }
    answer(invocation, {{"issues", list}, {"total", *total}}, text);
    return {};
}

Result<void> tellRows(const Invocation& invocation, const RowOptions& options, const JobContext& context)
{
    jobs::RowsWanted wanted;
    wanted.task = options.task;
    wanted.split = options.split.empty() ? Split::Train : splitOf(options.split).value_or(Split::Train);
    wanted.words = options.words;
    wanted.offset = options.offset;
    using By = jobs::RowsOrder::By;
    wanted.order = {options.order == "input" ? By::Input : options.order == "target" ? By::Target : options.order == "length" ? By::Length : By::File, options.down};
    wanted.limit = options.limit > 0 ? options.limit : std::numeric_limits<std::int64_t>::max() / 2;
    const Result<jobs::RowsGiven> given = jobs::viewRows(projectOf(invocation), wanted, context);
    if (!given)
        return given.error();
    json list = json::array();
    std::string text;
    for (const jobs::RowView& view : given->rows) {
        json row{{"line", view.row.line}, {"input", view.row.input}, {"target", view.row.target}};
        if (!view.row.references.empty())
            row["references"] = view.row.references;
        if (view.masked)
            row["masked"] = view.twin;
        list.push_back(std::move(row));
        text += std::to_string(view.row.line) + (view.masked ? " (masked: " + view.twin + ")" : "") + "\n  " + view.row.input
            + "\n  -> " + view.row.target + "\n";
    }
    answer(invocation, {{"rows", list}, {"total", given->total}}, text);
    return {};
}

void addRows(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<RowOptions>();
    CLI::App* command = addCommand(app, invocation, "rows", "Rows of a task, or its bad rows");
    command->add_option("task", options->task, "Name of the task")->required();
    command->add_option("--split", options->split)->check(CLI::IsMember({"train", "validation", "test"}));
    command->add_option("--search", options->words, "Words that input or target hold");
    command->add_option("--order", options->order, "By input, target or length; as in the file otherwise")->check(CLI::IsMember({"input", "target", "length"}));
    command->add_flag("--down", options->down, "The other way round");
    command->add_option("--offset", options->offset, "Rows to leave out at the beginning")->check(CLI::NonNegativeNumber);
    command->add_flag("--issues", options->issues, "What is wrong with which row");
    command->add_option("--limit", options->limit, "At most that many; 0: all")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "rows", [&](const JobContext& context) {
                return options->issues ? tellIssues(invocation, *options) : tellRows(invocation, *options, context);
            });
        };
    });
}

void addCheck(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = addCommand(app, invocation, "check", "Whether database, rows and checkpoints are whole");
    command->callback([&invocation] {
        invocation.action = [&invocation]() -> int {
            bool ok = false;
            const int code = perform(invocation, "check", [&](const JobContext& context) -> Result<void> {
                const auto problems = jobs::checkProject(projectOf(invocation), context);
                if (!problems)
                    return problems.error();
                ok = problems->empty();
                json list = json::array();
                std::string text = ok ? "Everything is whole.\n" : "";
                for (const jobs::Problem& problem : *problems) {
                    list.push_back({{"where", problem.where}, {"what", problem.what}});
                    text += problem.where + ": " + problem.what + "\n";
                }
                answer(invocation, {{"ok", ok}, {"problems", list}}, text);
                return {};
            });
            return code == kDone && !ok ? kFailed : code;
        };
    });
}

void addNew(CLI::App& app, Invocation& invocation)
{
    CLI::App* command = addCommand(app, invocation, "new", "An empty project");
    command->callback([&invocation] {
        invocation.action = [&invocation]() -> int {
            return perform(invocation, "new", [&](const JobContext&) -> Result<void> {
                if (Result<void> made = newProject(projectOf(invocation)); !made)
                    return made;
                answer(invocation, {{"project", invocation.project}}, "Made " + invocation.project + ".\n");
                return {};
            });
        };
    });
}

void addDemo(CLI::App& app, Invocation& invocation)
{
    auto dataOnly = std::make_shared<bool>(false);
    CLI::App* command = addCommand(app, invocation, "demo", "The whole loop on generated data, in about two minutes");
    command->add_flag("--data-only", *dataOnly, "Only generate and import the data");
    command->callback([&invocation, dataOnly] {
        invocation.action = [&invocation, dataOnly]() -> int {
            return perform(invocation, "demo", [&](const JobContext& context) -> Result<void> {
                const Result<jobs::DemoOutcome> done = jobs::runDemo(projectOf(invocation), {*dataOnly}, context);
                if (!done)
                    return done.error();
                answer(invocation, {{"project", invocation.project}, {"report", done->report.string()}, {"verdict", done->verdict}},
                    done->report.empty() ? "The demo's data is in " + invocation.project + ".\n"
                                         : done->verdict + "\nThe report: " + done->report.string() + "\n");
                return {};
            });
        };
    });
}

}  // namespace

void addDataCommands(CLI::App& app, Invocation& invocation)
{
    addNew(app, invocation);
    addDemo(app, invocation);
    addImportCommands(app, invocation);
    addTasks(app, invocation);
    addRows(app, invocation);
    addCheck(app, invocation);
}

}  // namespace taskfold::cli
