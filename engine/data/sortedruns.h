#pragma once

#include "engine/data/sealedfile.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

namespace taskfold::data {

/// Values sorted on their way out, of any number in bounded memory: full loads are sorted and spilled, then merged.
/// `Less` must tell any two apart, so that the order doesn't depend on the loads.
template <typename T, typename Less>
class SortedRuns {
public:
    SortedRuns(std::filesystem::path folder, std::size_t inMemory) : m_folder(std::move(folder)), m_most(inMemory) { }

    Result<void> add(const std::vector<T>& values)
    {
        m_load.insert(m_load.end(), values.begin(), values.end());
        return m_load.size() >= m_most ? spill() : Result<void>{};
    }

    Result<void> begin()
    {
        sort();
        m_runs.push_back(Run{0, 0, std::move(m_load), 0});
        for (Run& run : m_runs) {
            if (Result<void> ready = refill(run); !ready)
                return ready;
            if (run.at < run.values.size())
                m_heap.push_back(&run);
        }
        std::make_heap(m_heap.begin(), m_heap.end(), later);
        return {};
    }

    /// The smallest that is left, or null.
    const T* front() const { return m_heap.empty() ? nullptr : &m_heap.front()->values[m_heap.front()->at]; }

    /// Takes away what front() showed.
    Result<void> pop()
    {
        Run& first = *m_heap.front();
        ++first.at;
        if (Result<void> ready = refill(first); !ready)
            return ready;
        if (first.at < first.values.size()) {
            sink();
        } else {
            std::pop_heap(m_heap.begin(), m_heap.end(), later);
            m_heap.pop_back();
        }
        return {};
    }

private:
    struct Run {
        std::int64_t from = 0, left = 0;  // on disk
        std::vector<T> values;
        std::size_t at = 0;
    };

    static bool later(const Run* a, const Run* b) { return Less()(b->values[b->at], a->values[a->at]); }

    // The first run has gone on: to its place.
    void sink()
    {
        for (std::size_t at = 0, child = 1; child < m_heap.size(); child = 2 * at + 1) {
            child += child + 1 < m_heap.size() && later(m_heap[child], m_heap[child + 1]) ? 1 : 0;
            if (!later(m_heap[at], m_heap[child]))
                return;
            std::swap(m_heap[at], m_heap[child]);
            at = child;
        }
    }

    void sort()
    {
        constexpr std::size_t kWorthAThread = 20'000;
        const auto middle = m_load.begin() + static_cast<std::ptrdiff_t>(m_load.size() / 2);
        if (m_load.size() < kWorthAThread)
            return std::sort(m_load.begin(), m_load.end(), Less());
        {
            const std::jthread other([&] { std::sort(m_load.begin(), middle, Less()); });
            std::sort(middle, m_load.end(), Less());
        }
        std::inplace_merge(m_load.begin(), middle, m_load.end(), Less());
    }

    Result<void> spill()
    {
        if (!m_file) {
            Result<std::unique_ptr<SealedFile>> made = SealedFile::make(m_folder);
            if (!made)
                return std::move(made).error();
            m_file = *std::move(made);
        }
        sort();
        m_runs.push_back(Run{m_file->size(), static_cast<std::int64_t>(m_load.size()), {}, 0});
        const std::vector<T> load = std::move(m_load);
        m_load = {};
        return m_file->write({reinterpret_cast<const char*>(load.data()), load.size() * sizeof(T)});
    }

    Result<void> refill(Run& run)
    {
        constexpr std::int64_t kAtOnce = 1 << 14;
        if (run.at < run.values.size() || run.left == 0)
            return {};
        run.values.resize(static_cast<std::size_t>(std::min(kAtOnce, run.left)));
        run.at = 0;
        Result<void> got = m_file->readAt(run.from, reinterpret_cast<char*>(run.values.data()), run.values.size() * sizeof(T));
        run.from += static_cast<std::int64_t>(run.values.size() * sizeof(T));
        run.left -= static_cast<std::int64_t>(run.values.size());
        return got;
    }

    std::filesystem::path m_folder;
    std::size_t m_most;
    std::vector<T> m_load;
    std::unique_ptr<SealedFile> m_file;
    std::vector<Run> m_runs;
    std::vector<Run*> m_heap;  // by what each shows, the smallest first
};

}  // namespace taskfold::data
