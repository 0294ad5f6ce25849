#include "app/jobs/mappingfile.h"

#include "app/jobs/importtask.h"
#include "app/jobs/volumes.h"
#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/data/mapping.h"
#include "engine/data/rowexport.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <functional>
#include <sstream>

namespace taskfold::jobs {

namespace {

using nlohmann::json;

Error wrong(const std::string& words)
{
    return {ErrorCode::InvalidInput, "the mapping can't be used: " + words};
}

void take(const json& from, const char* name, std::string& into)
{
    if (from.contains(name) && from[name].is_string())
        into = from[name];
}

template <typename Value>
void take(const json& from, const char* name, std::optional<Value>& into)
{
    if (from.contains(name) && !from[name].is_null())
        into = from[name].get<Value>();
}

Result<void> use(const json& given, ImportSource& source)
{
    if (!given.is_object())
        return wrong("expected an object with columns, format and so on");
    std::string format;
    take(given, "format", format);
    if (!format.empty()) {
        source.read.format = data::fileFormatOf(format);
        if (!source.read.format)
            return wrong("the format “" + format + "” isn't known");
    }
    take(given, "encoding", source.read.encoding);
    take(given, "delimiter", source.read.delimiter);
    take(given, "rows", source.read.rows);
    take(given, "header", source.read.header);
    take(given, "quotes", source.read.quotes);
    take(given, "escapes", source.read.escapes);
    take(given, "token_column", source.read.tokenColumn);
    take(given, "tag_column", source.read.tagColumn);
    if (given.contains("columns"))
        for (const auto& [field, expression] : given["columns"].items()) {
            source.read.columns[field == "label" ? "target" : field] = expression.get<std::string>();
            if (const auto compiled = data::Expression::compile(expression.get<std::string>()); !compiled)
                return compiled.error();
        }
    if (given.contains("labels"))
        source.labels = given["labels"].get<std::map<std::string, std::string>>();
    return {};
}

// A text cell that a spreadsheet would take for a formula gets an apostrophe in front.
std::string cell(std::string text)
{
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
        text.insert(0, "'");
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

std::string mappingText(const DatasetVersion& version)
{
    json text = json::parse(version.settings, nullptr, false);
    if (!text.is_object())
        text = json::object();
    text.erase("on_error");
    text["columns"] = version.mapping.columns;
    return text.dump(2);
}

Result<void> useMapping(const std::string& text, ImportSource& source)
{
    try {
        return use(json::parse(text), source);
    } catch (const json::exception& failure) {
        return wrong(failure.what());
    }
}

Result<void> useMappingFile(const std::filesystem::path& file, ImportSource& source)
{
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    if (!in)
        return Error{ErrorCode::NotFound, file.string() + " can't be read"};
    return useMapping(text.str(), source);
}

Result<void> saveMapping(const ImportSource& source, const std::filesystem::path& file, const std::filesystem::path& to)
{
    const Result<data::OpenFile> opened = data::openFile(file.empty() ? source.path : file, source.read);
    if (!opened)
        return opened.error();
    DatasetVersion version;
    version.mapping.columns = opened->used.columns;
    version.settings = settingsText(opened->used, source, BadRows::Quarantine);
    std::ofstream out(to, std::ios::binary);
    out << mappingText(version) << '\n';
    out.close();
    if (!out)
        return Error{errno == ENOSPC ? ErrorCode::DiskFull : ErrorCode::Io, to.string() + " can't be written"};
    return {};
}

Result<SourceLabels> labelsOf(const Project& project, const ImportSource& source, const std::filesystem::path& file, const JobContext& context)
{
    constexpr std::size_t kShown = 2000;
    const Result<data::OpenFile> opened = data::openFile(file.empty() ? source.path : file, source.read);
    if (!opened)
        return opened.error();
    data::IntakeSettings settings;
    settings.folder = project.rows();
    data::Intake intake(std::move(settings));
    const auto progress = [&](std::int64_t done, std::int64_t total) {
        if (context.report)
            context.report({done, total, {}, "counting labels"});
    };
    if (Result<void> read = intake.read(*opened, Split::Train, progress, context.stop); !read)
        return std::move(read).error();
    SourceLabels found;
    for (const auto& [hash, one] : intake.counts().targets)
        found.counts.emplace_back(one.text, one.count);
    if (intake.counts().many || found.counts.size() > kShown)
        return Error{ErrorCode::InvalidInput, "the targets are " + std::to_string(kShown) + " different texts or more: they are no labels"};
    std::sort(found.counts.begin(), found.counts.end(),
        [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
    if (Result<db::Connection> connection = openExisting(project))
        if (const Result<Task> task = db::TaskRepository(**connection).byName(source.task))
            found.declared = task->labels;
    return found;
}

Result<std::string> mappingOfTask(const Project& project, const std::string& name)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Task> task = db::TaskRepository(**connection).byName(name);
    if (!task)
        return task.error();
    const auto versions = db::DatasetRepository(**connection).newest(task->id);
    if (!versions)
        return versions.error();
    if (versions->empty())
        return Error{ErrorCode::NotFound, name + " has no rows"};
    return mappingText(versions->begin()->second);
}

Result<std::int64_t> exportTaskRows(const Project& project, const std::string& name, Split split,
    const std::filesystem::path& out, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Task> task = db::TaskRepository(**connection).byName(name);
    if (!task)
        return task.error();
    const db::DatasetRepository datasets(**connection);
    const auto versions = datasets.newest(task->id);
    if (!versions)
        return versions.error();
    const auto version = versions->find(split);
    if (version == versions->end())
        return Error{ErrorCode::NotFound, name + " has no " + std::string(wordOf(split)) + " split"};
    const Result<LineSet> masks = datasets.maskedLines(version->second.id);
    if (!masks)
        return masks.error();
    return data::exportRows(project.rows(), version->second.hash, out,
        [&](std::int64_t line) { return masks->contains(line); }, context.stop);
}

Result<std::int64_t> exportDocuments(const Project& project, CorpusId id, Split split, const std::filesystem::path& out, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Corpus> corpus = db::CorpusRepository(**connection).byId(id);
    if (!corpus)
        return corpus.error();
    return data::exportRows(project.rows(), split == Split::Train ? corpus->hash : corpus->heldOutHash, out,
        [](std::int64_t) { return false; }, context.stop);
}

namespace {

// All of them, a page at a time, as CSV.
Result<std::int64_t> writeIssues(const std::filesystem::path& out, const std::function<Result<std::vector<RowIssue>>(const IssuesWanted&)>& page)
{
    constexpr std::int64_t kAtOnce = 20'000;
    std::ofstream file(out, std::ios::binary);
    file << "file,line,field,reason,action,detail,excerpt\n";
    std::int64_t count = 0;
    for (;;) {
        const auto issues = page({std::nullopt, std::nullopt, count, kAtOnce});
        if (!issues)
            return issues.error();
        for (const RowIssue& issue : *issues)
            file << cell(issue.file) << ',' << issue.line << ',' << cell(issue.field) << ',' << wordOf(issue.reason) << ','
                 << wordOf(issue.action) << ',' << cell(issue.detail) << ',' << cell(issue.excerpt) << '\n';
        count += static_cast<std::int64_t>(issues->size());
        if (static_cast<std::int64_t>(issues->size()) < kAtOnce)
            break;
    }
    file.close();
    if (!file)
        return Error{errno == ENOSPC ? ErrorCode::DiskFull : ErrorCode::Io, out.string() + " can't be written"};
    return count;
}

}  // namespace

Result<std::int64_t> exportIssues(const Project& project, const std::string& task, const std::filesystem::path& out)
{
    return writeIssues(out, [&](const IssuesWanted& wanted) { return issuesOf(project, task, wanted); });
}

Result<std::int64_t> exportCorpusIssues(const Project& project, CorpusId corpus, const std::filesystem::path& out)
{
    return writeIssues(out, [&](const IssuesWanted& wanted) { return corpusIssuesOf(project, corpus, wanted); });
}

}  // namespace taskfold::jobs
