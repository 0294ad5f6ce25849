#include "engine/data/splitwriter.h"

#include "engine/data/sealedfile.h"
#include "engine/data/tablefile.h"

#include <map>
#include <mutex>
#include <new>

namespace taskfold::data {

namespace {

constexpr std::size_t kMostInFlight = 64 << 20;  // bytes of rows on their way to the file
constexpr std::size_t kLarge = 16 << 20;  // a batch whose memory isn't kept for the next one

void addPiece(std::vector<RowsPiece>& pieces, const RowsView& rows, std::uint32_t row, std::int64_t offset)
{
    RowsPiece& piece = pieces.emplace_back();
    piece.rows = &rows;
    piece.begin = row;
    piece.end = row + 1;
    piece.offset = offset;
}

}  // namespace

struct SplitWriter::Batch {
    std::vector<RowsPiece> pieces;
    std::vector<std::shared_ptr<const StagedView>> blocks;  // kept alive
    TextColumn more;  // references that rows lack
    std::vector<std::pair<std::size_t, Row>> changed;  // rows that became others, each before the piece of that number
    RowColumns columns;
    std::size_t rows = 0, bytes = 0;

    void gather()
    {
        const std::span<const RowsPiece> all(pieces);
        std::size_t done = 0;
        for (const auto& [before, row] : changed) {
            columns.add(all.subspan(done, before - done));
            columns.add(row);
            done = before;
        }
        columns.add(all.subspan(done));
        pieces.clear();
        blocks.clear();
        more.clear();
        changed.clear();
    }
};

// Batches come from several threads; each is written when its turn has come, by whoever finds it so.
struct SplitWriter::Order {
    struct Ready {
        RowColumns columns;
        std::size_t bytes = 0;
        std::string digest;
    };

    explicit Order(std::filesystem::path folder_) : folder(std::move(folder_)) { }

    void make(std::size_t number, Batch& batch)
    {
        try {
            if (failed())
                return;
            batch.gather();
            Ready ready{std::move(batch.columns), batch.bytes, {}};
            ready.digest = digestOf(*batchOf(ready.columns));
            write(number, std::move(ready));
        } catch (const std::bad_alloc&) {
            fail({ErrorCode::OutOfMemory, "writing rows"});
        } catch (const std::exception& unexpected) {
            fail({ErrorCode::Internal, unexpected.what()});
        }
    }

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

    // Memory for a batch: another one's, where one is done.
    RowColumns room()
    {
        const std::lock_guard lock(mutex);
        if (spare.empty())
            return {};
        RowColumns taken = std::move(spare.back());
        spare.pop_back();
        return taken;
    }

    // Whether what is handed over must wait until others are written.
    bool isMuch(std::size_t more)
    {
        const std::lock_guard lock(mutex);
        inFlight += more;
        return inFlight > kMostInFlight;
    }

    std::optional<Error> failed()
    {
        const std::lock_guard lock(mutex);
        return failure;
    }

    std::unique_ptr<TableWriter> writer;

private:
    void fail(Error error)
    {
        const std::lock_guard lock(mutex);
        if (!failure)
            failure = std::move(error);
    }

    void write(std::size_t number, Ready ready)
    {
        std::unique_lock lock(mutex);
        waiting.emplace(number, std::move(ready));
        if (writing)
            return;
        writing = true;
        while (!waiting.empty() && waiting.begin()->first == next && !failure) {
            Ready one = std::move(waiting.extract(waiting.begin()).mapped());
            lock.unlock();
            Result<void> done = open();
            if (done)
                done = writer->write(*batchOf(one.columns), one.digest);
            one.columns.clear();
            const bool isLarge = one.columns.bytes() > kLarge;
            if (isLarge)
                one.columns = {};
            lock.lock();
            inFlight -= one.bytes;
            if (!isLarge)
                spare.push_back(std::move(one.columns));
            ++next;
            if (!done)
                failure = done.error();
        }
        writing = false;
    }

