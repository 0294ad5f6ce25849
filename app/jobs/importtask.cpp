#include "app/jobs/importtask.h"

#include "engine/core/clock.h"
#include "engine/data/sealedfile.h"
#include "engine/data/taskfile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace taskfold::jobs {

namespace {

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

void sortFiles(TaskFiles& task)
{
    std::sort(task.files.begin(), task.files.end(),
        [](const TaskFiles::One& a, const TaskFiles::One& b) { return a.file.file < b.file.file; });
    const auto last = std::unique(task.files.begin(), task.files.end(),
        [](const TaskFiles::One& a, const TaskFiles::One& b) { return a.file.file == b.file.file; });
    task.files.erase(last, task.files.end());
}

class TaskImport {
public:
    TaskImport(const TaskFiles& files, const ImportRequest& request, const JobContext& context)
        : m_files(files)
        , m_request(request)
        , m_context(context)
    {
    }

    Result<ReadyTask> run(const Project& project, const std::optional<Task>& existing, ImportOutcome& outcome)
    {
        ReadyTask ready;
        ready.exists = existing.has_value();
        Result<Task> known = declared(existing);
        if (!known)
            return std::move(known).error();
        ready.task = *std::move(known);
        const bool guessed = !existing && m_files.taskFile.empty();
        data::Intake intake(settingsFor(project, ready.task));
        if (Result<void> read = readFiles(intake); !read)
            return std::move(read).error();
        data::Intake::Finish how;
        if (guessed)
            guess(intake.counts(), ready.task, how);
        how.kind = ready.task.kind;
        how.choosesLabels = choosesLabels(ready.task);
        how.takeValidation = std::none_of(m_files.files.begin(), m_files.files.end(),
            [](const TaskFiles::One& one) { return one.source->split.has_value(); });
        how.progress = [this](std::int64_t done, std::int64_t total) { report(done, total, "writing " + m_files.name); };
        auto splits = intake.finish(how, m_context.stop);
        if (!splits)
            return std::move(splits).error();
        ready.splits = *std::move(splits);
        describe(ready, intake, outcome);
        return ready;
    }

private:
    void report(std::int64_t done, std::int64_t total, const std::string& phase) const
    {
        if (m_context.report)
            m_context.report({done, total, {}, phase});
    }

    Result<Task> declared(const std::optional<Task>& existing) const
    {
        if (existing)
            return *existing;
        Task task;
        if (!m_files.taskFile.empty()) {
            Result<Task> read = data::readTaskFile(m_files.taskFile);
            if (!read)
                return read;
            task = *std::move(read);
        }
        task.name = m_files.name;
        return task;
    }

    data::IntakeSettings settingsFor(const Project& project, const Task& task) const
    {
        data::IntakeSettings settings;
        settings.folder = project.rows();
        settings.threads = m_request.threads;
        settings.choosesLabels = choosesLabels(task);
        settings.labels = task.labels;
        settings.skipBad = m_request.badRows == BadRows::Skip;
        for (const TaskFiles::One& one : m_files.files)
            settings.renamedLabels.insert(one.source->labels.begin(), one.source->labels.end());
        return settings;
    }

    Result<void> readFiles(data::Intake& intake)
    {
        std::int64_t before = 0, total = 0;
        std::vector<data::OpenFile> opened;
        for (const TaskFiles::One& one : m_files.files) {
            data::ReadOptions options = one.source->read;
            if (!one.file.partner.empty())
                options.partner = one.file.partner;
            Result<data::OpenFile> file = data::openFile(one.file.file, options);
            if (!file)
                return std::move(file).error().within(labelOf(one));
            total += file->bytes;
            opened.push_back(*std::move(file));
        }
        for (std::size_t i = 0; i < opened.size(); ++i) {
            const TaskFiles::One& one = m_files.files[i];
            const std::string phase = "reading " + labelOf(one);
            Result<void> read = intake.read(opened[i], one.source->split ? one.source->split : one.file.split,
                [&](std::int64_t done, std::int64_t) { report(before + done, total, phase); }, m_context.stop);
            if (!read)
                return std::move(read).error().within(labelOf(one));
            before += opened[i].bytes;
            m_used = opened[i].used;
            for (const data::Guess& found : opened[i].guesses)
                m_pair = m_pair || (found.what == "kind" && found.value == "pair-classification");
        }
        return {};
    }

