#pragma once

#include "engine/data/intake.h"
#include "engine/data/rowcolumns.h"

#include <filesystem>
#include <memory>

namespace taskfold::data {

/// Rows and issues of one split on their way into nameless files. Batches are hashed and written on a thread of its own,
/// so that the caller gathers the next one meanwhile.
class SplitWriter {
public:
    explicit SplitWriter(std::filesystem::path folder);
    ~SplitWriter();
    SplitWriter(const SplitWriter&) = delete;
    SplitWriter& operator=(const SplitWriter&) = delete;

    std::int64_t rowsIn = 0;

    Result<void> keep(const RowColumns& from, std::size_t i, std::int64_t line);
    Result<void> keep(const Row& row);
    Result<void> issue(int file, const RowIssue& issue);

    /// Hash, counts and files; the files aren't synced.
    Result<ReadySplit> finish();

private:
    struct Background;

    Result<void> handOver();

    IssueWriter m_issues;
    std::int64_t m_kept = 0, m_bytes = 0;
    RowColumns m_batch;
    std::unique_ptr<Background> m_background;
};

}  // namespace taskfold::data
