#pragma once

#include "engine/data/runheap.h"
#include "engine/data/sealedfile.h"
#include "engine/data/twosort.h"

#include <filesystem>
#include <memory>
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
        return m_load.size() < m_most ? Result<void>{} : spill();
    }

    Result<void> begin()
    {
        sortValues(m_load, Less());
        m_runs.push_back(Run{0, 0, std::move(m_load), 0});
        for (Run& run : m_runs) {
            if (Result<void> ready = refill(run); !ready)
                return ready;
            if (run.at < run.values.size())
                m_heap.add(&run);
        }
        m_heap.order();
        return {};
    }

    /// The smallest that is left, or null.
    const T* front() const { return m_heap.isEmpty() ? nullptr : &m_heap.front().shown(); }

    /// Takes away what front() showed.
    Result<void> pop()
    {
        Run& first = m_heap.front();
        ++first.at;
        if (Result<void> ready = refill(first); !ready)
            return ready;
        first.at < first.values.size() ? m_heap.sink() : m_heap.drop();
        return {};
    }

private:
    struct Run {
        std::int64_t from = 0, left = 0;  // on disk
        std::vector<T> values;
        std::size_t at = 0;

        const T& shown() const { return values[at]; }
    };

    Result<void> spill()
    {
        if (!m_file) {
            Result<std::unique_ptr<SealedFile>> made = SealedFile::scratch(m_folder);
            if (!made)
                return std::move(made).error();
            m_file = *std::move(made);
        }
        sortValues(m_load, Less());
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
    RunHeap<Run, Less> m_heap;
};

}  // namespace taskfold::data
