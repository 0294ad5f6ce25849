#include "engine/data/rowkeys.h"

#include "engine/data/sortedruns.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <thread>

namespace taskfold::data {

namespace {

constexpr std::size_t kParts = 256;
constexpr std::size_t kKeysInMemory = 3'000'000;  // 96 MB
constexpr std::size_t kDecisionsInMemory = 2'000'000;  // 48 MB

struct ByInput {
    bool operator()(const RowKey& a, const RowKey& b) const
    {
        return std::make_tuple(a.input[0], a.input[1], Place::split(a.place), a.place)
            < std::make_tuple(b.input[0], b.input[1], Place::split(b.place), b.place);
    }
};

struct ByPlace {
    bool operator()(const Decision& a, const Decision& b) const
    {
        return std::tie(a.place, a.verdict, a.other) < std::tie(b.place, b.verdict, b.other);
    }
};

bool sameInput(const RowKey& a, const RowKey& b)
{
    return a.input[0] == b.input[0] && a.input[1] == b.input[1] && Place::split(a.place) == Place::split(b.place);
}

struct Part {
    std::vector<RowKey> keys;
    std::unique_ptr<SealedFile> file;
};

// Sorts a part's keys. Hashes are spread evenly: dealt out to about as many buckets as there are keys, a few lie in each.
void sortByInput(std::vector<RowKey>& keys, std::vector<RowKey>& dealt)
{
    constexpr int kPartBits = std::countr_zero(kParts);
    const int bits = std::clamp(static_cast<int>(std::bit_width(keys.size())) - 1, 1, 20);
    const auto bucketOf = [&](const RowKey& key) { return static_cast<std::size_t>(key.input[0] << kPartBits >> (64 - bits)); };
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

void hashText(std::string_view text, std::uint64_t (&hash)[2])
{
    const XXH128_hash_t found = XXH3_128bits(text.data(), text.size());
    hash[0] = found.high64;
    hash[1] = found.low64;
}

std::uint64_t hashText(std::string_view text)
{
    return XXH3_64bits(text.data(), text.size());
}

double unit(std::uint64_t hash)
{
    return static_cast<double>(hash >> 11) * 0x1.0p-53;
}

struct RowKeys::State {
    explicit State(const std::filesystem::path& folder_) : folder(folder_), decisions(folder_, kDecisionsInMemory) { }

    std::filesystem::path folder;
    std::array<Part, kParts> parts;
    std::size_t inMemory = 0;
    SortedRuns<Decision, ByPlace> decisions;

    Result<void> spill()
    {
        for (Part& part : parts) {
            if (!part.file) {
                Result<std::unique_ptr<SealedFile>> made = SealedFile::make(folder);
                if (!made)
                    return std::move(made).error();
                part.file = *std::move(made);
            }
            if (Result<void> done
                = part.file->write({reinterpret_cast<const char*>(part.keys.data()), part.keys.size() * sizeof(RowKey)});
                !done)
                return done;
            part.keys.clear();
        }
        inMemory = 0;
        return {};
    }

    Result<std::vector<RowKey>> load(Part& part)
    {
        std::vector<RowKey> keys = std::move(part.keys);
        part.keys = {};
        if (part.file) {
            const std::size_t here = keys.size(), there = static_cast<std::size_t>(part.file->size()) / sizeof(RowKey);
            keys.resize(here + there);
            if (Result<void> got = part.file->readAt(0, reinterpret_cast<char*>(keys.data() + here), there * sizeof(RowKey)); !got)
                return std::move(got).error();
            part.file.reset();
        }
        return keys;
    }
};

RowKeys::RowKeys(std::filesystem::path folder) : m_state(std::make_unique<State>(folder)) { }
RowKeys::~RowKeys() = default;

void RowKeys::expect(std::size_t keys)
{
    const std::size_t each = std::min(keys, kKeysInMemory) / kParts;
    for (Part& part : m_state->parts)
        part.keys.reserve(each + each / 8 + 8);
}

Result<void> RowKeys::add(const std::vector<RowKey>& keys, std::uint64_t shift)
{
    for (const RowKey& key : keys)
        m_state->parts[key.input[0] >> (64 - std::countr_zero(kParts))].keys.push_back({{key.input[0], key.input[1]}, key.target, key.place + shift});
    m_state->inMemory += keys.size();
    return m_state->inMemory > kKeysInMemory ? m_state->spill() : Result<void>{};
}

Result<void> RowKeys::settle(const Rules& rules, const std::stop_token& stop)
{
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::optional<Error> failure;
    const auto work = [&] {
        std::vector<RowKey> dealt;
        for (std::size_t p = next++; p < kParts && !stop.stop_requested(); p = next++) {
            Result<std::vector<RowKey>> keys = m_state->load(m_state->parts[p]);
            if (!keys) {
                const std::lock_guard lock(mutex);
                failure = keys.error();
                return;
            }
            if (!rules.sameTarget.empty())
                for (RowKey& key : *keys)
                    if (const auto other = rules.sameTarget.find(key.target); other != rules.sameTarget.end())
                        key.target = other->second;
            sortByInput(*keys, dealt);
            std::vector<Decision> decisions;
            std::vector<RowKey> kept;
            for (std::size_t from = 0, to = 0; from < keys->size(); from = to) {
                for (to = from + 1; to < keys->size() && sameInput((*keys)[from], (*keys)[to]); ++to) { }
                if (to - from == 1) {
                    if (rules.kept)
                        kept.push_back((*keys)[from]);
                } else if (to - from == 2) {
                    settlePair((*keys)[from], (*keys)[from + 1], rules.joinTargets, decisions, kept);
                } else {
                    Group(std::span(*keys).subspan(from, to - from), rules.joinTargets, decisions, kept);
                }
            }
            const std::lock_guard lock(mutex);
            if (rules.kept)
                rules.kept(kept);
            if (Result<void> added = m_state->decisions.add(decisions); !added)
                failure = added.error();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 1; i < rules.threads; ++i)
            threads.emplace_back(work);
        work();
    }
    if (failure)
        return *failure;
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    Result<void> begun = m_state->decisions.begin();
    look();
    return begun;
}

void RowKeys::look()
{
    const Decision* front = m_state->decisions.front();
    m_next = front ? front->place : kNone;
}

Result<Decision> RowKeys::takeDecision()
{
    const Decision taken = *m_state->decisions.front();
    if (Result<void> popped = m_state->decisions.pop(); !popped)
        return std::move(popped).error();
    look();
    return taken;
}

}  // namespace taskfold::data
