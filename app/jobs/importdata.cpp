#include "app/jobs/importdata.h"

#include "app/jobs/importcorpus.h"
#include "app/jobs/taskdata.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "db/transaction.h"
#include "engine/core/clock.h"
#include "engine/data/cleaning.h"
#include "engine/data/leaks.h"
#include "engine/data/rowstore.h"
#include "engine/data/sources.h"
#include "engine/data/splitting.h"
#include "engine/data/taskfile.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace taskfold::jobs {

namespace {

constexpr std::size_t kExamplesOfEach = 5;

// All rows of one split of one task on their way in.
struct Part {
    std::vector<data::RawRow> rows;
    std::vector<RowIssue> issues;
    std::vector<SourceFile> sources;
    std::int64_t rowsIn = 0;
    std::int64_t lines = 0;  // of the files so far: the next one's count on from there
    data::ReadOptions used;
};

struct ReadyTask {
    Task task;
    bool exists = false;
    std::map<Split, DatasetVersion> versions;
    std::map<Split, std::vector<RowIssue>> issues;
};

std::string settingsText(const data::ReadOptions& used, BadRows badRows)
{
    nlohmann::json json{{"format", used.format ? std::string(data::wordOf(*used.format)) : ""}, {"encoding", used.encoding},
        {"delimiter", used.delimiter},
        {"on_error", badRows == BadRows::Quarantine ? "quarantine" : badRows == BadRows::Stop ? "stop" : "skip"}};
    if (used.header)
        json["header"] = *used.header;
    return json.dump();
}

// One task's import, from its files to versions ready for the database.
class TaskImport {
public:
    TaskImport(const Project& project, const ImportSource& source, BadRows badRows, const JobContext& context)
        : m_project(project), m_source(source), m_badRows(badRows), m_context(context)
    {
    }

    Result<ReadyTask> run(const data::TaskSource& files, const std::optional<Task>& existing)
    {
        for (const data::SourceOf& file : files.files)
            if (Result<void> read = readFile(files.name, file); !read)
                return std::move(read).error();
        ReadyTask ready;
        if (Result<void> known = findTask(files, existing, ready); !known)
            return std::move(known).error();
        clean(ready.task);
        split(ready.task);
        for (auto& [split, part] : m_parts)
            if (Result<void> stored = store(split, part, ready); !stored)
                return std::move(stored).error();
        return ready;
    }

private:
    static constexpr int kUnsplit = 3;

    static int keyOf(std::optional<Split> split) { return split ? static_cast<int>(*split) : kUnsplit; }

    Result<void> readFile(const std::string& name, const data::SourceOf& source)
    {
        const std::string label = name + "/" + source.file.filename().string();
        Result<data::OpenFile> file = data::openFile(source.file, m_source.read);
        if (!file)
            return std::move(file).error().within(label);
        Part& part = m_parts[keyOf(m_source.split ? m_source.split : source.split)];
        part.used = file->used;
        part.sources.push_back({source.file.string(), file->sha256, file->bytes});
        const std::int64_t offset = part.lines;
        data::ReadTold told;
        told.record = [&](const data::Record& record) { take(part, record, source.file, offset, file->used.columns); };
        told.issue = [&](RowIssue issue) {
            ++part.rowsIn;
            part.lines = std::max(part.lines, offset + issue.line);
            part.issues.push_back(std::move(issue));
        };
        told.progress = [&](std::int64_t done, std::int64_t total) {
            if (m_context.report)
                m_context.report({done, total, {}, "reading " + label});
        };
        return data::readRecords(*file, source.file.string(), told, 0, m_context.stop);
    }

    void take(Part& part, const data::Record& record, const std::filesystem::path& file, std::int64_t offset,
        const std::map<std::string, std::string>& columns)
    {
        ++part.rowsIn;
        part.lines = std::max(part.lines, offset + record.line);
        auto raw = data::rowOf(record, columns, file.string(), part.issues);
        if (!raw)
            return;
        raw->row.line += offset;
        part.rows.push_back(*std::move(raw));
    }

    Result<void> findTask(const data::TaskSource& files, const std::optional<Task>& existing, ReadyTask& ready)
    {
        if (existing) {
            ready.exists = true;
            ready.task = *existing;
            return {};
        }
        if (!files.taskFile.empty()) {
            Result<Task> task = data::readTaskFile(files.taskFile);
            if (!task)
                return std::move(task).error();
            ready.task = *std::move(task);
        } else {
            std::vector<Row> rows;
            for (const auto& [key, part] : m_parts)
                if (key == keyOf(Split::Train) || key == kUnsplit)
                    for (const data::RawRow& raw : part.rows)
                        rows.push_back(raw.row);
            ready.task = data::guessedTask(files.name, rows);
        }
        if (!m_source.task.empty())
            ready.task.name = m_source.task;
        return {};
    }

