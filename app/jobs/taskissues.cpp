#include "app/jobs/volumes.h"

#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/data/issuestore.h"
#include "engine/data/reader.h"
#include "engine/data/rowstore.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

std::vector<std::string> filesOf(const std::vector<SourceFile>& sources)
{
    std::vector<std::string> files;
    for (const SourceFile& source : sources)
        files.push_back(source.path);
    return files;
}

// Those that the import told, and those that hang on other tasks.
Result<void> addIssues(const Project& project, SQLite::Database& database, const DatasetVersion& version,
    const IssuesWanted& wanted, std::int64_t& passed, std::vector<RowIssue>& all)
{
    const db::DatasetRepository datasets(database);
    std::int64_t told = 0;
    for (const auto& [what, count] : version.issueActions)
        told += !wanted.reason || *wanted.reason == what.first ? count : 0;
    const auto left = [&] { return wanted.limit - static_cast<std::int64_t>(all.size()); };
    const std::int64_t offset = std::max<std::int64_t>(0, wanted.offset - passed);
    if (offset < told && left() > 0) {
        const auto issues = version.issuesHash.empty()
            ? datasets.issues(version.id, wanted.reason, offset, left())
            : data::readIssues(project.rows(), version.issuesHash, filesOf(version.sources), {wanted.reason, std::nullopt, offset, left()});
        if (!issues)
            return issues.error();
        all.insert(all.end(), issues->begin(), issues->end());
    }
    passed += told;
    if (wanted.reason && *wanted.reason != Reason::Leak)
        return {};
    const Result<std::int64_t> masked = datasets.maskCount(version.id);
    if (!masked)
        return masked.error();
    const std::int64_t skipped = std::clamp<std::int64_t>(wanted.offset - passed, 0, *masked);
    passed += *masked;
    if (skipped == *masked || left() <= 0)
        return {};
    const auto masks = datasets.masks(version.id, skipped, left());
    if (!masks)
        return masks.error();
    const Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
    if (!rows)
        return rows.error();
    for (const db::Mask& mask : *masks)
        if (const std::int64_t row = rows->indexOfLine(mask.line); row >= 0)
            all.push_back({version.sources.empty() ? "" : version.sources.front().path, mask.line, "input", Reason::Leak,
                IssueAction::Masked, data::excerptOf(rows->input(row)), "also " + mask.twin});
    return {};
}

}  // namespace

Result<std::vector<RowIssue>> issuesOf(const Project& project, const std::string& name, const IssuesWanted& wanted)
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
    std::vector<RowIssue> all;
    std::int64_t passed = 0;
    for (const auto& [one, version] : *versions) {
        if (wanted.split && one != *wanted.split)
            continue;
        if (Result<void> added = addIssues(project, **connection, version, wanted, passed, all); !added)
            return std::move(added).error();
    }
    return all;
}

Result<std::int64_t> issueCountOf(const Project& project, const std::string& name, std::optional<Split> split)
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
    std::int64_t total = 0;
    for (const auto& [one, version] : *versions) {
        if (split && one != *split)
            continue;
        const Result<std::int64_t> masked = datasets.maskCount(version.id);
        if (!masked)
            return masked.error();
        total += *masked;
        for (const auto& [what, count] : version.issueActions)
            total += count;
    }
    return total;
}

Result<std::vector<RowIssue>> corpusIssuesOf(const Project& project, CorpusId id, const IssuesWanted& wanted)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const db::CorpusRepository corpora(**connection);
    const Result<std::string> hash = corpora.issuesHash(id);
    const Result<Corpus> corpus = corpora.byId(id);
    if (!hash || !corpus)
        return hash ? corpus.error() : hash.error();
    return data::readIssues(
        project.rows(), *hash, filesOf(corpus->sources), {wanted.reason, std::nullopt, wanted.offset, wanted.limit});
}

}  // namespace taskfold::jobs
