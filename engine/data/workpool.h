#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace taskfold::data {

/// Several threads on one queue. Who hands work over does some of it when too much is waiting. Tasks don't throw.
class WorkPool {
public:
    /// `threads` counts the one that hands over.
    explicit WorkPool(int threads);
    /// Drops what is waiting, and joins.
    ~WorkPool();
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    void push(std::function<void()> task);
    /// Helps until nothing is waiting or being done.
    void drain();

private:
    void work();
    void perform(std::unique_lock<std::mutex>& lock);

    std::size_t m_ahead;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_tasks;
    int m_busy = 0;
    bool m_ending = false;
    std::vector<std::jthread> m_threads;
};

}  // namespace taskfold::data
