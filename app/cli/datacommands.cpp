#include "app/cli/command.h"
#include "app/jobs/check.h"
#include "app/jobs/demo.h"
#include "app/jobs/importdata.h"
#include "app/jobs/volumes.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace taskfold::cli {

namespace {

using nlohmann::json;

json countsJson(const std::map<Reason, std::int64_t>& counts)
{
    json out = json::object();
    for (const auto& [reason, count] : counts)
        out[std::string(wordOf(reason))] = count;
    return out;
}

std::string countsText(const std::map<Reason, std::int64_t>& counts)
{
    std::string text;
    for (const auto& [reason, count] : counts)
        text += (text.empty() ? "" : ", ") + std::string(wordOf(reason)) + " " + std::to_string(count);
    return text.empty() ? "-" : text;
}

struct ImportOptions {
    std::vector<std::string> paths, maps;
    std::string task, format, split, badRows = "quarantine", corpus, encoding, delimiter;
    bool header = false, noHeader = false, dryRun = false;
};

Result<jobs::ImportRequest> requestOf(const ImportOptions& options)
{
    jobs::ImportSource source;
    source.task = options.task;
    if (!options.split.empty()) {
        source.split = splitOf(options.split);
        if (!source.split)
            return Error{ErrorCode::InvalidInput, "--split is train, validation or test"};
    }
    if (!options.format.empty()) {
        source.read.format = data::fileFormatOf(options.format);
        if (!source.read.format)
            return Error{ErrorCode::InvalidInput, "--format is jsonl, json, csv, tsv or txt"};
    }
    source.read.encoding = options.encoding;
    source.read.delimiter = options.delimiter == "\\t" ? "\t" : options.delimiter;
    if (options.header || options.noHeader)
        source.read.header = options.header;
    for (const std::string& map : options.maps) {
        const std::size_t equals = map.find('=');
        const std::string field = map.substr(0, equals);
        static const std::vector<std::string> kFields{"input", "target", "references", "label", "group", "split"};
        if (equals == std::string::npos || std::find(kFields.begin(), kFields.end(), field) == kFields.end())
            return Error{ErrorCode::InvalidInput,
                "--map " + map + ": expected field=column, where the field is input, target, references, label, group or split"};
        source.read.columns[field == "label" ? "target" : field] = map.substr(equals + 1);
    }
    source.corpus = !options.corpus.empty();
    source.domain = options.corpus != "general";
    jobs::ImportRequest request;
    request.dryRun = options.dryRun;
    request.badRows = options.badRows == "stop" ? jobs::BadRows::Stop
        : options.badRows == "skip"             ? jobs::BadRows::Skip
                                                : jobs::BadRows::Quarantine;
    for (const std::string& path : options.paths) {
        source.path = path;
        request.sources.push_back(source);
    }
    return request;
}

json importJson(const jobs::ImportOutcome& outcome)
{
    json out{{"accepted", outcome.accepted}, {"versions", json::array()}, {"corpora", json::array()}, {"refused", json::array()}};
    for (const jobs::ImportedSplit& one : outcome.versions)
        out["versions"].push_back({{"task", one.task}, {"split", wordOf(one.version.split)}, {"rows_in", one.version.rowsIn},
            {"rows_kept", one.version.rowsKept}, {"issues", countsJson(one.version.issues)}, {"hash", one.version.hash}});
    for (const Corpus& corpus : outcome.corpora)
        out["corpora"].push_back({{"name", corpus.name}, {"kind", corpus.domain ? "domain" : "general"},
            {"documents_in", corpus.documentsIn}, {"documents_kept", corpus.documentsKept}, {"held_out", corpus.heldOut},
            {"issues", countsJson(corpus.issues)}, {"hash", corpus.hash}});
    for (const RowIssue& issue : outcome.refused)
        out["refused"].push_back({{"file", issue.file}, {"line", issue.line}, {"field", issue.field},
            {"reason", wordOf(issue.reason)}, {"detail", issue.detail}});
    return out;
}

std::string importText(const jobs::ImportOutcome& outcome)
{
    std::vector<std::vector<std::string>> rows{{"task", "split", "rows in", "kept", "issues"}};
    for (const jobs::ImportedSplit& one : outcome.versions)
        rows.push_back({one.task, std::string(wordOf(one.version.split)), std::to_string(one.version.rowsIn),
            std::to_string(one.version.rowsKept), countsText(one.version.issues)});
    for (const Corpus& corpus : outcome.corpora)
        rows.push_back({corpus.name, corpus.domain ? "domain text" : "general text", std::to_string(corpus.documentsIn),
            std::to_string(corpus.documentsKept + corpus.heldOut), countsText(corpus.issues)});
    return table(rows);
}

void tellExamples(const jobs::ImportOutcome& outcome)
{
    for (const RowIssue& issue : outcome.accepted ? outcome.examples : outcome.refused)
        std::cerr << issue.file << ":" << issue.line << ": " << wordOf(issue.reason)
                  << (issue.field.empty() ? "" : " (" + issue.field + ")") << (issue.detail.empty() ? "" : ": " + issue.detail)
                  << "\n";
}

void addImport(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ImportOptions>();
    CLI::App* command = addCommand(app, invocation, "import", "Files, task folders or folders of those into the project");
    command->add_option("paths", options->paths, "What to import")->required();
    command->add_option("--task", options->task, "Name of the task");
    command->add_option("--format", options->format, "jsonl, json, csv, tsv or txt; detected otherwise");
    command->add_option("--encoding", options->encoding, "utf-8, utf-16le, utf-16be, latin-1 or windows-1252");
    command->add_option("--delimiter", options->delimiter, "Between a table's columns");
    command->add_flag("--header", options->header, "The table's first row names its columns");
    command->add_flag("--no-header", options->noHeader, "The table has no header");
    command->add_option("--map", options->maps, "field=column; a+b joins columns");
    command->add_option("--split", options->split, "train, validation or test");
    command->add_option("--on-error", options->badRows, "What becomes of bad rows")
        ->check(CLI::IsMember({"quarantine", "stop", "skip"}));
    command->add_option("--corpus", options->corpus, "Plain text for stage 0")->check(CLI::IsMember({"domain", "general"}));
    command->add_flag("--dry-run", options->dryRun, "Say what would happen");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            jobs::ImportOutcome outcome;
            const int code = perform(invocation, "import", [&](const JobContext& context) -> Result<void> {
                const Result<jobs::ImportRequest> request = requestOf(*options);
                if (!request)
                    return request.error();
                Result<jobs::ImportOutcome> done = jobs::importData(projectOf(invocation), *request, context);
                if (!done)
                    return std::move(done).error();
                outcome = *std::move(done);
                return {};
            });
            if (code != kDone)
                return code;
            if (!invocation.json)
                tellExamples(outcome);
            if (!outcome.accepted)
                std::cerr << "taskfold-cli: Nothing was imported: " << outcome.refused.size()
                          << " rows are refused. Correct them, or import with --on-error quarantine.\n";
            answer(invocation, importJson(outcome), importText(outcome));
            return outcome.accepted ? kDone : kRefused;
        };
    });
}

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
    std::string task, split, words;
    bool issues = false;
    std::int64_t limit = 100;
};

