#include "app/jobs/volumes.h"

#include "app/jobs/labelcounts.h"
#include "app/jobs/lengthcounts.h"
#include "app/jobs/taskdata.h"
#include "db/baserepository.h"
#include "db/corpusrepository.h"
#include "db/datasetrepository.h"
#include "db/taskrepository.h"
#include "engine/core/lineset.h"
#include "engine/data/rowstore.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <mutex>
#include <span>

namespace taskfold::jobs {

namespace {

// Lengths in tokens or, without tokenizer, in bytes.
class Counter {
public:
    explicit Counter(std::unique_ptr<Tokenizer> tokenizer) : m_tokenizer(std::move(tokenizer)) { }

    bool countsTokens() const { return m_tokenizer != nullptr; }

    std::int64_t lengthOf(std::string_view input, std::string_view target) const
    {
        if (!m_tokenizer)
            return static_cast<std::int64_t>(input.size() + target.size());
        return static_cast<std::int64_t>(m_tokenizer->encode(input, SpecialTokens::AsText).size()
            + (target.empty() ? 0 : m_tokenizer->encodeContinuation(target, SpecialTokens::AsText).size()));
    }

private:
    std::unique_ptr<Tokenizer> m_tokenizer;
};

struct Counted {
    LengthCounts lengths;
    LabelCounts labels;
};

// Bytes are counted on all threads, tokens on one: what a tokenizer remembers is its own.
Result<Counted> count(const data::RowFile& rows, const LineSet& masks, const Counter& counter, const std::vector<std::string>& labels,
    const std::stop_token& stop)
{
    Counted counted{{}, LabelCounts(labels)};
    std::mutex mutex;
    rows.eachPart(
        [&](std::size_t, std::span<const data::RowFile::InputLine> part) {
            Counted some{{}, LabelCounts(labels)};
            for (const data::RowFile::InputLine& row : part) {
                if (stop.stop_requested())
                    return;
                if (masks.contains(row.line))
                    continue;
                some.lengths.add(counter.lengthOf(row.input, row.target));
                if (!labels.empty())
                    some.labels.add(row.target);
            }
            const std::lock_guard lock(mutex);
            counted.lengths.add(some.lengths);
            counted.labels.add(some.labels);
        },
        counter.countsTokens() ? 1 : 0);
    return stop.stop_requested() ? Result<Counted>(Error{ErrorCode::Cancelled, {}}) : Result<Counted>(std::move(counted));
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
        const Result<LineSet> masks = train ? m_datasets.maskedLines(version.id) : Result<LineSet>(LineSet{});
        if (!masks)
            return masks.error();
        const Result<data::RowFile> rows = data::RowFile::open(m_project.rows(), version.hash);
        if (!rows)
            return rows.error();
        Volume& of = volume.splits[version.split];
        of.imported = version.rowsIn;
        of.kept = version.rowsKept - masks->size();
        of.dropped = version.issues;
        if (!masks->isEmpty())
            of.dropped[Reason::Leak] += masks->size();
        const std::vector<std::string> none;
        Result<Counted> counted
            = count(*rows, *masks, m_counter, train && choosesLabels(volume.task) ? volume.task.labels : none, m_context.stop);
        if (!counted)
            return std::move(counted).error();
        of.tokens = counted->lengths.sum();
        if (train) {
            volume.lengths = counted->lengths.statistics();
            volume.labels = counted->labels.all();
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

namespace {

Result<Counter> counterOf(const Project& project, SQLite::Database& database, const std::string& base)
{
    if (base.empty())
        return Counter(nullptr);
    const Result<BaseModel> model = db::BaseRepository(database).byName(base);
    if (!model)
        return model.error();
    Result<std::unique_ptr<Tokenizer>> opened = openTokenizer(project.resolved(model->path));
    return opened ? Result<Counter>(Counter(*std::move(opened))) : Result<Counter>(std::move(opened).error());
}

}  // namespace

Result<std::vector<TaskVolume>> volumesOf(const Project& project, const std::string& base, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Result<Counter> counter = counterOf(project, **connection, base);
    if (!counter)
        return std::move(counter).error();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!tasks)
        return tasks.error();
    VolumeReader reader(project, **connection, context, *std::move(counter), base.empty() ? "bytes" : base);
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

Result<std::vector<TaskVolume>> corpusVolumesOf(const Project& project, const std::string& base, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    Result<Counter> counter = counterOf(project, **connection, base);
    if (!counter)
        return std::move(counter).error();
    const Result<std::vector<Corpus>> corpora = db::CorpusRepository(**connection).all();
    if (!corpora)
        return corpora.error();
    std::vector<TaskVolume> volumes;
    for (const Corpus& corpus : *corpora) {
        TaskVolume volume;
        volume.task.id = TaskId{-corpus.id.value};
        volume.task.name = corpus.name;
        volume.unit = base.empty() ? "bytes" : base;
        for (const auto& [split, hash] : {std::pair{Split::Train, corpus.hash}, {Split::Validation, corpus.heldOutHash}}) {
            const Result<data::RowFile> rows = data::RowFile::open(project.rows(), hash);
            if (!rows)
                return rows.error();
            Result<Counted> counted = count(*rows, {}, *counter, {}, context.stop);
            if (!counted)
                return std::move(counted).error();
            Volume& of = volume.splits[split];
            of.imported = split == Split::Train ? corpus.documentsIn - corpus.heldOut : corpus.heldOut;
            of.kept = rows->size();
            of.tokens = counted->lengths.sum();
            if (split == Split::Train) {
                of.dropped = corpus.issues;
                volume.lengths = counted->lengths.statistics();
            }
        }
        volumes.push_back(std::move(volume));
    }
    return volumes;
}

}  // namespace taskfold::jobs
