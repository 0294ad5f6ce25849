#include "engine/data/rowgroups.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <map>
#include <span>
#include <tuple>

namespace taskfold::data {

namespace {

struct ByInput {
    bool operator()(const RowKey& a, const RowKey& b) const
    {
        return std::make_tuple(a.input[0], a.input[1], Place::split(a.place), a.place)
            < std::make_tuple(b.input[0], b.input[1], Place::split(b.place), b.place);
    }
};

bool sameInput(const RowKey& a, const RowKey& b)
{
    return a.input[0] == b.input[0] && a.input[1] == b.input[1] && Place::split(a.place) == Place::split(b.place);
}

// The same for two rows, as most groups are.
void settlePair(const RowKey& first, const RowKey& other, bool joinTargets, std::vector<Decision>& decisions, std::vector<RowKey>& kept)
{
    if (first.target != other.target && !joinTargets) {
        decisions.push_back({first.place, first.place, Verdict::Tied});
        decisions.push_back({other.place, first.place, Verdict::Tied});
        return;
    }
    kept.push_back(first);
    if (first.target == other.target) {
        decisions.push_back({other.place, first.place, Verdict::Duplicate});
        return;
    }
    decisions.push_back({first.place, other.place, Verdict::AddReference});
    decisions.push_back({other.place, first.place, Verdict::BecameReference});
}

// What is done about the rows of one input.
class Group {
public:
    Group(std::span<const RowKey> keys, bool joinTargets, std::vector<Decision>& decisions, std::vector<RowKey>& kept)
        : m_keys(keys)
        , m_decisions(decisions)
        , m_kept(kept)
    {
        for (const RowKey& key : keys)
            m_targets[key.target].push_back(&key);
        if (m_targets.size() == 1)
            stay(m_targets.begin()->second);
        else if (joinTargets)
            join();
        else
            vote();
    }

private:
    void stay(const std::vector<const RowKey*>& same)
    {
        m_kept.push_back(*same.front());
        for (std::size_t i = 1; i < same.size(); ++i)
            m_decisions.push_back({same[i]->place, same.front()->place, Verdict::Duplicate});
    }

    void join()
    {
        const RowKey& first = m_keys.front();
        for (const auto& [target, same] : m_targets) {
            if (target == first.target) {
                stay(same);
                continue;
            }
            m_decisions.push_back({first.place, same.front()->place, Verdict::AddReference});
            for (const RowKey* key : same)
                m_decisions.push_back({key->place, first.place, Verdict::BecameReference});
        }
    }

    void vote()
    {
        std::size_t most = 0, how = 0;
        std::uint64_t best = 0;
        for (const auto& [target, same] : m_targets) {
            if (same.size() > most) {
                most = same.size();
                best = target;
                how = 1;
            } else if (same.size() == most) {
                ++how;
            }
        }
        for (const auto& [target, same] : m_targets) {
            if (how == 1 && target == best) {
                stay(same);
                continue;
            }
            for (const RowKey* key : same)
                m_decisions.push_back(how == 1 ? Decision{key->place, m_targets[best].front()->place, Verdict::Minority}
                                               : Decision{key->place, m_keys.front().place, Verdict::Tied});
        }
    }

    std::span<const RowKey> m_keys;
    std::vector<Decision>& m_decisions;
    std::vector<RowKey>& m_kept;
    std::map<std::uint64_t, std::vector<const RowKey*>> m_targets;
};

}  // namespace

// Sorts a part's keys. Hashes are spread evenly: dealt out to about as many buckets as there are keys, a few lie in each.
void sortByInput(std::vector<RowKey>& keys, std::vector<RowKey>& dealt, int sharedBits)
{
    const int bits = std::clamp(static_cast<int>(std::bit_width(keys.size())) - 1, 1, 20);
    const auto bucketOf = [&](const RowKey& key) { return static_cast<std::size_t>(key.input[0] << sharedBits >> (64 - bits)); };
    std::vector<std::uint32_t> starts((std::size_t{1} << bits) + 1);
    for (const RowKey& key : keys)
        ++starts[bucketOf(key) + 1];
    for (std::size_t i = 1; i < starts.size(); ++i)
        starts[i] += starts[i - 1];
    dealt.resize(keys.size());
    std::vector<std::uint32_t> next(starts.begin(), starts.end() - 1);
    for (const RowKey& key : keys)
        dealt[next[bucketOf(key)]++] = key;
    for (std::size_t i = 0; i + 1 < starts.size(); ++i)
        if (starts[i + 1] - starts[i] > 1)
            std::sort(dealt.begin() + starts[i], dealt.begin() + starts[i + 1], ByInput());
    keys.swap(dealt);
}

void settleGroups(const std::vector<RowKey>& keys, bool joinTargets, bool wantsKept, std::vector<Decision>& decisions, std::vector<RowKey>& kept)
{
    for (std::size_t from = 0, to = 0; from < keys.size(); from = to) {
        for (to = from + 1; to < keys.size() && sameInput(keys[from], keys[to]); ++to) { }
        if (to - from == 2) {
            settlePair(keys[from], keys[from + 1], joinTargets, decisions, kept);
        } else if (to - from > 2) {
            Group(std::span(keys).subspan(from, to - from), joinTargets, decisions, kept);
        } else if (wantsKept) {
            kept.push_back(keys[from]);
        }
    }
}

}  // namespace taskfold::data
