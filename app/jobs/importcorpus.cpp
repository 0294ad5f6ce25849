#include "app/jobs/importcorpus.h"

#include "app/jobs/taskdata.h"
#include "db/corpusrepository.h"
#include "engine/core/clock.h"
#include "engine/data/documents.h"
#include "engine/data/encoding.h"
#include "engine/data/issuestore.h"
#include "engine/data/mapping.h"
#include "engine/data/nearrows.h"
#include "engine/data/rowkeys.h"
#include "engine/data/rowswriter.h"
#include "engine/data/sources.h"
#include "engine/data/textpile.h"

#include <algorithm>
#include <optional>

namespace taskfold::jobs {

namespace {

constexpr std::size_t kLookedAt = 1 << 12;  // documents, whose memory is given back then

// A document; its text lies in the pile.
struct Document {
    data::TextPile::Place text;
    std::int32_t file = 0;
    std::int64_t line = 0;
    std::uint64_t hash = 0;
};

class CorpusReader {
public:
    CorpusReader(const std::filesystem::path& folder, Corpus& corpus, ImportOutcome& outcome)
        : m_pile(folder), m_issues(folder), m_corpus(corpus), m_outcome(outcome)
    {
    }

    std::vector<Document> documents;
    std::vector<std::string> files;  // the last is the one that is being read
    std::optional<Error> failure;

    std::string_view textOf(const Document& document) const { return m_pile.at(document.text); }
    void forget() const { m_pile.forget(); }

    void take(const data::Record& record, const std::string& column)
    {
        ++m_corpus.documentsIn;
        std::vector<std::string> texts = data::textsAt(record, column);
        if (texts.empty())
            texts = data::textsAt(record, "text");
        const std::string text = texts.empty() ? std::string{} : data::normalised(texts.front());
        if (text.empty())
            return refuse(lastFile(), {files.back(), record.line, "text", texts.empty() ? Reason::MissingField : Reason::Empty, IssueAction::Quarantined,
                data::excerptOf(record.raw), texts.empty() ? "there is no “" + column + "”" : ""});
        std::uint64_t hash[2];
        data::hashText(text, hash);
        Result<data::TextPile::Place> place = m_pile.add(text);
        if (!place)
            failure = std::move(place).error();
        else
            documents.push_back({*place, static_cast<std::int32_t>(files.size()) - 1, record.line, hash[0]});
    }

    void count(RowIssue issue)
    {
        ++m_corpus.documentsIn;
        issue.field = "text";
        refuse(lastFile(), std::move(issue));
    }

    // After the last document: those that are there twice go, but for the first.
    Result<void> settle()
    {
        if (Result<void> settled = m_pile.settle(); !settled)
            return settled;
        std::vector<std::pair<std::uint64_t, std::uint32_t>> hashes;
        hashes.reserve(documents.size());
        for (const Document& document : documents)
            hashes.emplace_back(document.hash, static_cast<std::uint32_t>(hashes.size()));
        std::sort(hashes.begin(), hashes.end());
        std::vector<std::pair<std::uint32_t, std::int64_t>> twins;  // and the line of what they are twins of
        for (std::size_t i = 1, first = 0; i < hashes.size(); ++i) {
            if (hashes[i].first != hashes[first].first)
                first = i;
            else
                twins.emplace_back(hashes[i].second, documents[hashes[first].second].line);
        }
        std::sort(twins.begin(), twins.end());
        hashes = {};
        std::size_t next = 0;
        filter(Reason::Duplicate, [&](const Document&, std::size_t i) {
            if (next == twins.size() || twins[next].first != i)
                return std::string();
            return "the same as line " + std::to_string(twins[next++].second);
        });
        return {};
    }

    void refuse(int file, RowIssue issue)
    {
        if (Result<void> written = m_issues.add(file, issue); !written)
            failure = std::move(written).error();
        constexpr std::size_t kTold = 10'000;
        constexpr std::int64_t kExamples = 5;
        if (++m_corpus.issues[issue.reason] <= kExamples)
            m_outcome.examples.push_back(issue);
        if (issue.action == IssueAction::Quarantined && ++m_outcome.refusedTotal && m_outcome.refused.size() < kTold)
            m_outcome.refused.push_back(std::move(issue));
    }

    Result<data::IssueWriter::Finished> issues() { return m_issues.finish(); }
    int lastFile() const { return static_cast<int>(files.size()) - 1; }

    // Takes out the documents for which there are words to say why; each is told with its number.
    void filter(Reason reason, const std::function<std::string(const Document&, std::size_t)>& words)
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < documents.size(); ++i) {
            const Document document = documents[i];
            if (std::string why = words(document, i); !why.empty())
                refuse(document.file, {files[static_cast<std::size_t>(document.file)], document.line, "text", reason, IssueAction::Dropped,
                    data::excerptOf(textOf(document)), std::move(why)});
            else
                documents[kept++] = document;
            if (i % kLookedAt == 0)
                m_pile.forget();
        }
        documents.resize(kept);
        m_pile.forget();
    }

private:
    data::TextPile m_pile;
    data::IssueWriter m_issues;
    Corpus& m_corpus;
    ImportOutcome& m_outcome;
};

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
Result<void> dropLeaks(const Project& project, CorpusReader& reader)
{
    Result<db::Connection> connection = openExisting(project);
    if (!connection)
        return std::move(connection).error();
    const Result<std::vector<TaskVersions>> tasks = versionsOf(**connection);
    if (!tasks)
        return tasks.error();
    data::HeldOutTexts held;
    for (const TaskVersions& task : *tasks)
        for (const auto& [split, version] : task.splits) {
            if (split == Split::Train)
                continue;
            const Result<data::RowFile> rows = data::RowFile::open(project.rows(), version.hash);
            if (!rows)
                return rows.error();
            held.add(task.task.name, split, *rows);
        }
    reader.filter(Reason::Leak, [&](const Document& document, std::size_t) {
        const std::string place = held.heldIn(reader.textOf(document));
        return place.empty() ? place : "it holds the input of " + place;
    });
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
    const std::vector<Document>& documents = reader.documents;
    const auto isHeld = [](const Document& document) { return document.hash % 20 == 0; };
    const bool noneHeld = std::none_of(documents.begin(), documents.end(), isHeld);
    data::RowsWriter kept(project.rows()), held(project.rows());
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (i % kLookedAt == 0)
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
    data::ScriptCount scripts;
    for (std::size_t i = 0; i < reader.documents.size(); ++i) {
        scripts.add(reader.textOf(reader.documents[i]));
        if (i % kLookedAt == 0)
            reader.forget();
    }
    reader.filter(Reason::Quality, [&](const Document& document, std::size_t) { return data::poorness(reader.textOf(document), scripts); });
    if (Result<void> done = dropLeaks(project, reader); !done)
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
