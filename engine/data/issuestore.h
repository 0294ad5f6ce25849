#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What was wrong with the rows of one version, as an immutable Arrow file beside them: rows/<hash>.arrow, too.
namespace taskfold::data {

class SealedFile;
class TableWriter;

using IssueCounts = std::map<std::pair<Reason, IssueAction>, std::int64_t>;

/// An issue that lives elsewhere; its file's name is left out.
struct IssueView {
    std::int64_t line = 0;
    std::string_view field;
    Reason reason = Reason::Empty;
    IssueAction action = IssueAction::Quarantined;
    std::string_view excerpt, detail;

    IssueView() = default;
    IssueView(const RowIssue& issue)  // NOLINT: it is one
        : line(issue.line), field(issue.field), reason(issue.reason), action(issue.action), excerpt(issue.excerpt), detail(issue.detail)
    {
    }
    RowIssue named(const std::string& file) const
    {
        return {file, line, std::string(field), reason, action, std::string(excerpt), std::string(detail)};
    }
};

class IssueWriter {
public:
    explicit IssueWriter(std::filesystem::path folder);
    ~IssueWriter();
    IssueWriter(IssueWriter&&) noexcept;

    /// In order of file and line. `file` counts the version's sources.
    Result<void> add(int file, const IssueView& issue);
    const IssueCounts& counts() const { return m_counts; }

    struct Finished {
        std::unique_ptr<SealedFile> file;  // null: there were no issues
        std::string hash;
    };
    Result<Finished> finish();

private:
    struct Batch;
    Result<void> flush();

    std::filesystem::path m_folder;
    std::unique_ptr<TableWriter> m_writer;  // made at the first issue
    std::unique_ptr<Batch> m_batch;
    IssueCounts m_counts;
};

struct IssueQuery {
    std::optional<Reason> reason;
    std::optional<IssueAction> action;
    std::int64_t offset = 0, limit = 100;  // of those that fit
};

/// A version's issues, in order. `files` are its sources' paths. An empty hash: none.
Result<std::vector<RowIssue>> readIssues(const std::filesystem::path& folder, const std::string& hash,
    const std::vector<std::string>& files, const IssueQuery& query);

Result<void> verifyIssues(const std::filesystem::path& folder, const std::string& hash);

}  // namespace taskfold::data
