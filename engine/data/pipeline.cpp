#include "engine/data/pipeline.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace taskfold::data {

namespace {

constexpr std::size_t kMostInFlight = 32 << 20;  // bytes of text: behind them one block at a time, however large
constexpr std::size_t kLarge = 8 << 20;  // bytes of a block whose memory isn't kept for the next one

class Pipeline {
public:
    Pipeline(BlockSource& source, const std::function<Result<void>(MadeBlock&)>& made, std::stop_token stop, int threads)
        : m_source(source)
        , m_made(made)
        , m_stop(std::move(stop))
        , m_ahead(static_cast<std::size_t>(threads) * 2 + 2)
    {
    }

    std::function<void(std::int64_t, std::int64_t)> progress;
    std::optional<Error> failure;
    std::int64_t lines = 0;
    std::string hash;  // of the file

    // One thread's part: the next block, its rows, and its turn in the order.
    void work(BlockParser& parser, RowMaker& maker)
    {
        try {
            Block block;
            for (std::size_t number = 0; fetch(block, number);) {
                MadeBlock result = emptyBlock();
                maker.begin(result, block);
                result.lines = parser.parse(block, number == 0, maker);
                const std::size_t bytes = block.text().size();
                if (bytes > kLarge) {  // rare: while others have their turn, nothing of it stays
                    block = {};
                    maker.forget();
                }
                commit(number, bytes, std::move(result));
            }
        } catch (const FileFailure& failed) {
            fail(failed.error);
        } catch (const std::bad_alloc&) {
            fail({ErrorCode::OutOfMemory, "reading a file"});
        } catch (const std::exception& unexpected) {
            fail({ErrorCode::Internal, unexpected.what()});
        }
    }

private:
    void fail(Error error)
    {
        const std::lock_guard lock(m_mutex);
        if (!failure)
            failure = std::move(error);
        m_ended = true;
        m_changed.notify_all();
    }

    bool fetch(Block& block, std::size_t& number)
    {
        std::unique_lock turn(m_fetching);
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [&] {
                return m_ended || m_fetched == m_committed || (m_fetched - m_committed < m_ahead && m_inFlight < kMostInFlight);
            });
            if (m_ended)
                return false;
        }
        if (m_stop.stop_requested()) {
            fail({ErrorCode::Cancelled, {}});
            return false;
        }
        const Result<bool> more = m_source.next(block);
        if (!more) {
            fail(more.error());
            return false;
        }
        if (!*more)
            hash = m_source.hash();  // while others are at the last blocks
        const std::lock_guard lock(m_mutex);
        if (!*more) {
            m_ended = true;
        } else {
            number = m_fetched++;
            m_inFlight += block.text().size();
        }
        m_done = m_source.done();
        return *more;
    }

    // Hands on what is next in order; results that are early wait. `bytes` are those of the block.
    void commit(std::size_t number, std::size_t bytes, MadeBlock result)
    {
        std::unique_lock lock(m_mutex);
        m_waiting.emplace(number, std::pair(bytes, std::move(result)));
        if (m_committing)
            return;
        m_committing = true;
        while (!m_waiting.empty() && m_waiting.begin()->first == m_committed && !failure) {
            auto [size, next] = std::move(m_waiting.extract(m_waiting.begin()).mapped());
            lock.unlock();
            Result<void> done = handOn(next);
            next.clear();
            if (size > kLarge)
                next = {};
            lock.lock();
            if (size <= kLarge)
                m_spare.push_back(std::move(next));
            ++m_committed;
            m_inFlight -= size;
            if (!done && !failure) {
                failure = done.error();
                m_ended = true;
            }
            m_changed.notify_all();
        }
        m_committing = false;
        if (progress)
            progress(m_done, m_source.total());
    }

    Result<void> handOn(MadeBlock& block)
    {
        block.firstLine = lines;
        lines += block.lines;
        return m_made(block);
    }

    MadeBlock emptyBlock()
    {
        const std::lock_guard lock(m_mutex);
        if (m_spare.empty())
            return {};
        MadeBlock block = std::move(m_spare.back());
        m_spare.pop_back();
        return block;
    }

    BlockSource& m_source;
    const std::function<Result<void>(MadeBlock&)>& m_made;
    std::stop_token m_stop;
    std::size_t m_ahead;
    std::mutex m_fetching, m_mutex;
    std::condition_variable m_changed;
    std::map<std::size_t, std::pair<std::size_t, MadeBlock>> m_waiting;
    std::vector<MadeBlock> m_spare;  // used ones, for their memory
    std::size_t m_fetched = 0, m_committed = 0, m_inFlight = 0;
    std::int64_t m_done = 0;
    bool m_committing = false, m_ended = false;
};

}  // namespace

Result<PipelineRead> runPipeline(const OpenFile& file, int fileNumber, std::optional<Split> split, const LabelBook& labels,
    int threads, const std::function<Result<void>(MadeBlock&)>& made,
    const std::function<void(std::int64_t, std::int64_t)>& progress, const std::stop_token& stop)
{
    std::vector<RowMaker> makers;
    std::vector<std::unique_ptr<BlockParser>> parsers;
    for (int i = 0; i < threads; ++i) {
        Result<RowMaker> maker = RowMaker::make(file, fileNumber, split, labels);
        if (!maker)
            return std::move(maker).error();
        makers.push_back(*std::move(maker));
        parsers.push_back(makeParser(file));
    }
    Result<std::unique_ptr<BlockSource>> source = openBlocks(file, makers.front().reads());
    if (!source)
        return std::move(source).error();
    Pipeline pipeline(**source, made, stop, threads);
    pipeline.progress = progress;
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < makers.size(); ++i)
            helpers.emplace_back([&, i] { pipeline.work(*parsers[i], makers[i]); });
        pipeline.work(*parsers[0], makers[0]);
    }
    if (pipeline.failure)
        return std::move(*pipeline.failure);
    return PipelineRead{pipeline.lines, (*source)->done(), std::move(pipeline.hash), (*source)->mark()};
}

}  // namespace taskfold::data
