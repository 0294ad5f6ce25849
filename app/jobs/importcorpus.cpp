#include "app/jobs/importcorpus.h"

#include "app/jobs/taskdata.h"
#include "db/corpusrepository.h"
#include "engine/core/clock.h"
#include "engine/data/documents.h"
#include "engine/data/encoding.h"
#include "engine/data/mapping.h"
#include "engine/data/nearrows.h"
#include "engine/data/rowkeys.h"
#include "engine/data/rowstore.h"
#include "engine/data/sources.h"

#include <unordered_map>

namespace taskfold::jobs {

namespace {

struct Document {
    std::string text, file, excerpt;
    std::int64_t line = 0;
    std::uint64_t hash = 0;
};

class CorpusReader {
public:
    CorpusReader(Corpus& corpus, ImportOutcome& outcome) : m_corpus(corpus), m_outcome(outcome) { }

    std::vector<Document> documents;

    void take(const data::Record& record, const std::string& file, const std::string& column)
    {
        ++m_corpus.documentsIn;
        std::vector<std::string> texts = data::textsAt(record, column);
        if (texts.empty())
            texts = data::textsAt(record, "text");
        const std::string text = texts.empty() ? std::string{} : data::normalised(texts.front());
        Document document{text, file, data::excerptOf(record.raw.empty() ? std::string_view(text) : record.raw), record.line, 0};
        if (text.empty())
            return refuse(document, texts.empty() ? Reason::MissingField : Reason::Empty, IssueAction::Quarantined,
                texts.empty() ? "there is no “" + column + "”" : "");
        std::uint64_t hash[2];
        data::hashText(text, hash);
        document.hash = hash[0];
        const auto [twin, isNew] = m_seen.try_emplace(hash[0] ^ hash[1], record.line);
        if (!isNew)
            return refuse(document, Reason::Duplicate, IssueAction::Dropped, "the same as line " + std::to_string(twin->second));
        documents.push_back(std::move(document));
    }

    void count(RowIssue issue)
    {
        ++m_corpus.documentsIn;
        refuse({{}, issue.file, issue.excerpt, issue.line, 0}, issue.reason, issue.action, issue.detail);
    }

    void refuse(const Document& document, Reason reason, IssueAction action, std::string words)
    {
        constexpr std::size_t kTold = 10'000;
        constexpr std::int64_t kExamples = 5;
        RowIssue issue{document.file, document.line, "text", reason, action, document.excerpt, std::move(words)};
        if (++m_corpus.issues[reason] <= kExamples)
            m_outcome.examples.push_back(issue);
        if (action == IssueAction::Quarantined && ++m_outcome.refusedTotal && m_outcome.refused.size() < kTold)
            m_outcome.refused.push_back(std::move(issue));
    }

    // Takes out the documents for which there are words to say why.
    void filter(Reason reason, const std::function<std::string(const Document&)>& words)
    {
        std::erase_if(documents, [&](const Document& document) {
            std::string why = words(document);
            if (!why.empty())
                refuse(document, reason, IssueAction::Dropped, std::move(why));
            return !why.empty();
        });
    }

private:
    Corpus& m_corpus;
    ImportOutcome& m_outcome;
    std::unordered_map<std::uint64_t, std::int64_t> m_seen;
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
    told.record = [&](const data::Record& record) { reader.take(record, path.string(), column); };
    told.issue = [&](RowIssue issue) { reader.count(std::move(issue)); };
    const Result<std::string> hash = data::readRecordsHashed(*file, told, context.stop);
    if (!hash)
        return hash.error();
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
    reader.filter(Reason::Leak, [&](const Document& document) {
        const std::string place = held.heldIn(document.text);
        return place.empty() ? place : "it holds the input of " + place;
    });
    return {};
}

Result<void> dropNear(CorpusReader& reader, const JobContext& context)
{
    data::NearSearch search;
    search.count = static_cast<std::int64_t>(reader.documents.size());
    search.textAt = [&](std::int64_t i) -> std::string_view { return reader.documents[static_cast<std::size_t>(i)].text; };
    const auto pairs = data::nearPairs(search, context.stop);
    if (!pairs)
        return pairs.error();
    std::unordered_map<const Document*, std::string> why;
    for (const data::NearPair& pair : *pairs)
        why[&reader.documents[static_cast<std::size_t>(pair.row)]] = "nearly the same as line "
            + std::to_string(reader.documents[static_cast<std::size_t>(pair.twin)].line);
    std::vector<std::string> words;
    for (const Document& document : reader.documents)
        words.push_back(why.contains(&document) ? why.at(&document) : std::string{});
    std::size_t i = 0;
    reader.filter(Reason::NearDuplicate, [&](const Document&) { return words[i++]; });
    return {};
}

Result<ReadyCorpus> stored(const Project& project, Corpus corpus, const std::vector<Document>& documents)
{
    std::vector<Row> kept, held;
    std::int64_t number = 0;
    for (const Document& document : documents) {
        (document.hash % 20 == 0 ? held : kept).push_back({++number, document.text, {}, {}, {}});
        corpus.bytesKept += static_cast<std::int64_t>(document.text.size());
    }
    if (held.empty() && kept.size() > 1) {
        held.push_back(std::move(kept.back()));
        kept.pop_back();
    }
    corpus.documentsKept = static_cast<std::int64_t>(kept.size());
    corpus.heldOut = static_cast<std::int64_t>(held.size());
    Result<data::UnnamedRows> rows = data::prepareRows(project.rows(), kept);
    if (!rows)
        return std::move(rows).error();
    Result<data::UnnamedRows> heldRows = data::prepareRows(project.rows(), held);
    if (!heldRows)
        return std::move(heldRows).error();
    corpus.hash = rows->hash;
    corpus.heldOutHash = heldRows->hash;
    corpus.created = nowUtc();
    return ReadyCorpus{std::move(corpus), std::move(rows->file), std::move(heldRows->file)};
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
    CorpusReader reader(corpus, outcome);
    for (const std::filesystem::path& file : *files)
        if (Result<void> read = readFile(reader, corpus, file, context, source.read); !read)
            return std::move(read).error();
    data::ScriptCount scripts;
    for (const Document& document : reader.documents)
        scripts.add(document.text);
    reader.filter(Reason::Quality, [&](const Document& document) { return data::poorness(document.text, scripts); });
    if (Result<void> done = dropLeaks(project, reader); !done)
        return std::move(done).error();
    if (Result<void> done = dropNear(reader, context); !done)
        return std::move(done).error();
    if (reader.documents.empty()) {
        outcome.accepted = false;
        outcome.notes.push_back(corpus.name + ": no document is left to import");
    }
    return stored(project, std::move(corpus), reader.documents);
}

Result<void> writeCorpora(SQLite::Database& database, const std::vector<ReadyCorpus>& corpora)
{
    db::CorpusRepository repository(database);
    for (const ReadyCorpus& ready : corpora)
        if (const Result<CorpusId> put = repository.put(ready.corpus); !put)
            return put.error();
    return {};
}

}  // namespace taskfold::jobs
