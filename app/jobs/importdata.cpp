#include "app/jobs/importdata.h"

#include "app/jobs/importcorpus.h"
#include "app/jobs/importtask.h"
#include "app/jobs/leakmasks.h"
#include "app/jobs/rowsfolder.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "db/transaction.h"
#include "engine/data/rowdifference.h"
#include "engine/data/rowstore.h"
#include "engine/data/sealedfile.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

std::optional<Task> taskNamed(const std::vector<Task>& tasks, const std::string& name)
{
    for (const Task& task : tasks)
        if (task.name == name)
            return task;
    return std::nullopt;
}

// What the import was asked for, read and checked, but not yet in the database; its files have no names.
struct Gathered {
    std::vector<ReadyTask> tasks;
    std::vector<ReadyCorpus> corpora;
};

Result<Gathered> gather(const Project& project, const ImportRequest& request, const std::vector<Task>& existing,
    ImportOutcome& outcome, const JobContext& context)
{
    Gathered gathered;
    const Result<std::vector<TaskFiles>> tasks = filesByTask(request);
    if (!tasks)
        return tasks.error();
    for (const TaskFiles& files : *tasks) {
        Result<ReadyTask> ready = readTask(project, files, taskNamed(existing, files.name), request, outcome, context);
        if (!ready)
            return std::move(ready).error();
        gathered.tasks.push_back(*std::move(ready));
    }
    for (const ImportSource& source : request.sources) {
        if (!source.corpus)
            continue;
        Result<ReadyCorpus> corpus = readCorpus(project, source, outcome, context);
        if (!corpus)
            return std::move(corpus).error();
        outcome.corpora.push_back(corpus->corpus);
        gathered.corpora.push_back(*std::move(corpus));
    }
    return gathered;
}

Result<void> sync(Gathered& gathered)
{
    std::vector<data::SealedFile*> files;
    for (ReadyTask& task : gathered.tasks)
        for (auto& [split, one] : task.splits)
            files.insert(files.end(), {one.rows.get(), one.issues.get()});
    for (ReadyCorpus& corpus : gathered.corpora)
        files.insert(files.end(), {corpus.rows.get(), corpus.heldOut.get(), corpus.issues.get()});
    for (data::SealedFile* file : files)
        if (file)
            if (Result<void> done = file->sync(); !done)
                return done;
    return {};
}

Result<void> publish(const Project& project, data::SealedFile* file, const std::string& hash)
{
    return file ? file->publish(data::rowsPath(project.rows(), hash)) : Result<void>{};
}

Result<void> writeTask(const Project& project, SQLite::Database& database, ReadyTask& ready, ImportOutcome& outcome)
{
    Result<TaskId> id = ready.exists ? Result<TaskId>(ready.task.id) : db::TaskRepository(database).put(ready.task);
    if (!id)
        return std::move(id).error();
    for (auto& [split, one] : ready.splits) {
        if (Result<void> named = publish(project, one.rows.get(), one.version.hash); !named)
            return named;
        if (Result<void> named = publish(project, one.issues.get(), one.version.issuesHash); !named)
            return named;
        one.version.task = *id;
        const Result<VersionId> added = db::DatasetRepository(database).add(one.version);
        if (!added)
            return added.error();
        for (ImportedSplit& told : outcome.versions)
            if (told.task == ready.task.name && told.version.split == split) {
                told.version.id = *added;
                told.version.task = *id;
            }
    }
    return {};
}

// Everything at once: names on the disk and rows in the database.
Result<void> write(const Project& project, SQLite::Database& database, Gathered& gathered, ImportOutcome& outcome)
{
    Result<void> written = db::inTransaction(database, [&]() -> Result<void> {
        for (ReadyTask& ready : gathered.tasks)
            if (Result<void> done = writeTask(project, database, ready, outcome); !done)
                return done;
        for (ReadyCorpus& ready : gathered.corpora) {
            if (Result<void> named = publish(project, ready.rows.get(), ready.corpus.hash); !named)
                return named;
            if (Result<void> named = publish(project, ready.heldOut.get(), ready.corpus.heldOutHash); !named)
                return named;
            if (Result<void> named = publish(project, ready.issues.get(), ready.issuesHash); !named)
                return named;
        }
        data::syncFolder(project.rows());
        if (Result<void> noted = noteOldMasks(database); !noted)
            return noted;
        return writeCorpora(database, gathered.corpora);
    });
    return written;
}

// How each split differs from the newest version that there was of it.
Result<void> compare(const Project& project, SQLite::Database& database, const std::vector<Task>& existing, ImportOutcome& outcome)
{
    for (ImportedSplit& one : outcome.versions) {
        const auto task = taskNamed(existing, one.task);
        if (!task)
            continue;
        const auto history = db::DatasetRepository(database).history(task->id);
        if (!history)
            return history.error();
        const DatasetVersion* before = nullptr;
        for (const DatasetVersion& version : *history)
            if (version.split == one.version.split && version.id != one.version.id)
                before = &version;
        if (!before)
            continue;
        const auto difference = data::differenceOf(project.rows(), before->hash, one.version.hash);
        if (!difference)
            continue;  // what was there before may be gone
        one.difference = VersionDifference{difference->added, difference->removed, difference->same};
    }
    return {};
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
    if (!outcome.accepted || request.dryRun)
        return outcome;
    if (context.report)
        context.report({0, 0, {}, "writing to the disk"});
    Result<void> written = sync(*gathered);
    if (written && context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    const RowsLock lock(project);
    if (written)
        written = write(project, **connection, *gathered, outcome);
    if (!written)
        return std::move(written).error();
    if (Result<void> compared = compare(project, **connection, *existing, outcome); !compared)
        return std::move(compared).error();
    // From here on the import stands: no stop leaves it without its masks, and after a kill the next one who opens the
    // project makes them.
    if (Result<void> masked = refreshMasksIn(project, **connection, {{}, context.report}); !masked)
        return std::move(masked).error();
    return outcome;
}

}  // namespace taskfold::jobs
