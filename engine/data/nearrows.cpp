#include "engine/data/nearrows.h"

#include "engine/core/random.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <limits>
#include <mutex>
#include <string>
#include <thread>

namespace taskfold::data {

namespace {

constexpr std::size_t kBands = 21, kRows = 6, kHashes = kBands * kRows;
constexpr std::size_t kPadded = 128;  // hashes in whole vectors
constexpr std::size_t kShingle = 5;
constexpr std::size_t kLeaders = 64;  // rows of one bucket that later ones are held against

struct Permutations {
    alignas(64) std::array<std::uint32_t, kPadded> factor{}, offset{};

    Permutations()
    {
        Random random{20260207};
        for (std::size_t i = 0; i < kPadded; ++i) {
            factor[i] = static_cast<std::uint32_t>(random.next()) | 1U;
            offset[i] = static_cast<std::uint32_t>(random.next());
        }
    }
};

const Permutations kPermutations;

// Lower case (of ASCII), with single blanks.
void fold(std::string_view text, std::string& folded)
{
    folded.clear();
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n' || c == '\t';
        if (blank && (folded.empty() || folded.back() == ' '))
            continue;
        folded += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
}

std::uint32_t mixed(std::uint64_t value)
{
    value = (value ^ (value >> 31)) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::uint32_t>(value >> 32);
}

// Hashes of every five characters; of a shorter text, of all of it. Continuation bytes belong to their character.
void shinglesOf(std::string_view text, std::string& room, std::vector<std::size_t>& starts, std::vector<std::uint32_t>& shingles)
{
    fold(text, room);
    shingles.clear();
    starts.clear();
    for (std::size_t i = 0; i < room.size(); ++i)
        if ((static_cast<unsigned char>(room[i]) & 0xC0) != 0x80)
            starts.push_back(i);
    starts.push_back(room.size());
    const std::size_t characters = starts.size() - 1;
    const std::size_t count = characters >= kShingle ? characters - kShingle + 1 : 1;
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t hash = 0;
        for (std::size_t k = starts[i]; k < starts[std::min(i + kShingle, characters)]; ++k)
            hash = hash * 0x100000001B3ULL + static_cast<unsigned char>(room[k]) + 1;
        shingles.push_back(mixed(hash));
    }
    std::sort(shingles.begin(), shingles.end());
    shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
}

double jaccard(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b)
{
    const std::size_t smaller = std::min(a.size(), b.size()), larger = std::max(a.size(), b.size());
    if (static_cast<double>(smaller) < kNear * static_cast<double>(larger))
        return static_cast<double>(smaller) / static_cast<double>(larger) * 0.99;  // it can't be more
    std::size_t common = 0;
    for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
        common += a[i] == b[k] ? 1 : 0;
        const bool left = a[i] <= b[k], right = b[k] <= a[i];
        i += left ? 1 : 0;
        k += right ? 1 : 0;
    }
    return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
__attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#endif
void smallest(const std::uint32_t* shingles, std::size_t count, const std::uint32_t* factor, const std::uint32_t* offset,
    std::uint32_t* least)
{
    for (std::size_t i = 0; i < kPadded; ++i)
        least[i] = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t s = 0; s < count; ++s) {
        const std::uint32_t shingle = shingles[s];
        for (std::size_t i = 0; i < kPadded; ++i) {
            std::uint32_t value = shingle * factor[i] + offset[i];
            value ^= value >> 15;
            least[i] = value < least[i] ? value : least[i];
        }
    }
}

int threadsOf(int wanted)
{
    return wanted > 0 ? wanted : std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
}

class Search {
public:
    Search(const NearSearch& search, const std::stop_token& stop) : m_search(search), m_stop(stop) { }

