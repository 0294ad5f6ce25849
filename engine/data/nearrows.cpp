#include "engine/data/nearrows.h"

#include "engine/core/random.h"
#include "engine/data/scratchmemory.h"
#include "engine/data/shingles.h"
#include "engine/data/twosort.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <thread>

namespace taskfold::data {

namespace {

constexpr std::size_t kBands = 21, kRows = 6, kHashes = kBands * kRows;
constexpr std::size_t kPadded = 128;  // hashes in whole vectors
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

    Result<void> run(const std::function<Result<void>(const NearPair&)>& told)
    {
        if (Result<void> made = makeRoom(); !made)
            return made;
        const std::size_t chunks = (m_best.size() + kChunk - 1) / kChunk;
        for (std::size_t from = 0; from < chunks && !m_stop.stop_requested(); from += kChunksAtOnce) {
            parallel(std::min(kChunksAtOnce, chunks - from), [&](std::size_t chunk) { sign(from + chunk); });
            forget();
        }
        for (std::size_t band = 0; band < kBands && !m_stop.stop_requested(); ++band) {
            this->band(band);
            tell(static_cast<std::int64_t>(band + 2));
        }
        if (m_stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        for (std::size_t row = 0; row < m_best.size(); ++row) {
            if (m_best[row].similarity < kNear)
                continue;
            if (Result<void> done = told({static_cast<std::int64_t>(row), m_best[row].twin, m_best[row].similarity}); !done)
                return done;
        }
        return {};
    }

private:
    static constexpr std::size_t kChunk = 4096, kChunksAtOnce = 64;
    static constexpr std::size_t kMembers = 4'000'000;  // of a band, looked at together: 32 MB

    struct Member {
        std::uint32_t band, row;
    };
    // The nearest of a row so far.
    struct Best {
        float similarity;
        std::uint32_t twin;
    };

    Result<void> makeRoom()
    {
        const auto count = static_cast<std::size_t>(m_search.count);
        Result<ScratchMemory> bands = ScratchMemory::make(m_search.folder, count * kBands * sizeof(std::uint32_t));
        Result<ScratchMemory> best = ScratchMemory::make(m_search.folder, count * sizeof(Best));
        if (!bands || !best)
            return bands ? std::move(best).error() : std::move(bands).error();
        m_bandsRoom = *std::move(bands);
        m_bestRoom = *std::move(best);
        m_bands = m_bandsRoom.of<std::uint32_t>();
        m_best = m_bestRoom.of<Best>();
        return {};
    }

    void forget() const
    {
        m_bandsRoom.forget();
        m_bestRoom.forget();
        if (m_search.forget)
            m_search.forget();
    }

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
                m_bands[band * m_best.size() + row] = mixedHash(hash);
            }
        }
    }

    // Rows that share a band, bucket by bucket; of many rows in parts, by the bucket's number.
    void band(std::size_t band)
    {
        const std::size_t parts = m_best.size() / kMembers + 1;
        for (std::size_t part = 0; part < parts && !m_stop.stop_requested(); ++part) {
            std::vector<Member> members;
            members.reserve(m_best.size() / parts + m_best.size() / parts / 16 + 16);
            for (std::size_t row = 0; row < m_best.size(); ++row)
                if (const std::uint32_t bucket = m_bands[band * m_best.size() + row]; parts == 1 || bucket % parts == part)
                    members.push_back({bucket, static_cast<std::uint32_t>(row)});
            m_bandsRoom.forget();
            go(members);
            forget();
        }
    }

    void go(std::vector<Member>& members)
    {
        sortInTwo(members, [](const Member& a, const Member& b) { return std::tie(a.band, a.row) < std::tie(b.band, b.row); });
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
            Best& best = m_best[row];
            bool read = false;
            for (const Leader& leader : leaders) {
                if (row < m_search.references)
                    break;  // only what comes behind them is looked for
                if (best.similarity >= kNear && best.twin == leader.row)
                    continue;
                if (!std::exchange(read, true))
                    shinglesOf(m_search.textAt(row), room, starts, shingles);
                const double near = jaccard(leader.shingles, shingles);
                if (const auto share = static_cast<float>(near); near >= kNear && (share > best.similarity || (share == best.similarity && leader.row < best.twin)))
                    best = {share, leader.row};
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
    ScratchMemory m_bandsRoom, m_bestRoom;
    std::span<std::uint32_t> m_bands;  // by band, then row
    std::span<Best> m_best;  // by row
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

Result<void> eachNearPair(
    const NearSearch& search, const std::function<Result<void>(const NearPair&)>& told, const std::stop_token& stop)
{
    if (search.count > std::numeric_limits<std::int32_t>::max())
        return Error{ErrorCode::Unsupported, "near duplicates are searched among at most two thousand million rows"};
    return Search(search, stop).run(told);
}

Result<std::vector<NearPair>> nearPairs(const NearSearch& search, const std::stop_token& stop)
{
    std::vector<NearPair> pairs;
    const auto keep = [&](const NearPair& pair) -> Result<void> {
        pairs.push_back(pair);
        return {};
    };
    Result<void> done = eachNearPair(search, keep, stop);
    return done ? Result<std::vector<NearPair>>(std::move(pairs)) : Result<std::vector<NearPair>>(std::move(done).error());
}

}  // namespace taskfold::data