    std::string labelOf(const TaskFiles::One& one) const { return m_files.name + "/" + one.file.file.filename().string(); }

    void guess(const data::TargetCounts& counts, Task& task, data::Intake::Finish& how) const
    {
        task = data::guessedTask(m_files.name, counts);
        if (task.kind != TaskKind::Classification)
            return;
        how.variants = data::variantsOf(counts);
        if (m_pair)
            task.kind = TaskKind::PairClassification;
    }

    void describe(ReadyTask& ready, const data::Intake& intake, ImportOutcome& outcome) const
    {
        std::int64_t kept = 0, came = 0;
        for (auto& [split, one] : ready.splits) {
            came += one.version.rowsIn;
            one.version.mapping.columns = m_used.columns;
            one.version.settings = settingsText(m_used, *m_files.files.front().source, m_request.badRows);
            one.version.created = nowUtc();
            kept += one.version.rowsKept;
            outcome.versions.push_back({ready.task.name, one.version, intake.counts().lengthAt(0.5), intake.counts().lengthAt(0.99), {}});
            if (one.version.rowsKept == 0)
                outcome.notes.push_back(ready.task.name + ": the " + std::string(wordOf(split)) + " split is empty");
        }
        outcome.refused.insert(outcome.refused.end(), intake.refused().begin(), intake.refused().end());
        outcome.refusedTotal += intake.refusedTotal();
        outcome.examples.insert(outcome.examples.end(), intake.examples().begin(), intake.examples().end());
        if (kept == 0 || (m_request.badRows == BadRows::Stop && intake.refusedTotal() > 0))
            outcome.accepted = false;
        if (kept == 0)
            outcome.notes.push_back(ready.task.name + (came == 0 ? ": its files are empty: there is no row in them" : ": no row is left to import"));
    }

    const TaskFiles& m_files;
    const ImportRequest& m_request;
    const JobContext& m_context;
    data::ReadOptions m_used;
    bool m_pair = false;
};

}  // namespace

Result<std::vector<TaskFiles>> filesByTask(const ImportRequest& request)
{
    std::map<std::string, TaskFiles> tasks;
    for (const ImportSource& source : request.sources) {
        if (source.corpus)
            continue;
        Result<std::vector<data::TaskSource>> found = data::findTasks(source.path);
        if (!found)
            return std::move(found).error();
        for (const data::TaskSource& files : *found) {
            const Result<std::string> name = nameOf(source, files);
            if (!name)
                return name.error();
            TaskFiles& task = tasks[*name];
            task.name = *name;
            if (!files.taskFile.empty())
                task.taskFile = files.taskFile;
            for (const data::SourceOf& file : files.files)
                task.files.push_back({file, &source});
        }
    }
    std::vector<TaskFiles> all;
    for (auto& [name, task] : tasks) {
        sortFiles(task);
        all.push_back(std::move(task));
    }
    return all;
}

Result<ReadyTask> readTask(const Project& project, const TaskFiles& files, const std::optional<Task>& existing,
    const ImportRequest& request, ImportOutcome& outcome, const JobContext& context)
{
    return TaskImport(files, request, context).run(project, existing, outcome);
}

std::string settingsText(const data::ReadOptions& used, const ImportSource& source, BadRows badRows)
{
    nlohmann::json json{{"format", used.format ? std::string(data::wordOf(*used.format)) : ""}, {"encoding", used.encoding},
        {"delimiter", used.delimiter},
        {"on_error", badRows == BadRows::Quarantine ? "quarantine" : badRows == BadRows::Stop ? "stop" : "skip"}};
    if (used.header)
        json["header"] = *used.header;
    if (used.quotes)
        json["quotes"] = *used.quotes;
    if (used.escapes)
        json["escapes"] = *used.escapes;
    if (!used.rows.empty())
        json["rows"] = used.rows;
    if (used.tokenColumn)
        json["token_column"] = *used.tokenColumn;
    if (used.tagColumn)
        json["tag_column"] = *used.tagColumn;
    if (!source.labels.empty())
        json["labels"] = source.labels;
    return json.dump();
}

}  // namespace taskfold::jobs
