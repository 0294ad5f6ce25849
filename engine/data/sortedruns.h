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
        for (std::size_t i = 0; i < m_runs.size(); ++i)
            if (Result<void> ready = refill(m_runs[i]); !ready)
                return ready;
        return {};
    }

    /// The smallest that is left, or null.
    const T* front()
    {
        Run* best = nullptr;
        for (Run& run : m_runs)
            if (run.at < run.values.size() && (!best || Less()(run.values[run.at], best->values[best->at])))
                best = &run;
        m_best = best;
        return best ? &best->values[best->at] : nullptr;
    }

    /// Takes away what front() showed.
    Result<void> pop()
    {
        ++m_best->at;
        return refill(*m_best);
    }

private:
    struct Run {
        std::int64_t from = 0, left = 0;  // on disk
        std::vector<T> values;
        std::size_t at = 0;
    };

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
    Run* m_best = nullptr;
};

}  // namespace taskfold::data
