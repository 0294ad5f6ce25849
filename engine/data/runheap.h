#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace taskfold::data {

/// Runs by what each shows, the smallest first.
template <typename Run, typename Less>
class RunHeap {
public:
    void add(Run* run) { m_runs.push_back(run); }
    /// After the last was added.
    void order() { std::make_heap(m_runs.begin(), m_runs.end(), later); }

    bool isEmpty() const { return m_runs.empty(); }
    Run& front() const { return *m_runs.front(); }

    /// The first run shows something else: to its place.
    void sink()
    {
        for (std::size_t at = 0, child = 1; child < m_runs.size(); child = 2 * at + 1) {
            child += child + 1 < m_runs.size() && later(m_runs[child], m_runs[child + 1]) ? 1 : 0;
            if (!later(m_runs[at], m_runs[child]))
                return;
            std::swap(m_runs[at], m_runs[child]);
            at = child;
        }
    }
    /// The first run has nothing more to show.
    void drop()
    {
        m_runs.front() = m_runs.back();
        m_runs.pop_back();
        sink();
    }

private:
    static bool later(const Run* a, const Run* b) { return Less()(b->shown(), a->shown()); }

    std::vector<Run*> m_runs;
};

}  // namespace taskfold::data
