#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Runs of n items, counted by sorting: exact, and no memory beyond the runs.
namespace taskfold::stats {

struct NgramCount {
    std::size_t first = 0;  // where the run stands for the first time
    std::int64_t count = 0;
};

template <typename Item>
class Ngrams {
public:
    Ngrams(std::span<const Item> items, std::size_t order) : m_items(items), m_order(order)
    {
        std::vector<std::size_t> starts(items.size() < order ? 0 : items.size() - order + 1);
        for (std::size_t i = 0; i < starts.size(); ++i)
            starts[i] = i;
        std::sort(starts.begin(), starts.end(), [&](std::size_t a, std::size_t b) { return compare(run(a), run(b)) < 0; });
        m_total = static_cast<std::int64_t>(starts.size());
        for (const std::size_t start : starts) {
            if (!m_counts.empty() && compare(run(m_counts.back().first), run(start)) == 0)
                ++m_counts.back().count;
            else
                m_counts.push_back({start, 1});
        }
    }

    std::int64_t total() const { return m_total; }

    /// How often a run of this text stands in the other, too: at most as often as there (BLEU's clipped matches).
    std::int64_t matches(const Ngrams& other) const
    {
        std::int64_t sum = 0;
        auto theirs = other.m_counts.begin();
        for (const NgramCount& mine : m_counts) {
            while (theirs != other.m_counts.end() && compare(other.run(theirs->first), run(mine.first)) < 0)
                ++theirs;
            if (theirs != other.m_counts.end() && compare(other.run(theirs->first), run(mine.first)) == 0)
                sum += std::min(mine.count, theirs->count);
        }
        return sum;
    }

    /// Matches against several texts, each run as often as in that which has it most often.
    std::int64_t matches(const std::vector<Ngrams>& others) const
    {
        std::int64_t sum = 0;
        for (const NgramCount& mine : m_counts) {
            std::int64_t most = 0;
            for (const Ngrams& other : others)
                most = std::max(most, other.countOf(run(mine.first)));
            sum += std::min(mine.count, most);
        }
        return sum;
    }

private:
    std::span<const Item> run(std::size_t start) const { return m_items.subspan(start, m_order); }

    static int compare(std::span<const Item> a, std::span<const Item> b)
    {
        for (std::size_t i = 0; i < a.size(); ++i)
            if (a[i] != b[i])
                return a[i] < b[i] ? -1 : 1;
        return 0;
    }

    std::int64_t countOf(std::span<const Item> wanted) const
    {
        const auto found = std::lower_bound(m_counts.begin(), m_counts.end(), wanted,
            [&](const NgramCount& one, std::span<const Item> other) { return compare(run(one.first), other) < 0; });
        return found != m_counts.end() && compare(run(found->first), wanted) == 0 ? found->count : 0;
    }

    std::span<const Item> m_items;
    std::size_t m_order;
    std::int64_t m_total = 0;
    std::vector<NgramCount> m_counts;  // sorted by run
};

}  // namespace taskfold::stats
