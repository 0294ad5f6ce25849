#include "app/jobs/taskdata.h"

#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/core/hash.h"
#include "engine/data/heldouttexts.h"
#include "engine/data/rowstore.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

Result<TaskVersions> versionsOfTask(SQLite::Database& database, const Task& task)
{
    const db::DatasetRepository datasets(database);
    auto newest = datasets.newest(task.id);
    if (!newest)
        return std::move(newest).error();
    TaskVersions versions{task, *std::move(newest), 0};
    if (const auto train = versions.splits.find(Split::Train); train != versions.splits.end()) {
        const Result<std::int64_t> masked = datasets.maskCount(train->second.id);
        if (!masked)
            return masked.error();
        versions.masked = *masked;
    }
    return versions;
}

}  // namespace

std::int64_t TaskVersions::trainable() const
{
    const auto train = splits.find(Split::Train);
    return train == splits.end() ? 0 : train->second.rowsKept - masked;
}

Result<std::vector<TaskVersions>> versionsOf(SQLite::Database& database)
{
    const Result<std::vector<Task>> tasks = db::TaskRepository(database).all();
    if (!tasks)
        return tasks.error();
    std::vector<TaskVersions> all;
    for (const Task& task : *tasks) {
        Result<TaskVersions> versions = versionsOfTask(database, task);
        if (!versions)
            return std::move(versions).error();
        all.push_back(*std::move(versions));
    }
    return all;
}

std::string dataKey(const std::string& task, Split split)
{
    return task + "/" + std::string(wordOf(split));
}

Result<std::string> maskHash(SQLite::Database& database, const DatasetVersion& train)
{
    const Result<LineSet> masks = db::DatasetRepository(database).maskedLines(train.id);
    if (!masks)
        return masks.error();
    Sha256 hash;
    masks->each([&](std::int64_t line) { hash.add(std::to_string(line) + "\n"); });
    return hash.hex();
}

Result<std::unique_ptr<data::HeldOutTexts>> heldOutTexts(
    const Project& project, SQLite::Database& database, const std::stop_token& stop)
{
    const Result<std::vector<TaskVersions>> tasks = versionsOf(database);
    if (!tasks)
        return tasks.error();
    std::int64_t expected = 0;
    for (const TaskVersions& task : *tasks)
        for (const auto& [split, version] : task.splits)
            expected += split == Split::Train ? 0 : version.rowsKept;
    auto texts = std::make_unique<data::HeldOutTexts>(project.rows(), expected);
    for (const TaskVersions& task : *tasks)
        for (const auto& [split, version] : task.splits) {
            if (split == Split::Train)
                continue;
            const Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
            Result<void> added = rows ? texts->add(dataKey(task.task.name, split), *rows, stop) : Result<void>(rows.error());
            if (!added)
                return std::move(added).error();
        }
    Result<void> settled = texts->settle();
    return settled ? Result<std::unique_ptr<data::HeldOutTexts>>(std::move(texts)) : Result<std::unique_ptr<data::HeldOutTexts>>(std::move(settled).error());
}

Result<TaskVersions> frozenTask(SQLite::Database& database, const Plan& plan, const std::string& name)
{
    const Result<Task> task = db::TaskRepository(database).byName(name);
    if (!task)
        return task.error();
    Result<TaskVersions> versions = versionsOfTask(database, *task);
    if (!versions)
        return versions;
    const auto history = db::DatasetRepository(database).history(task->id);
    if (!history)
        return history.error();
    for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
        const auto frozen = plan.dataHashes.find(dataKey(name, split));
        if (frozen == plan.dataHashes.end()) {
            versions->splits.erase(split);
            continue;
        }
        const auto version = std::find_if(history->begin(), history->end(),
            [&](const DatasetVersion& one) { return one.split == split && one.hash == frozen->second; });
        if (version == history->end())
            return Error{ErrorCode::NotFound, "the plan's rows of " + dataKey(name, split) + " are gone: make the plan anew"};
        versions->splits[split] = *version;
    }
    if (const auto train = versions->splits.find(Split::Train); train != versions->splits.end()) {
        const Result<std::string> masks = maskHash(database, train->second);
        if (!masks)
            return masks.error();
        const auto frozen = plan.masks.find(name);
        if (frozen != plan.masks.end() && frozen->second != *masks)
            return Error{ErrorCode::InvalidInput,
                "other rows of " + name + " are masked now than when the plan was made, because tasks came or went: make the plan anew"};
    }
    return versions;
}

}  // namespace taskfold::jobs
