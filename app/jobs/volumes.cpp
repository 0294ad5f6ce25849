#include "app/jobs/volumes.h"

#include "app/jobs/taskdata.h"
#include "db/baserepository.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/data/issuestore.h"
#include "engine/data/reader.h"
#include "engine/data/rowstore.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <cmath>

namespace taskfold::jobs {

namespace {

using Masks = std::map<std::int64_t, std::string>;

// Lengths in tokens or, without tokenizer, in bytes.
class Counter {
public:
    explicit Counter(std::unique_ptr<Tokenizer> tokenizer) : m_tokenizer(std::move(tokenizer)) { }

    std::int64_t lengthOf(const data::RowFile& rows, std::int64_t i) const
    {
        if (!m_tokenizer)
            return static_cast<std::int64_t>(rows.input(i).size() + rows.target(i).size());
        return static_cast<std::int64_t>(m_tokenizer->encode(rows.input(i), SpecialTokens::AsText).size()
            + m_tokenizer->encodeContinuation(rows.target(i), SpecialTokens::AsText).size());
    }

private:
    std::unique_ptr<Tokenizer> m_tokenizer;
};

LengthStatistics statisticsOf(std::vector<std::int64_t> lengths)
{
    LengthStatistics result;
    if (lengths.empty())
        return result;
    std::sort(lengths.begin(), lengths.end());
    const auto at = [&](double p) {
        const auto index = static_cast<std::size_t>(p * static_cast<double>(lengths.size() - 1) + 0.5);
        return lengths[index];
    };
    result.smallest = lengths.front();
    result.median = at(0.5);
    result.p90 = at(0.9);
    result.p99 = at(0.99);
    result.largest = lengths.back();
    constexpr std::int64_t kBars = 40;
    result.barWidth = std::max<std::int64_t>(1, (result.p99 + kBars - 1) / kBars);
    result.bars.resize(static_cast<std::size_t>(result.largest / result.barWidth + 1));
    if (result.bars.size() > 4 * kBars)
        result.bars.resize(4 * kBars);  // the last one holds what is longer
    for (const std::int64_t length : lengths)
        ++result.bars[std::min(static_cast<std::size_t>(length / result.barWidth), result.bars.size() - 1)];
    return result;
}

struct Counted {
    std::int64_t tokens = 0;
    std::vector<std::int64_t> lengths;
    std::map<std::string, std::int64_t> labels;
};

Counted count(const data::RowFile& rows, const Masks& masks, const Counter& counter, bool labels)
{
    Counted counted;
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        if (masks.contains(rows.line(i)))
            continue;
        const std::int64_t length = counter.lengthOf(rows, i);
        counted.tokens += length;
        counted.lengths.push_back(length);
        if (labels)
            ++counted.labels[std::string(rows.target(i))];
    }
    return counted;
}

class VolumeReader {
public:
    VolumeReader(const Project& project, SQLite::Database& database, const JobContext& context, Counter counter, std::string unit)
        : m_project(project), m_datasets(database), m_context(context), m_counter(std::move(counter)), m_unit(std::move(unit))
    {
    }

    Result<TaskVolume> volumeOf(const TaskVersions& versions)
    {
        TaskVolume volume;
        volume.task = versions.task;
        volume.unit = m_unit;
        for (const auto& [split, version] : versions.splits) {
            if (m_context.stop.stop_requested())
                return Error{ErrorCode::Cancelled, {}};
            if (Result<void> added = add(version, volume); !added)
                return std::move(added).error();
        }
        return volume;
    }

private:
    Result<void> add(const DatasetVersion& version, TaskVolume& volume)
    {
        const bool train = version.split == Split::Train;
        const Result<Masks> masks = train ? m_datasets.masks(version.id) : Result<Masks>(Masks{});
        if (!masks)
            return masks.error();
        const Result<data::RowFile> rows = data::RowFile::open(m_project.rows(), version.hash);
        if (!rows)
            return rows.error();
        Volume& of = volume.splits[version.split];
        of.imported = version.rowsIn;
        of.kept = version.rowsKept - static_cast<std::int64_t>(masks->size());
        of.dropped = version.issues;
        if (!masks->empty())
            of.dropped[Reason::Leak] += static_cast<std::int64_t>(masks->size());
        Counted counted = count(*rows, *masks, m_counter, train && choosesLabels(volume.task));
        of.tokens = counted.tokens;
        if (train) {
            volume.lengths = statisticsOf(std::move(counted.lengths));
            volume.labels = std::move(counted.labels);
        }
        return {};
    }

    const Project& m_project;
    db::DatasetRepository m_datasets;
    const JobContext& m_context;
    Counter m_counter;
    std::string m_unit;
};

}  // namespace

Result<std::string> usualBase(const Project& project)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<BaseModel>> bases = db::BaseRepository(**connection).all();
    if (!bases)
        return bases.error();
    std::string name;
    for (const BaseModel& base : *bases)
        if (name.empty() || name == "tiny" || (base.name != "tiny" && !base.run))
            name = base.name;
    return name;
}

Result<std::vector<TaskVolume>> volumesOf(const Project& project, const std::string& base, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    std::unique_ptr<Tokenizer> tokenizer;
    if (!base.empty()) {
        const Result<BaseModel> model = db::BaseRepository(**connection).byName(base);
        if (!model)
            return model.error();
        Result<std::unique_ptr<Tokenizer>> opened = openTokenizer(project.resolved(model->path));
        if (!opened)
            return std::move(opened).error();
        tokenizer = *std::move(opened);
    }
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!tasks)
        return tasks.error();
    VolumeReader reader(project, **connection, context, Counter(std::move(tokenizer)), base.empty() ? "bytes" : base);
    std::vector<TaskVolume> volumes;
    for (const TaskVersions& task : *tasks) {
        if (context.report)
            context.report({static_cast<std::int64_t>(volumes.size()), static_cast<std::int64_t>(tasks->size()), {},
                "counting " + task.task.name});
        Result<TaskVolume> volume = reader.volumeOf(task);
        if (!volume)
            return std::move(volume).error();
        volumes.push_back(*std::move(volume));
    }
    return volumes;
}

namespace {

std::vector<std::string> filesOf(const DatasetVersion& version)
{
    std::vector<std::string> files;
    for (const SourceFile& source : version.sources)
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
            : data::readIssues(project.rows(), version.issuesHash, filesOf(version), {wanted.reason, std::nullopt, offset, left()});
        if (!issues)
            return issues.error();
        all.insert(all.end(), issues->begin(), issues->end());
    }
    passed += told;
    if (wanted.reason && *wanted.reason != Reason::Leak)
        return {};
    const auto masks = datasets.masks(version.id);
    if (!masks)
        return masks.error();
    if (masks->empty())
        return {};
    const Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
    if (!rows)
        return rows.error();
    for (const auto& [line, twin] : *masks) {
        if (passed++ < wanted.offset)
            continue;
        if (left() <= 0)
            break;
        if (const std::int64_t row = rows->indexOfLine(line); row >= 0)
            all.push_back({version.sources.empty() ? "" : version.sources.front().path, line, "input", Reason::Leak,
                IssueAction::Masked, data::excerptOf(rows->input(row)), "also " + twin});
    }
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

}  // namespace taskfold::jobs
