#include "app/jobs/importcorpus.h"

#include "app/jobs/corpusreader.h"
#include "app/jobs/taskdata.h"
#include "db/corpusrepository.h"
#include "engine/core/clock.h"
#include "engine/data/documents.h"
#include "engine/data/heldouttexts.h"
#include "engine/data/nearrows.h"
#include "engine/data/rowswriter.h"
#include "engine/data/sources.h"

#include <algorithm>

namespace taskfold::jobs {

namespace {

Result<void> readFile(CorpusReader& reader, Corpus& corpus, const std::filesystem::path& path, const JobContext& context,
    const data::ReadOptions& options)
{
    const Result<data::OpenFile> file = data::openFile(path, options);
    if (!file)
        return file.error();
    const auto mapped = file->used.columns.find("input");
    const std::string column = mapped == file->used.columns.end() ? "text" : mapped->second;
    if (context.report)
        context.report({0, 0, {}, "reading " + path.filename().string()});
    data::ReadTold told;
    reader.files.push_back(path.string());
    told.record = [&](const data::Record& record) { reader.take(record, column); };
    told.issue = [&](RowIssue issue) { reader.count(std::move(issue)); };
    const Result<std::string> hash = data::readRecordsHashed(*file, told, context.stop);
    if (!hash)
        return hash.error();
    if (reader.failure)
        return *reader.failure;
    corpus.sources.push_back({path.string(), *hash, file->bytes});
    return {};
}

// Documents that hold an input of a validation or test split.
Result<void> dropLeaks(const Project& project, CorpusReader& reader, const JobContext& context)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const auto held = heldOutTexts(project, **connection, context.stop);
    if (!held)
        return held.error();
    const auto words = [&](std::string_view text) {
        const std::string place = (*held)->heldIn(text);
        return place.empty() ? place : "it holds the input of " + place;
    };
    reader.filterApart(Reason::Leak, words, context.stop);
    return {};
}

Result<void> dropNear(CorpusReader& reader, const Project& project, const JobContext& context)
{
    data::NearSearch search;
    search.count = static_cast<std::int64_t>(reader.documents.size());
    search.textAt = [&](std::int64_t i) { return reader.textOf(reader.documents[static_cast<std::size_t>(i)]); };
    search.folder = project.rows();
    search.forget = [&] { reader.forget(); };
    const auto pairs = data::nearPairs(search, context.stop);
    if (!pairs)
        return pairs.error();
    std::vector<std::int64_t> lines;  // of the twins
    for (const data::NearPair& pair : *pairs)
        lines.push_back(reader.documents[static_cast<std::size_t>(pair.twin)].line);
    std::size_t next = 0;  // pairs are by row
    reader.filter(Reason::NearDuplicate, [&](const Document&, std::size_t i) {
        if (next == pairs->size() || (*pairs)[next].row != static_cast<std::int64_t>(i))
            return std::string();
        return "nearly the same as line " + std::to_string(lines[next++]);
    });
    return {};
}

Result<ReadyCorpus> stored(const Project& project, Corpus corpus, CorpusReader& reader)
{
    const Documents& documents = reader.documents;
    const auto isHeld = [](const Document& document) { return document.hash % 20 == 0; };
    const bool noneHeld = std::none_of(documents.begin(), documents.end(), isHeld);
    data::RowsWriter kept(project.rows()), held(project.rows());
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (i % kDocumentsLookedAt == 0)
            reader.forget();
        const bool last = i + 1 == documents.size() && noneHeld && documents.size() > 1;
        const Row row{static_cast<std::int64_t>(i) + 1, std::string(reader.textOf(documents[i])), {}, {}, {}};
        if (Result<void> added = (last || isHeld(documents[i]) ? held : kept).add(row); !added)
            return std::move(added).error();
        corpus.bytesKept += static_cast<std::int64_t>(row.input.size());
    }
    corpus.documentsKept = kept.size();
    corpus.heldOut = held.size();
    Result<data::UnnamedRows> rows = kept.finish();
    if (!rows)
        return std::move(rows).error();
    Result<data::UnnamedRows> heldRows = held.finish();
    if (!heldRows)
        return std::move(heldRows).error();
    corpus.hash = rows->hash;
    corpus.heldOutHash = heldRows->hash;
    corpus.created = nowUtc();
    Result<data::IssueWriter::Finished> issues = reader.issues();
    if (!issues || reader.failure)
        return issues ? *reader.failure : std::move(issues).error();
    return ReadyCorpus{std::move(corpus), std::move(rows->file), std::move(heldRows->file), std::move(issues->file), issues->hash};
}

}  // namespace

Result<ReadyCorpus> readCorpus(
    const Project& project, const ImportSource& source, ImportOutcome& outcome, const JobContext& context)
{
    const Result<std::vector<std::filesystem::path>> files = data::findTexts(source.path);
    if (!files)
        return files.error();
    Corpus corpus;
    corpus.name = source.task.empty() ? source.path.lexically_normal().stem().string() : source.task;
    corpus.domain = source.domain;
    CorpusReader reader(project.rows(), corpus, outcome);
    for (const std::filesystem::path& file : *files)
        if (Result<void> read = readFile(reader, corpus, file, context, source.read); !read)
            return std::move(read).error();
    if (Result<void> settled = reader.settle(); !settled)
        return std::move(settled).error();
    const data::ScriptCount scripts = reader.scripts();
    reader.filterApart(Reason::Quality, [&](std::string_view text) { return data::poorness(text, scripts); }, context.stop);
    if (Result<void> done = dropLeaks(project, reader, context); !done)
        return std::move(done).error();
    if (Result<void> done = dropNear(reader, project, context); !done)
        return std::move(done).error();
    if (reader.documents.empty()) {
        outcome.accepted = false;
        outcome.notes.push_back(corpus.name + ": no document is left to import");
    }
    return stored(project, std::move(corpus), reader);
}

Result<void> writeCorpora(SQLite::Database& database, const std::vector<ReadyCorpus>& corpora)
{
    db::CorpusRepository repository(database);
    for (const ReadyCorpus& ready : corpora)
        if (const Result<CorpusId> put = repository.put(ready.corpus, ready.issuesHash); !put)
            return put.error();
    return {};
}

}  // namespace taskfold::jobs
