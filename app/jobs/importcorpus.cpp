#include "app/jobs/importcorpus.h"

#include "db/corpusrepository.h"
#include "engine/core/clock.h"
#include "engine/core/hash.h"
#include "engine/data/encoding.h"
#include "engine/data/rowstore.h"
#include "engine/data/sources.h"

#include <unordered_set>

namespace taskfold::jobs {

namespace {

class CorpusReader {
public:
    CorpusReader(Corpus& corpus, ImportOutcome& outcome) : m_corpus(corpus), m_outcome(outcome) { }

    void take(const data::Record& record, const std::string& file)
    {
        ++m_corpus.documentsIn;
        std::optional<std::vector<std::string>> text = data::fieldOf(record, "text");
        if (!text)
            text = data::fieldOf(record, "input");
        const std::string document = text && !text->empty() ? data::normalised(text->front()) : std::string{};
        if (document.empty())
            return refuse({file, record.line, "text", text ? Reason::Empty : Reason::MissingField,
                IssueAction::Quarantined, record.excerpt, {}});
        const std::string hash = sha256(document);
        if (!m_seen.insert(hash).second)
            return refuse({file, record.line, "text", Reason::Duplicate, IssueAction::Dropped, record.excerpt, {}});
        const bool held = std::stoi(hash.substr(0, 4), nullptr, 16) % 20 == 0;
        (held ? heldOut : documents).push_back({++m_count, document, {}, {}, {}});
        m_corpus.bytesKept += static_cast<std::int64_t>(document.size());
    }

    void refuse(RowIssue issue)
    {
        ++m_corpus.issues[issue.reason];
        if (issue.action == IssueAction::Quarantined)
            m_outcome.refused.push_back(std::move(issue));
    }

    std::vector<Row> documents, heldOut;

private:
    Corpus& m_corpus;
    ImportOutcome& m_outcome;
    std::unordered_set<std::string> m_seen;
    std::int64_t m_count = 0;
};

Result<void> readFile(CorpusReader& reader, Corpus& corpus, const std::filesystem::path& path, const JobContext& context,
    const data::ReadOptions& options)
{
    const Result<data::OpenFile> file = data::openFile(path, options);
    if (!file)
        return file.error();
    corpus.sources.push_back({path.string(), file->sha256, file->bytes});
    data::ReadTold told;
    told.record = [&](const data::Record& record) { reader.take(record, path.string()); };
    told.issue = [&](RowIssue issue) {
        ++corpus.documentsIn;
        reader.refuse(std::move(issue));
    };
    told.progress = [&](std::int64_t done, std::int64_t total) {
        if (context.report)
            context.report({done, total, {}, "reading " + path.filename().string()});
    };
    return data::readRecords(*file, path.string(), told, 0, context.stop);
}

}  // namespace

Result<Corpus> readCorpus(
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
    if (reader.heldOut.empty() && reader.documents.size() > 1) {
        reader.heldOut.push_back(std::move(reader.documents.back()));
        reader.documents.pop_back();
    }
    if (reader.documents.empty())
        outcome.accepted = false;
    corpus.documentsKept = static_cast<std::int64_t>(reader.documents.size());
    corpus.heldOut = static_cast<std::int64_t>(reader.heldOut.size());
    Result<std::string> hash = data::writeRows(project.rows(), reader.documents);
    Result<std::string> held = data::writeRows(project.rows(), reader.heldOut);
    if (!hash || !held)
        return hash ? std::move(held).error() : std::move(hash).error();
    corpus.hash = *std::move(hash);
    corpus.heldOutHash = *std::move(held);
    corpus.created = nowUtc();
    return corpus;
}

Result<void> writeCorpora(SQLite::Database& database, const std::vector<Corpus>& corpora)
{
    db::CorpusRepository repository(database);
    for (const Corpus& corpus : corpora)
        if (const Result<CorpusId> put = repository.put(corpus); !put)
            return put.error();
    return {};
}

}  // namespace taskfold::jobs
