#include "engine/model/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace taskfold::model {

namespace {

using Clock = std::chrono::steady_clock;

// What waits for `done` looks for it before it sleeps. To wake a thread costs some ten microseconds, as much as many a loop; but
// where other programs want the cores, too, who looks keeps the one it waits for from running. So how long it looks grows where it
// was worth it, and shrinks to nothing where it wasn't; now and then it is tried again.
class Patience {
public:
    template <typename Done>
    bool waitFor(const Done& done)
    {
        if (done())
            return true;
        const bool tries = ++m_waits % kTriesEvery == 0;
        const Clock::duration most = tries ? std::max(m_most, kTried) : m_most;
        if (most < kLeast)
            return false;
        const Clock::time_point end = Clock::now() + most;
        do {
            for (int i = 0; i < 8; ++i) {
                pause();
                if (done()) {
                    m_most = std::min(kMost, m_most + kLeast);
                    return true;
                }
            }
        } while (Clock::now() < end);
        m_most /= 2;
        return false;
    }

private:
    static constexpr Clock::duration kLeast = std::chrono::microseconds(2), kTried = std::chrono::microseconds(20),
                                     kMost = std::chrono::microseconds(100);
    static constexpr std::uint32_t kTriesEvery = 64;

    static void pause()
    {
#if defined(__x86_64__)
        _mm_pause();
#endif
    }

    Clock::duration m_most = kMost;
    std::uint32_t m_waits = 0;
};

struct Loop {
    LoopBody call = nullptr;
    const void* body = nullptr;
    std::int64_t begin = 0, end = 0, length = 0;  // of a part

    void run(int part) const
    {
        const std::int64_t from = begin + part * length;
        call(body, from, std::min(end, from + length));
    }
};

thread_local bool g_inside = false;

// The threads beside one that asks: they have its priority, and end with it.
class Crew {
public:
    void run(const Loop& loop, int parts)
    {
        while (static_cast<int>(m_workers.size()) < parts - 1)
            m_workers.push_back(std::make_unique<Worker>(*this, static_cast<int>(m_workers.size()) + 1));
        m_loop = loop;
        m_failure = nullptr;
        m_left.store(parts - 1, std::memory_order_relaxed);
        for (int i = 0; i < parts - 1; ++i)
            m_workers[static_cast<std::size_t>(i)]->start();
        runPart(0);
        if (!m_patience.waitFor([this] { return m_left.load(std::memory_order_acquire) == 0; }))
            for (int left = m_left.load(std::memory_order_acquire); left != 0; left = m_left.load(std::memory_order_acquire))
                m_left.wait(left, std::memory_order_acquire);
        if (m_failure)
            std::rethrow_exception(std::exchange(m_failure, nullptr));
    }

private:
    enum State : int { Idle, Asked, Asleep, Ended };

    class Worker {
    public:
        Worker(Crew& crew, int part) : m_crew(crew), m_part(part)
        {
            m_thread = std::thread([this] { work(); });
        }
        ~Worker()
        {
            tell(Ended);
            m_thread.join();
        }
        Worker(const Worker&) = delete;
        Worker& operator=(const Worker&) = delete;

        void start() { tell(Asked); }

    private:
        void tell(State state)
        {
            if (m_state.exchange(state, std::memory_order_acq_rel) == Asleep)
                m_state.notify_one();
        }

        void work()
        {
            g_inside = true;
            while (waitForWork() == Asked) {
                m_crew.runPart(m_part);
                m_state.store(Idle, std::memory_order_relaxed);  // seen before the loop ends
                if (m_crew.m_left.fetch_sub(1, std::memory_order_acq_rel) == 1)
                    m_crew.m_left.notify_one();
            }
        }

        int waitForWork()
        {
            if (!m_patience.waitFor([this] { return m_state.load(std::memory_order_acquire) != Idle; })) {
                int idle = Idle;
                m_state.compare_exchange_strong(idle, Asleep, std::memory_order_acq_rel);
                m_state.wait(Asleep, std::memory_order_acquire);
            }
            return m_state.load(std::memory_order_acquire);
        }

        Crew& m_crew;
        const int m_part;
        Patience m_patience;
        alignas(64) std::atomic<int> m_state{Idle};
        std::thread m_thread;
    };

    void runPart(int part)
    {
        try {
            m_loop.run(part);
        } catch (...) {
            const std::scoped_lock lock(m_failing);
            if (!m_failure)
                m_failure = std::current_exception();
        }
    }

    Loop m_loop;
    Patience m_patience;
    std::mutex m_failing;
    std::exception_ptr m_failure;
    alignas(64) std::atomic<int> m_left{0};
    std::vector<std::unique_ptr<Worker>> m_workers;  // last: they end first
};

thread_local int g_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));

}  // namespace

void setLoopThreads(int count)
{
    g_threads = std::max(1, count);
}

int loopThreads()
{
    return g_threads;
}

bool insideLoop()
{
#ifdef _OPENMP
    return g_inside || omp_in_parallel() != 0;
#else
    return g_inside;
#endif
}

void divide(std::int64_t begin, std::int64_t end, std::int64_t grain, LoopBody call, const void* body)
{
    if (begin >= end)
        return;
    const std::int64_t count = end - begin, most = (count + std::max<std::int64_t>(1, grain) - 1) / std::max<std::int64_t>(1, grain);
    const std::int64_t wanted = std::min<std::int64_t>(g_threads, most), length = (count + wanted - 1) / wanted;
    const int parts = static_cast<int>((count + length - 1) / length);
    const Loop loop{call, body, begin, end, length};
    if (parts == 1 || insideLoop()) {
        for (int part = 0; part < parts; ++part)
            loop.run(part);
        return;
    }
    thread_local Crew crew;
    g_inside = true;
    try {
        crew.run(loop, parts);
    } catch (...) {
        g_inside = false;
        throw;
    }
    g_inside = false;
}

}  // namespace taskfold::model