    void clean(const Task& task)
    {
        for (auto& [key, part] : m_parts) {
            if (m_context.report)
                m_context.report({0, 0, {}, "checking " + task.name});
            data::checkLabels(task, part.rows, part.issues);
            data::deduplicate(task, part.rows, part.issues);
        }
    }

    // Rows whose file says nothing of a split go where their column says, else 80/10/10.
    void split(const Task& task)
    {
        if (const auto whole = m_parts.find(kUnsplit); whole != m_parts.end()) {
            Part unsplit = std::move(whole->second);
            m_parts.erase(whole);
            splitUp(task, std::move(unsplit));
        }
        const auto train = m_parts.find(keyOf(Split::Train));
        const bool judged = m_parts.contains(keyOf(Split::Test)) && !m_parts.contains(keyOf(Split::Validation));
        if (train != m_parts.end() && judged && !m_source.split) {
            Part& validation = m_parts[keyOf(Split::Validation)];
            validation.rows = data::takeValidation(train->second.rows);
            validation.rowsIn = static_cast<std::int64_t>(validation.rows.size());
            train->second.rowsIn -= validation.rowsIn;
            validation.sources = train->second.sources;
            validation.used = train->second.used;
        }
    }

    void splitUp(const Task& task, Part unsplit)
    {
        const auto read = static_cast<std::int64_t>(unsplit.rows.size());
        std::map<Split, std::vector<data::RawRow>> parts;
        const bool named = std::any_of(unsplit.rows.begin(), unsplit.rows.end(),
            [](const data::RawRow& raw) { return raw.split.has_value(); });
        if (named) {
            for (data::RawRow& raw : unsplit.rows) {
                const auto split = raw.split ? data::splitOfName(*raw.split) : std::nullopt;
                parts[split.value_or(Split::Train)].push_back(std::move(raw));
            }
        } else {
            parts = data::splitUp(task, std::move(unsplit.rows));
        }
        for (auto& [split, rows] : parts) {
            Part& part = m_parts[keyOf(split)];
            part.rowsIn += static_cast<std::int64_t>(rows.size());
            part.rows.insert(part.rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
            part.sources.insert(part.sources.end(), unsplit.sources.begin(), unsplit.sources.end());
            part.used = unsplit.used;
        }
        Part& train = m_parts[keyOf(Split::Train)];  // bad rows have no split: they are told with the training rows
        train.used = unsplit.used;
        if (train.sources.empty())
            train.sources = unsplit.sources;
        train.rowsIn += unsplit.rowsIn - read;
        train.issues.insert(train.issues.end(), unsplit.issues.begin(), unsplit.issues.end());
    }

    Result<void> store(int key, Part& part, ReadyTask& ready)
    {
        const auto split = static_cast<Split>(key);
        std::vector<Row> rows;
        DatasetVersion version;
        for (data::RawRow& raw : part.rows) {
            version.bytesKept += static_cast<std::int64_t>(raw.row.input.size() + raw.row.target.size());
            rows.push_back(std::move(raw.row));
        }
        Result<std::string> hash = data::writeRows(m_project.rows(), rows);
        if (!hash)
            return std::move(hash).error();
        if (m_badRows == BadRows::Skip)
            for (RowIssue& issue : part.issues)
                if (issue.action == IssueAction::Quarantined)
                    issue.action = IssueAction::Dropped;
        std::sort(part.issues.begin(), part.issues.end(),
            [](const RowIssue& a, const RowIssue& b) { return std::tie(a.file, a.line) < std::tie(b.file, b.line); });
        version.split = split;
        version.hash = *std::move(hash);
        version.sources = part.sources;
        version.mapping.columns = part.used.columns;
        version.settings = settingsText(part.used, m_badRows);
        version.rowsIn = part.rowsIn;
        version.rowsKept = static_cast<std::int64_t>(rows.size());
        for (const RowIssue& issue : part.issues)
            ++version.issues[issue.reason];
        version.created = nowUtc();
        ready.versions[split] = std::move(version);
        ready.issues[split] = std::move(part.issues);
        return {};
    }

    const Project& m_project;
    const ImportSource& m_source;
    BadRows m_badRows;
    const JobContext& m_context;
    std::map<int, Part> m_parts;
};

std::optional<Task> taskNamed(const std::vector<Task>& tasks, const std::string& name)
{
    for (const Task& task : tasks)
        if (task.name == name)
            return task;
    return std::nullopt;
}

// The name that a source's task will have in the project.
Result<std::string> nameOf(const ImportSource& source, const data::TaskSource& files)
{
    if (!source.task.empty())
        return source.task;
    if (files.taskFile.empty())
        return files.name;
    const Result<Task> task = data::readTaskFile(files.taskFile);
    if (!task)
        return task.error();
    return task->name;
}

void addTo(ImportOutcome& outcome, const ReadyTask& ready, BadRows badRows)
{
    std::int64_t kept = 0;
    std::map<Reason, std::size_t> shown;
    for (const auto& [split, version] : ready.versions) {
        outcome.versions.push_back({ready.task.name, version});
        kept += version.rowsKept;
        for (const RowIssue& issue : ready.issues.at(split)) {
            if (issue.action == IssueAction::Quarantined)
                outcome.refused.push_back(issue);
            if (shown[issue.reason]++ < kExamplesOfEach)
                outcome.examples.push_back(issue);
        }
    }
    if (kept == 0 || (badRows == BadRows::Stop && !outcome.refused.empty()))
        outcome.accepted = false;
}

Result<void> write(SQLite::Database& database, std::vector<ReadyTask>& tasks, ImportOutcome& outcome)
{
    db::TaskRepository repository(database);
    db::DatasetRepository datasets(database);
    for (ReadyTask& ready : tasks) {
        Result<TaskId> id = ready.exists ? Result<TaskId>(ready.task.id) : repository.put(ready.task);
        if (!id)
            return std::move(id).error();
        for (auto& [split, version] : ready.versions) {
            version.task = *id;
            const Result<VersionId> added = datasets.add(version, ready.issues[split]);
            if (!added)
                return added.error();
            for (ImportedSplit& one : outcome.versions)
                if (one.task == ready.task.name && one.version.split == split) {
                    one.version.id = *added;
                    one.version.task = *id;
                }
        }
    }
    return {};
}

// What the import was asked for, read and checked, but not yet in the database.
struct Gathered {
    std::vector<ReadyTask> tasks;
    std::vector<Corpus> corpora;
};

Result<Gathered> gather(const Project& project, const ImportRequest& request, const std::vector<Task>& existing,
    ImportOutcome& outcome, const JobContext& context)
{
    Gathered gathered;
    for (const ImportSource& source : request.sources) {
        if (source.corpus) {
            Result<Corpus> corpus = readCorpus(project, source, outcome, context);
            if (!corpus)
                return std::move(corpus).error();
            gathered.corpora.push_back(*std::move(corpus));
            continue;
        }
        Result<std::vector<data::TaskSource>> found = data::findTasks(source.path);
        if (!found)
            return std::move(found).error();
        if (found->size() > 1 && !source.task.empty())
            return Error{ErrorCode::InvalidInput, source.path.string() + " holds several tasks: leave out the name"};
        for (const data::TaskSource& files : *found) {
            const Result<std::string> name = nameOf(source, files);
            if (!name)
                return name.error();
            TaskImport import(project, source, request.badRows, context);
            Result<ReadyTask> ready = import.run(files, taskNamed(existing, *name));
            if (!ready)
                return std::move(ready).error();
            addTo(outcome, *ready, request.badRows);
            gathered.tasks.push_back(*std::move(ready));
        }
    }
    return gathered;
}

}  // namespace

Result<ImportOutcome> importData(const Project& project, const ImportRequest& request, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<Task>> existing = db::TaskRepository(**connection).all();
    if (!existing)
        return existing.error();
    ImportOutcome outcome;
    Result<Gathered> gathered = gather(project, request, *existing, outcome, context);
    if (!gathered)
        return std::move(gathered).error();
    outcome.corpora = gathered->corpora;
    if (!outcome.accepted || request.dryRun)
        return outcome;
    Result<void> written = db::inTransaction(**connection, [&]() -> Result<void> {
        if (Result<void> tasks = write(**connection, gathered->tasks, outcome); !tasks)
            return tasks;
        return writeCorpora(**connection, gathered->corpora);
    });
    if (!written)
        return std::move(written).error();
    if (Result<void> masked = refreshMasks(project, context); !masked)
        return std::move(masked).error();
    return outcome;
}

Result<void> refreshMasks(const Project& project, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!tasks)
        return tasks.error();
    data::HeldOut held;
    for (const TaskVersions& task : *tasks)
        for (const Split split : {Split::Validation, Split::Test}) {
            const auto version = task.splits.find(split);
            if (version == task.splits.end())
                continue;
            const Result<data::RowFile> rows = data::RowFile::open(project.rows(), version->second.hash);
            if (!rows)
                return rows.error();
            held.add(task.task.name, split, *rows);
        }
    db::DatasetRepository datasets(**connection);
    std::int64_t done = 0;
    for (const TaskVersions& task : *tasks) {
        if (context.stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (context.report)
            context.report({++done, static_cast<std::int64_t>(tasks->size()), {}, "looking for leaks"});
        const auto train = task.splits.find(Split::Train);
        if (train == task.splits.end())
            continue;
        const Result<data::RowFile> rows = data::RowFile::open(project.rows(), train->second.hash);
        if (!rows)
            return rows.error();
        if (Result<void> set = datasets.setMasks(train->second.id, held.masksFor(*rows)); !set)
            return set;
    }
    return {};
}

}  // namespace taskfold::jobs
