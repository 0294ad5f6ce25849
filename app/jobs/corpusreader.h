#pragma once

#include "app/jobs/importdata.h"
#include "engine/data/documents.h"
#include "engine/data/issuestore.h"
#include "engine/data/textpile.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskfold::data {
class Record;
}

namespace taskfold::jobs {

constexpr std::size_t kDocumentsLookedAt = 1 << 12;  // whose memory is given back then

/// A document; its text lies in the pile.
struct Document {
    std::int64_t from = 0;
    std::uint32_t size = 0;
    std::int32_t file = 0;
    std::int64_t line = 0;
    std::uint64_t hash = 0;
};
using Documents = std::deque<Document>;  // millions of them: never copied to make room

/// The documents of a corpus on their way: which are left, and why the others went.
class CorpusReader {
public:
    CorpusReader(const std::filesystem::path& folder, Corpus& corpus, ImportOutcome& outcome);

    Documents documents;
    std::vector<std::string> files;  // the last is the one that is being read
    std::optional<Error> failure;

    std::string_view textOf(const Document& document) const { return m_pile.at({document.from, document.size}); }
    void forget() const { m_pile.forget(); }

    void take(const data::Record& record, const std::string& column);
    void count(RowIssue issue);
    /// After the last document: those that are there twice go, but for the first.
    Result<void> settle();
    Result<data::IssueWriter::Finished> issues() { return m_issues.finish(); }

    /// Takes out the documents for which there are words to say why; each is told with its number, in order.
    void filter(Reason reason, const std::function<std::string(const Document&, std::size_t)>& words);
    /// The same, told by several threads, in no order.
    void filterApart(Reason reason, const std::function<std::string(std::string_view text)>& words, const std::stop_token& stop);
    /// What scripts they are written in.
    data::ScriptCount scripts() const;

private:
    using Twins = std::vector<std::pair<std::uint32_t, std::int64_t>>;

    int lastFile() const { return static_cast<int>(files.size()) - 1; }
    void refuse(int file, RowIssue issue);
    void drop(const Document& document, Reason reason, std::string why);
    Result<Twins> findTwins();

    std::filesystem::path m_folder;
    data::TextPile m_pile;
    data::IssueWriter m_issues;
    Corpus& m_corpus;
    ImportOutcome& m_outcome;
};

}  // namespace taskfold::jobs