    Result<std::vector<NearPair>> run()
    {
        const auto count = static_cast<std::size_t>(m_search.count);
        m_bands.resize(count * kBands);
        m_best.resize(count);
        parallel((count + kChunk - 1) / kChunk, [this](std::size_t chunk) { sign(chunk); });
        for (std::size_t band = 0; band < kBands && !m_stop.stop_requested(); ++band) {
            this->band(band);
            tell(static_cast<std::int64_t>(band + 2));
        }
        if (m_stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        std::vector<NearPair> pairs;
        for (const NearPair& best : m_best)
            if (best.similarity >= kNear)
                pairs.push_back(best);
        return pairs;
    }

private:
    static constexpr std::size_t kChunk = 4096;

    struct Member {
        std::uint32_t band, row;
    };

    void tell(std::int64_t step) const
    {
        if (m_search.progress)
            m_search.progress(step, static_cast<std::int64_t>(kBands + 2));
    }

    void parallel(std::size_t count, const std::function<void(std::size_t)>& work)
    {
        std::atomic<std::size_t> next{0};
        const auto run = [&] {
            for (std::size_t i = next++; i < count && !m_stop.stop_requested(); i = next++)
                work(i);
        };
        std::vector<std::jthread> threads;
        for (int i = 1; i < threadsOf(m_search.threads); ++i)
            threads.emplace_back(run);
        run();
    }

    void sign(std::size_t chunk)
    {
        std::string room;
        std::vector<std::size_t> starts;
        std::vector<std::uint32_t> shingles;
        alignas(64) std::array<std::uint32_t, kPadded> least{};
        const std::size_t end = std::min((chunk + 1) * kChunk, m_best.size());
        for (std::size_t row = chunk * kChunk; row < end; ++row) {
            shinglesOf(m_search.textAt(static_cast<std::int64_t>(row)), room, starts, shingles);
            smallest(shingles.data(), shingles.size(), kPermutations.factor.data(), kPermutations.offset.data(), least.data());
            for (std::size_t band = 0; band < kBands; ++band) {
                std::uint64_t hash = 0;
                for (std::size_t i = 0; i < kRows; ++i)
                    hash = (hash ^ least[band * kRows + i]) * 0x9E3779B97F4A7C15ULL;
                m_bands[band * m_best.size() + row] = mixed(hash);
            }
        }
    }

    // Rows that share a band, bucket by bucket.
    void band(std::size_t band)
    {
        std::vector<Member> members(m_best.size());
        for (std::size_t row = 0; row < members.size(); ++row)
            members[row] = {m_bands[band * m_best.size() + row], static_cast<std::uint32_t>(row)};
        std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return std::tie(a.band, a.row) < std::tie(b.band, b.row); });
        std::vector<std::pair<std::size_t, std::size_t>> buckets;
        for (std::size_t from = 0, to = 0; from < members.size(); from = to) {
            for (to = from + 1; to < members.size() && members[to].band == members[from].band; ++to) { }
            if (to - from > 1)
                buckets.emplace_back(from, to);
        }
        constexpr std::size_t kAtOnce = 256;
        parallel((buckets.size() + kAtOnce - 1) / kAtOnce, [&](std::size_t part) {
            for (std::size_t i = part * kAtOnce; i < std::min((part + 1) * kAtOnce, buckets.size()); ++i)
                bucket(members, buckets[i].first, buckets[i].second);
        });
    }

    struct Leader {
        std::uint32_t row;
        std::vector<std::uint32_t> shingles;
    };

    // Each row against the bucket's first ones; a row belongs to one bucket of a band, so no two threads meet.
    void bucket(const std::vector<Member>& members, std::size_t from, std::size_t to)
    {
        std::vector<Leader> leaders;
        std::string room;
        std::vector<std::size_t> starts;
        std::vector<std::uint32_t> shingles;
        for (std::size_t i = from; i < to && !m_stop.stop_requested(); ++i) {
            const std::uint32_t row = members[i].row;
            NearPair& best = m_best[row];
            bool read = false;
            for (const Leader& leader : leaders) {
                if (row < m_search.references)
                    break;  // only what comes behind them is looked for
                if (best.similarity >= kNear && best.twin == leader.row)
                    continue;
                if (!std::exchange(read, true))
                    shinglesOf(m_search.textAt(row), room, starts, shingles);
                const double near = jaccard(leader.shingles, shingles);
                if (near >= kNear && (near > best.similarity || (near == best.similarity && leader.row < best.twin)))
                    best = {row, leader.row, near};
            }
            const bool leads = m_search.references > 0 ? row < m_search.references : best.similarity < kNear;
            if (leads && leaders.size() < kLeaders) {
                if (!read)
                    shinglesOf(m_search.textAt(row), room, starts, shingles);
                leaders.push_back({row, shingles});
            }
        }
    }

    const NearSearch& m_search;
    const std::stop_token& m_stop;
    std::vector<std::uint32_t> m_bands;  // by band, then row
    std::vector<NearPair> m_best;
};

}  // namespace

double similarity(std::string_view a, std::string_view b)
{
    std::string room;
    std::vector<std::size_t> starts;
    std::vector<std::uint32_t> one, other;
    shinglesOf(a, room, starts, one);
    shinglesOf(b, room, starts, other);
    const std::size_t larger = std::max(one.size(), other.size());
    return larger == 0 ? 1 : jaccard(one, other);
}

Result<std::vector<NearPair>> nearPairs(const NearSearch& search, const std::stop_token& stop)
{
    if (search.count > std::numeric_limits<std::int32_t>::max())
        return Error{ErrorCode::Unsupported, "near duplicates are searched among at most two thousand million rows"};
    return Search(search, stop).run();
}

}  // namespace taskfold::data
