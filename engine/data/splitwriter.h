#pragma once

#include "engine/data/intake.h"
#include "engine/data/staging.h"
#include "engine/data/workpool.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace taskfold::data {

/// Rows and issues of one split on their way into nameless files. Who tells them only notes where rows lie; batches are
/// put together and hashed on the pool's threads and written in order.
class SplitWriter {
public:
    /// The pool must be drained, or gone, before this is.
    SplitWriter(std::filesystem::path folder, WorkPool& pool);
    ~SplitWriter();
    SplitWriter(const SplitWriter&) = delete;
    SplitWriter& operator=(const SplitWriter&) = delete;

    std::int64_t rowsIn = 0;

    /// A block's row; `offset` is added to its line, and `more` to its references.
    Result<void> keep(const std::shared_ptr<const StagedView>& block, std::size_t i, std::int64_t offset, std::span<const std::string_view> more = {});
    /// One that became another.
    Result<void> keep(Row row);
    /// Holds no blocks any longer, but for those of batches that are being written.
    void letGo();
    Result<void> issue(int file, const IssueView& issue);

    /// Hash, counts and files; the files aren't synced.
    Result<ReadySplit> finish();

private:
    struct Batch;
    struct Order;

    Result<void> count(std::size_t bytes);
    Result<void> handOver();

    WorkPool& m_pool;
    IssueWriter m_issues;
    std::int64_t m_kept = 0, m_bytes = 0;
    std::size_t m_batches = 0;
    std::unique_ptr<Batch> m_batch;
    std::unique_ptr<Order> m_order;
};

}  // namespace taskfold::data