    std::filesystem::path folder;
    std::mutex mutex;
    std::map<std::size_t, Ready> waiting;
    std::vector<RowColumns> spare;  // used batches' memory
    std::size_t next = 0, inFlight = 0;
    bool writing = false;
    std::optional<Error> failure;
};

SplitWriter::SplitWriter(std::filesystem::path folder, WorkPool& pool)
    : m_pool(pool)
    , m_issues(folder)
    , m_batch(std::make_unique<Batch>())
    , m_order(std::make_unique<Order>(std::move(folder)))
{
}

SplitWriter::~SplitWriter() = default;

Result<void> SplitWriter::handOver()
{
    m_kept += static_cast<std::int64_t>(m_batch->rows);
    const std::shared_ptr<Batch> batch = std::move(m_batch);
    m_batch = std::make_unique<Batch>();
    m_batch->columns = m_order->room();
    if (m_order->isMuch(batch->bytes))
        m_pool.drain();
    m_pool.push([order = m_order.get(), number = m_batches++, batch] { order->make(number, *batch); });
    if (std::optional<Error> failure = m_order->failed())
        return *std::move(failure);
    return {};
}

Result<void> SplitWriter::count(std::size_t bytes)
{
    ++m_batch->rows;
    m_batch->bytes += bytes;
    return isFullBatch(m_batch->rows, m_batch->bytes) ? handOver() : Result<void>{};
}

Result<void> SplitWriter::keep(const std::shared_ptr<const StagedView>& block, std::size_t i, std::int64_t offset, std::span<const std::string_view> more)
{
    std::vector<RowsPiece>& pieces = m_batch->pieces;
    if (m_batch->blocks.empty() || m_batch->blocks.back() != block)
        m_batch->blocks.push_back(block);
    const auto row = static_cast<std::uint32_t>(i);
    const RowsView& rows = block->rows;
    const bool changes = !m_batch->changed.empty() && m_batch->changed.back().first == pieces.size();
    if (!pieces.empty() && pieces.back().rows == &rows && pieces.back().end == row && !pieces.back().more && more.empty() && !changes)
        ++pieces.back().end;
    else
        addPiece(pieces, rows, row, offset);
    std::size_t bytes = rows.bytesOf(i);
    m_bytes += static_cast<std::int64_t>(bytes - rows.referenceBytesOf(i));
    if (!more.empty()) {
        pieces.back().more = &m_batch->more;
        pieces.back().moreBegin = static_cast<std::uint32_t>(m_batch->more.size());
        for (const std::string_view text : more) {
            m_batch->more.add(text);
            bytes += text.size();
        }
        pieces.back().moreEnd = static_cast<std::uint32_t>(m_batch->more.size());
    }
    return count(bytes);
}

void SplitWriter::letGo()
{
    m_batch->gather();
}

Result<void> SplitWriter::keep(Row row)
{
    m_bytes += static_cast<std::int64_t>(row.input.size() + row.target.size());
    std::size_t bytes = row.input.size() + row.target.size();
    for (const std::string& reference : row.references)
        bytes += reference.size();
    m_batch->changed.emplace_back(m_batch->pieces.size(), std::move(row));
    return count(bytes);
}

Result<void> SplitWriter::issue(int file, const IssueView& issue)
{
    return m_issues.add(file, issue);
}

Result<ReadySplit> SplitWriter::finish()
{
    if (m_batch->rows > 0)
        if (Result<void> done = handOver(); !done)
            return std::move(done).error();
    m_pool.drain();
    if (std::optional<Error> failure = m_order->failed())
        return *std::move(failure);
    if (Result<void> made = m_order->open(); !made)
        return std::move(made).error();
    Result<std::string> hash = m_order->writer->finish();
    if (!hash)
        return std::move(hash).error();
    Result<IssueWriter::Finished> issues = m_issues.finish();
    if (!issues)
        return std::move(issues).error();
    ReadySplit ready;
    ready.version.hash = *std::move(hash);
    ready.rows = m_order->writer->take();
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
