#include "app/jobs/corpusreader.h"

#include "engine/data/encoding.h"
#include "engine/data/mapping.h"
#include "engine/data/reader.h"
#include "engine/data/rowkeys.h"
#include "engine/data/sortedruns.h"
#include "engine/data/workpool.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <tuple>

namespace taskfold::jobs {

namespace {

struct HashedDocument {
    std::uint64_t hash = 0;
    std::uint32_t number = 0;

    bool operator<(const HashedDocument& other) const { return std::tie(hash, number) < std::tie(other.hash, other.number); }
};

int threadsOfMachine()
{
    return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
}

// A handful at a time, until all are done.
void apart(data::WorkPool& pool, std::size_t count, const std::function<void(std::size_t)>& work)
{
    constexpr std::size_t kAtOnce = 32;
    for (std::size_t from = 0; from < count; from += kAtOnce)
        pool.push([&work, from, end = std::min(from + kAtOnce, count)] {
            for (std::size_t i = from; i < end; ++i)
                work(i);
        });
    pool.drain();
}

}  // namespace

CorpusReader::CorpusReader(const std::filesystem::path& folder, Corpus& corpus, ImportOutcome& outcome)
    : m_folder(folder), m_pile(folder), m_issues(folder), m_corpus(corpus), m_outcome(outcome)
{
}

void CorpusReader::take(const data::Record& record, const std::string& column)
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
        documents.push_back({place->from, place->size, lastFile(), record.line, hash[0]});
}

void CorpusReader::count(RowIssue issue)
{
    ++m_corpus.documentsIn;
    issue.field = "text";
    refuse(lastFile(), std::move(issue));
}

// Documents that are there twice, in order, and the lines of those that they are twins of.
Result<CorpusReader::Twins> CorpusReader::findTwins()
{
    constexpr std::size_t kInMemory = 1 << 20, kLoad = 4096;
    data::SortedRuns<HashedDocument, std::less<>> hashes(m_folder, kInMemory);
    std::vector<HashedDocument> load;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        load.push_back({documents[i].hash, static_cast<std::uint32_t>(i)});
        if (load.size() < kLoad && i + 1 < documents.size())
            continue;
        if (Result<void> added = hashes.add(load); !added)
            return std::move(added).error();
        load.clear();
    }
    if (Result<void> begun = hashes.begin(); !begun)
        return std::move(begun).error();
    Twins twins;
    std::optional<HashedDocument> first;
    for (const HashedDocument* one = hashes.front(); one; one = hashes.front()) {
        if (first && first->hash == one->hash)
            twins.emplace_back(one->number, documents[first->number].line);
        else
            first = *one;
        if (Result<void> popped = hashes.pop(); !popped)
            return std::move(popped).error();
    }
    std::sort(twins.begin(), twins.end());
    return twins;
}

Result<void> CorpusReader::settle()
{
    if (Result<void> settled = m_pile.settle(); !settled)
        return settled;
    auto twins = findTwins();
    if (!twins)
        return std::move(twins).error();
    std::size_t next = 0;
    filter(Reason::Duplicate, [&](const Document&, std::size_t i) {
        if (next == twins->size() || (*twins)[next].first != i)
            return std::string();
        return "the same as line " + std::to_string((*twins)[next++].second);
    });
    return {};
}

void CorpusReader::refuse(int file, RowIssue issue)
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

void CorpusReader::drop(const Document& document, Reason reason, std::string why)
{
    refuse(document.file, {files[static_cast<std::size_t>(document.file)], document.line, "text", reason, IssueAction::Dropped,
        data::excerptOf(textOf(document)), std::move(why)});
}

void CorpusReader::filter(Reason reason, const std::function<std::string(const Document&, std::size_t)>& words)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const Document document = documents[i];
        if (std::string why = words(document, i); !why.empty())
            drop(document, reason, std::move(why));
        else
            documents[kept++] = document;
        if (i % kDocumentsLookedAt == 0)
            m_pile.forget();
    }
    documents.resize(kept);
    m_pile.forget();
}

void CorpusReader::filterApart(Reason reason, const std::function<std::string(std::string_view)>& words, const std::stop_token& stop)
{
    data::WorkPool pool(threadsOfMachine());
    std::size_t kept = 0;
    for (std::size_t from = 0; from < documents.size(); from += kDocumentsLookedAt) {
        const std::size_t count = std::min(kDocumentsLookedAt, documents.size() - from);
        std::vector<std::string> why(count);
        apart(pool, count, [&](std::size_t i) {
            if (!stop.stop_requested())
                why[i] = words(textOf(documents[from + i]));
        });
        for (std::size_t i = 0; i < count; ++i) {
            const Document document = documents[from + i];
            if (!why[i].empty())
                drop(document, reason, std::move(why[i]));
            else
                documents[kept++] = document;
        }
        m_pile.forget();
    }
    documents.resize(kept);
}

data::ScriptCount CorpusReader::scripts() const
{
    data::WorkPool pool(threadsOfMachine());
    data::ScriptCount all;
    std::mutex mutex;
    for (std::size_t from = 0; from < documents.size(); from += kDocumentsLookedAt) {
        apart(pool, std::min(kDocumentsLookedAt, documents.size() - from), [&](std::size_t i) {
            data::ScriptCount one;
            one.add(textOf(documents[from + i]));
            const std::lock_guard lock(mutex);
            all.add(one);
        });
        m_pile.forget();
    }
    return all;
}

}  // namespace taskfold::jobs
