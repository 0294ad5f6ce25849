#include "engine/data/workpool.h"

#include <utility>

namespace taskfold::data {

// So much waits that nobody runs dry while who hands over does a long task.
WorkPool::WorkPool(int threads) : m_ahead(static_cast<std::size_t>(threads) * 3 + 2)
{
    for (int i = 1; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

WorkPool::~WorkPool()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_tasks.clear();
    }
    m_changed.notify_all();
    m_threads.clear();
}

void WorkPool::perform(std::unique_lock<std::mutex>& lock)
{
    std::function<void()> task = std::move(m_tasks.front());
    m_tasks.pop_front();
    ++m_busy;
    lock.unlock();
    task();
    task = {};
    lock.lock();
    --m_busy;
    m_changed.notify_all();
}

void WorkPool::push(std::function<void()> task)
{
    std::unique_lock lock(m_mutex);
    m_tasks.push_back(std::move(task));
    m_changed.notify_all();
    while (m_tasks.size() > m_ahead || (m_threads.empty() && !m_tasks.empty()))
        perform(lock);
}

void WorkPool::drain()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        if (!m_tasks.empty())
            perform(lock);
        else if (m_busy > 0)
            m_changed.wait(lock);
        else
            return;
    }
}

void WorkPool::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [&] { return m_ending || !m_tasks.empty(); });
        if (m_ending)
            return;
        perform(lock);
    }
}

}  // namespace taskfold::data
