#include "app/cli/datatext.h"
#include "app/jobs/importdata.h"
#include "app/jobs/mappingfile.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace taskfold::cli {

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

namespace {

struct ImportOptions {
    std::vector<std::string> paths, maps;
    std::vector<std::string> labels;
    std::string task, format, split, badRows = "quarantine", corpus, encoding, delimiter, rows, partner, mapping;
    bool header = false, noHeader = false, dryRun = false;
    int tokenColumn = 0, tagColumn = 0, threads = 0;
};

Result<jobs::ImportRequest> requestOf(const ImportOptions& options)
{
    jobs::ImportSource source;
    source.task = options.task;
    if (!options.mapping.empty())
        if (Result<void> used = jobs::useMappingFile(options.mapping, source); !used)
            return std::move(used).error();
    if (!options.split.empty()) {
        source.split = splitOf(options.split);
        if (!source.split)
            return Error{ErrorCode::InvalidInput, "--split is train, validation or test"};
    }
    if (!options.format.empty()) {
        source.read.format = data::fileFormatOf(options.format);
        if (!source.read.format)
            return Error{ErrorCode::InvalidInput, "--format is jsonl, json, csv, tsv, conll, parquet, arrow, folder, fasttext or txt"};
    }
    if (!options.encoding.empty())
        source.read.encoding = options.encoding;
    if (!options.delimiter.empty())
        source.read.delimiter = options.delimiter == "\\t" ? "\t" : options.delimiter;
    if (!options.rows.empty())
        source.read.rows = options.rows;
    if (options.tokenColumn > 0)
        source.read.tokenColumn = options.tokenColumn;
    if (options.tagColumn > 0)
        source.read.tagColumn = options.tagColumn;
    source.read.partner = options.partner;
    for (const std::string& label : options.labels) {
        const std::size_t equals = label.find('=');
        if (equals == std::string::npos)
            return Error{ErrorCode::InvalidInput, "--label " + label + ": expected a label of the file = what it shall be"};
        source.labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
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
    request.threads = options.threads;
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
    for (const jobs::ImportedSplit& one : outcome.versions) {
        json version{{"task", one.task}, {"split", wordOf(one.version.split)}, {"rows_in", one.version.rowsIn},
            {"rows_kept", one.version.rowsKept}, {"issues", countsJson(one.version.issues)}, {"hash", one.version.hash},
            {"lengths", {{"median", one.medianLength}, {"p99", one.longLength}}}};
        if (one.difference)
            version["difference"]
                = {{"added", one.difference->added}, {"removed", one.difference->removed}, {"same", one.difference->same}};
        out["versions"].push_back(std::move(version));
    }
    out["refused_total"] = outcome.refusedTotal;
    out["notes"] = outcome.notes;
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
    for (const std::string& note : outcome.notes)
        std::cerr << note << "\n";
    for (const jobs::ImportedSplit& one : outcome.versions)
        if (one.difference)
            std::cerr << one.task << " " << wordOf(one.version.split) << ": " << one.difference->added << " rows more and "
                      << one.difference->removed << " less than before, " << one.difference->same << " the same\n";
}

std::string refusalWords(const jobs::ImportOutcome& outcome, const std::string& onError)
{
    const auto rows = outcome.refusedTotal;
    if (rows == 0)
        return outcome.notes.empty() ? "." : ": " + outcome.notes.front() + ".";
    return ": " + std::to_string(rows) + (rows == 1 ? " row is refused. Correct it" : " rows are refused. Correct them")
        + (onError == "stop" ? ", or import with --on-error quarantine." : ".");
}

void addImport(CLI::App& app, Invocation& invocation)
{
    auto options = std::make_shared<ImportOptions>();
    CLI::App* command = addCommand(app, invocation, "import", "Files, task folders or folders of those into the project");
    command->add_option("paths", options->paths, "What to import")->required();
    command->add_option("--task", options->task, "Name of the task");
    command->add_option("--format", options->format, "jsonl, json, csv, tsv, conll, parquet, arrow, folder, fasttext or txt; detected otherwise");
    command->add_option("--encoding", options->encoding, "utf-8, utf-16le, utf-16be, latin-1, windows-1252, gb18030; detected otherwise");
    command->add_option("--delimiter", options->delimiter, "Between a table's columns");
    command->add_flag("--header", options->header, "The table's first row names its columns");
    command->add_flag("--no-header", options->noHeader, "The table has no header");
    command->add_option("--map", options->maps, "field=expression: a column, a.b[0], a+b, {a}\\n{b}, join(list, \", \"), words(n, 0=bad, 1=good) ...");
    command->add_option("--mapping", options->mapping, "A file of how to read, as “mapping” prints one");
    command->add_option("--label", options->labels, "a label of the file = what it shall be");
    command->add_option("--rows", options->rows, "Where the list of rows lies in JSON: data.items");
    command->add_option("--targets", options->partner, "The file of targets, line by line");
    command->add_option("--token-column", options->tokenColumn, "Of CoNLL, from 1");
    command->add_option("--tag-column", options->tagColumn, "Of CoNLL, from 1; the last one otherwise");
    command->add_option("--threads", options->threads, "0: as many as there are");
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
                std::cerr << "taskfold-cli: Nothing was imported" << refusalWords(outcome, options->badRows) << '\n';
            answer(invocation, importJson(outcome), importText(outcome));
            return outcome.accepted ? kDone : kRefused;
        };
    });
}

}  // namespace

void addImportCommands(CLI::App& app, Invocation& invocation)
{
    addImport(app, invocation);
    addRowCommands(app, invocation);
}

}  // namespace taskfold::cli