Result<void> tellIssues(const Invocation& invocation, const RowOptions& options)
{
    Result<std::vector<RowIssue>> issues = jobs::issuesOf(projectOf(invocation), options.task,
        options.split.empty() ? std::nullopt : splitOf(options.split));
    if (!issues)
        return std::move(issues).error();
    json list = json::array();
    std::string text;
    for (const RowIssue& issue : *issues) {
        if (options.limit > 0 && static_cast<std::int64_t>(list.size()) >= options.limit)
            break;
        list.push_back({{"file", issue.file}, {"line", issue.line}, {"field", issue.field}, {"reason", wordOf(issue.reason)},
            {"action", wordOf(issue.action)}, {"excerpt", issue.excerpt}, {"detail", issue.detail}});
        text += issue.file + ":" + std::to_string(issue.line) + ": " + std::string(wordOf(issue.reason)) + " ("
            + std::string(wordOf(issue.action)) + ") " + issue.detail + "\n";
    }
    answer(invocation, {{"issues", list}, {"total", issues->size()}}, text);
    return {};
}

Result<void> tellRows(const Invocation& invocation, const RowOptions& options, const JobContext& context)
{
    jobs::RowsWanted wanted;
    wanted.task = options.task;
    wanted.split = options.split.empty() ? Split::Train : splitOf(options.split).value_or(Split::Train);
    wanted.words = options.words;
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
    addImport(app, invocation);
    addTasks(app, invocation);
    addRows(app, invocation);
    addCheck(app, invocation);
}

}  // namespace taskfold::cli
