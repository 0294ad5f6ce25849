#include "engine/data/splitwriter.h"

#include "engine/data/sealedfile.h"
#include "engine/data/tablefile.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace taskfold::data {

struct SplitWriter::Background {
    explicit Background(const std::filesystem::path& folder_) : folder(folder_), thread([this] { work(); }) { }

    ~Background()
    {
        {
            const std::lock_guard lock(mutex);
            ending = true;
        }
        changed.notify_all();
        thread.join();
    }

    // Waits while too much is on its way.
    Result<void> push(RowColumns batch)
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return queue.size() < 4 || failure; });
        if (failure)
            return *failure;
        queue.push_back(std::move(batch));
        changed.notify_all();
        return {};
    }

    Result<std::pair<std::string, std::unique_ptr<SealedFile>>> finish()
    {
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return (queue.empty() && !busy) || failure; });
        }
        if (failure)
            return *failure;
        if (Result<void> made = open(); !made)
            return std::move(made).error();
        Result<std::string> hash = writer->finish();
        if (!hash)
            return std::move(hash).error();
        return std::pair(*std::move(hash), writer->take());
    }

    std::vector<RowColumns> spare;  // used batches' memory
    std::mutex mutex;

private:
    Result<void> open()
    {
        if (writer)
            return {};
        Result<std::unique_ptr<TableWriter>> made = TableWriter::make(folder, rowSchema());
        if (!made)
            return std::move(made).error();
        writer = *std::move(made);
        return {};
    }

    void work()
    {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [&] { return !queue.empty() || ending; });
            if (queue.empty() || ending)
                return;
            RowColumns batch = std::move(queue.front());
            queue.pop_front();
            busy = true;
            lock.unlock();
            Result<void> done = open();
            if (done) {
                const auto made = batchOf(batch);
                done = writer->write(*made, digestOf(*made));
            }
            batch.clear();
            lock.lock();
            busy = false;
            if (!done && !failure)
                failure = done.error();
            spare.push_back(std::move(batch));
            changed.notify_all();
        }
    }

    std::filesystem::path folder;
    std::unique_ptr<TableWriter> writer;
    std::condition_variable changed;
    std::deque<RowColumns> queue;
    std::optional<Error> failure;
    bool busy = false, ending = false;
    std::thread thread;
};

SplitWriter::SplitWriter(std::filesystem::path folder)
    : m_issues(folder)
    , m_background(std::make_unique<Background>(folder))
{
}

SplitWriter::~SplitWriter() = default;

Result<void> SplitWriter::handOver()
{
    m_kept += static_cast<std::int64_t>(m_batch.size());
    m_bytes += static_cast<std::int64_t>(m_batch.input.bytes.size() + m_batch.target.bytes.size());
    Result<void> done = m_background->push(std::move(m_batch));
    m_batch = {};
    const std::lock_guard lock(m_background->mutex);
    if (!m_background->spare.empty()) {
        m_batch = std::move(m_background->spare.back());
        m_background->spare.pop_back();
    }
    return done;
}

Result<void> SplitWriter::keep(const RowColumns& from, std::size_t i, std::int64_t line)
{
    m_batch.add(from, i, line);
    return isFullBatch(m_batch) ? handOver() : Result<void>{};
}

Result<void> SplitWriter::keep(const Row& row)
{
    m_batch.add(row);
    return isFullBatch(m_batch) ? handOver() : Result<void>{};
}

Result<void> SplitWriter::issue(int file, const RowIssue& issue)
{
    return m_issues.add(file, issue);
}

Result<ReadySplit> SplitWriter::finish()
{
    if (m_batch.size() > 0)
        if (Result<void> done = handOver(); !done)
            return std::move(done).error();
    auto rows = m_background->finish();
    if (!rows)
        return std::move(rows).error();
    Result<IssueWriter::Finished> issues = m_issues.finish();
    if (!issues)
        return std::move(issues).error();
    ReadySplit ready;
    ready.version.hash = rows->first;
    ready.rows = std::move(rows->second);
    ready.version.issuesHash = issues->hash;
    ready.issues = std::move(issues->file);
    ready.version.rowsIn = rowsIn;
    ready.version.rowsKept = m_kept;
    ready.version.bytesKept = m_bytes;
    for (const auto& [what, count] : m_issues.counts()) {
        ready.version.issueActions[what] = count;
        if (what.second != IssueAction::Fixed)
            ready.version.issues[what.first] += count;
    }
    return ready;
}

}  // namespace taskfold::data
