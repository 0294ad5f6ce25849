#include "app/jobs/relabel.h"

#include "app/jobs/importdata.h"
#include "app/jobs/leakmasks.h"
#include "app/jobs/rowsfolder.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "db/transaction.h"
#include "engine/core/clock.h"
#include "engine/data/rowswriter.h"
#include "engine/data/sealedfile.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace taskfold::jobs {

namespace {

using Renamed = std::map<std::string, std::string>;

std::string renamedOf(const Renamed& renamed, const std::string& label)
{
    const auto found = renamed.find(label);
    return found == renamed.end() ? label : found->second;
}

// Each once, in the order of the first.
std::vector<std::string> mergedLabels(const std::vector<std::string>& labels, const Renamed& renamed)
{
    std::vector<std::string> merged;
    for (const std::string& label : labels)
        if (std::string now = renamedOf(renamed, label); std::find(merged.begin(), merged.end(), now) == merged.end())
            merged.push_back(std::move(now));
    return merged;
}

// How its files were read says from now on what their labels become, so that they are read again to the same rows.
std::string mergedSettings(const std::string& settings, const Renamed& renamed)
{
    auto json = nlohmann::json::parse(settings, nullptr, false);
    if (!json.is_object())
        return settings;
    Renamed labels = json.value("labels", Renamed{});
    for (auto& [from, to] : labels)
        to = renamedOf(renamed, to);
    labels.insert(renamed.begin(), renamed.end());
    json["labels"] = labels;
    return json.dump();
}

struct Made {
    DatasetVersion version;
    data::UnnamedRows rows;
};

Result<Made> relabelled(const Project& project, const DatasetVersion& version, const Renamed& renamed, const JobContext& context)
{
    const Result<data::RowFile> file = data::RowFile::open(project.rows(), version.hash);
    if (!file)
        return file.error();
    data::RowsWriter writer(project.rows());
    Result<void> written;
    std::int64_t bytes = 0;
    file->each([&](std::int64_t i) {
        Row row = file->row(i);
        row.target = renamedOf(renamed, row.target);
        bytes += static_cast<std::int64_t>(row.input.size() + row.target.size());
        written = writer.add(row);
        return written && !context.stop.stop_requested();
    });
    if (context.stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    Result<data::UnnamedRows> rows = written ? writer.finish() : Result<data::UnnamedRows>(std::move(written).error());
    if (!rows)
        return std::move(rows).error();
    Made made{version, *std::move(rows)};
    made.version.hash = made.rows.hash;
    made.version.bytesKept = bytes;
    made.version.settings = mergedSettings(version.settings, renamed);
    return made;
}

// As the newest of their splits, with their issues.
Result<void> add(SQLite::Database& database, TaskId id, const std::vector<std::string>& labels, const std::vector<DatasetVersion>& versions)
{
    db::DatasetRepository datasets(database);
    for (DatasetVersion version : versions) {
        Result<std::vector<RowIssue>> issues = version.issuesHash.empty()
            ? datasets.issues(version.id, std::nullopt, 0, 1'000'000)
            : Result<std::vector<RowIssue>>(std::vector<RowIssue>{});
        if (!issues)
            return std::move(issues).error();
        if (!issues->empty())
            version.issueActions.clear();  // they are counted
        version.created = nowUtc();
        if (const Result<VersionId> added = datasets.add(version, *issues); !added)
            return added.error();
    }
    db::TaskRepository tasks(database);
    Result<Task> task = tasks.byId(id);
    if (!task)
        return std::move(task).error();
    task->labels = labels;
    if (const Result<TaskId> put = tasks.put(*task); !put)
        return put.error();
    return noteOldMasks(database);
}

Result<Labelled> labelledIn(SQLite::Database& database, TaskId id)
{
    const Result<Task> task = db::TaskRepository(database).byId(id);
    const auto versions = db::DatasetRepository(database).newest(id);
    if (!task || !versions)
        return task ? versions.error() : task.error();
    Labelled labelled{id, task->labels, {}};
    for (const auto& [split, version] : *versions)
        labelled.versions.push_back(version);
    return labelled;
}

Result<void> checked(const Labelled& labelled, const Renamed& renamed)
{
    if (labelled.labels.empty())
        return Error{ErrorCode::InvalidInput, "the task has no labels: its targets are texts"};
    for (const auto& [from, to] : renamed) {
        if (std::find(labelled.labels.begin(), labelled.labels.end(), from) == labelled.labels.end())
            return Error{ErrorCode::InvalidInput, "“" + from + "” is no label of the task"};
        if (to.empty())
            return Error{ErrorCode::InvalidInput, "“" + from + "” would become nothing"};
    }
    return {};
}

}  // namespace

Result<Labelled> labelledNow(const Project& project, TaskId task)
{
    Result<db::Connection> connection = openExisting(project);
    return connection ? labelledIn(**connection, task) : Result<Labelled>(std::move(connection).error());
}

Result<void> relabel(const Project& project, TaskId task, const Renamed& renamed, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<Labelled> now = labelledIn(**connection, task);
    if (!now)
        return now.error();
    if (Result<void> fine = checked(*now, renamed); !fine)
        return fine;
    std::vector<Made> made;
    std::vector<DatasetVersion> versions;
    for (const DatasetVersion& version : now->versions) {
        Result<Made> one = relabelled(project, version, renamed, context);
        if (!one)
            return std::move(one).error();
        versions.push_back(one->version);
        made.push_back(*std::move(one));
    }
    const RowsLock lock(project);
    Result<void> written = db::inTransaction(**connection, [&]() -> Result<void> {
        for (const Made& one : made)
            for (Result<void> done : {one.rows.file->sync(), one.rows.file->publish(data::rowsPath(project.rows(), one.version.hash))})
                if (!done)
                    return done;
        data::syncFolder(project.rows());
        return add(**connection, task, mergedLabels(now->labels, renamed), versions);
    });
    return written ? refreshMasksIn(project, **connection, {{}, context.report}) : written;
}

Result<void> putBack(const Project& project, const Labelled& labelled, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Result<void> written = db::inTransaction(**connection, [&] { return add(**connection, labelled.task, labelled.labels, labelled.versions); });
    return written ? refreshMasksIn(project, **connection, {{}, context.report}) : written;
}

}  // namespace taskfold::jobs
