#include "engine/data/rowkeys.h"

#include "engine/data/rowgroups.h"
#include "engine/data/sortedruns.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

namespace taskfold::data {

namespace {

constexpr std::size_t kFewestParts = 256, kMostParts = 4096;
constexpr std::size_t kKeysOfPart = 1 << 18;  // 8 MB, and as much while they are sorted
constexpr std::size_t kKeysInMemory = 2'000'000;  // 64 MB
constexpr std::size_t kDecisionsInMemory = 1'000'000;  // 24 MB

struct ByPlace {
    static std::uint64_t numberOf(const Decision& decision) { return decision.place; }
    bool operator()(const Decision& a, const Decision& b) const
    {
        return std::tie(a.place, a.verdict, a.other) < std::tie(b.place, b.verdict, b.other);
    }
};

// Keys that begin with the same bits: in memory, and where they lie in the scratch file.
struct Part {
    struct Extent {
        std::int64_t from = 0;
        std::size_t count = 0;
    };

    std::vector<RowKey> keys;
    std::vector<Extent> extents;
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

std::string_view wordsBehind(Verdict verdict)
{
    switch (verdict) {
    case Verdict::BecameReference: return " has the same input: its target became a reference there";
    case Verdict::Tied: return " has the same input and no target has a majority";
    case Verdict::Minority: return " has the same input and most rows say “";
    case Verdict::Duplicate:
    case Verdict::AddReference: break;
    }
    return {};
}

struct RowKeys::State {
    explicit State(const std::filesystem::path& folder_)
        : folder(folder_)
        , parts(kFewestParts)
        , decisions(folder_, kDecisionsInMemory)
    {
    }

    std::filesystem::path folder;
    std::vector<Part> parts;  // a power of two
    std::size_t inMemory = 0, expected = 0;
    std::unique_ptr<SealedFile> file;
    SortedRuns<Decision, ByPlace> decisions;

    int bits() const { return std::countr_zero(parts.size()); }

    Result<void> spill()
    {
        if (!file) {
            Result<std::unique_ptr<SealedFile>> made = SealedFile::scratch(folder);
            if (!made)
                return std::move(made).error();
            file = *std::move(made);
        }
        for (Part& part : parts) {
            if (part.keys.empty())
                continue;
            part.extents.push_back({file->size(), part.keys.size()});
            if (Result<void> done = file->write({reinterpret_cast<const char*>(part.keys.data()), part.keys.size() * sizeof(RowKey)}); !done)
                return done;
            part.keys.clear();
        }
        inMemory = 0;
        return {};
    }

    Result<std::vector<RowKey>> load(Part& part) const
    {
        std::vector<RowKey> keys = std::move(part.keys);
        part.keys = {};
        std::size_t at = keys.size();
        keys.resize(std::accumulate(part.extents.begin(), part.extents.end(), at, [](std::size_t sum, const Part::Extent& one) { return sum + one.count; }));
        for (const Part::Extent& extent : part.extents) {
            if (Result<void> got = file->readAt(extent.from, reinterpret_cast<char*>(keys.data() + at), extent.count * sizeof(RowKey)); !got)
                return std::move(got).error();
            at += extent.count;
        }
        return keys;
    }

    Result<void> settle(Part& part, const Rules& rules, std::vector<RowKey>& room, std::mutex& mutex)
    {
        Result<std::vector<RowKey>> keys = load(part);
        if (!keys)
            return std::move(keys).error();
        if (!rules.sameTarget.empty())
            for (RowKey& key : *keys)
                if (const auto other = rules.sameTarget.find(key.target); other != rules.sameTarget.end())
                    key.target = other->second;
        sortByInput(*keys, room, bits());
        std::vector<Decision> made;
        std::vector<RowKey> kept;
        settleGroups(*keys, rules.joinTargets, static_cast<bool>(rules.kept), made, kept);
        const std::lock_guard lock(mutex);
        if (rules.kept)
            rules.kept(kept);
        return decisions.add(made);
    }
};

RowKeys::RowKeys(std::filesystem::path folder) : m_state(std::make_unique<State>(folder)) { }
RowKeys::~RowKeys() = default;

void RowKeys::expect(std::size_t keys)
{
    if (m_state->inMemory > 0 || m_state->file)
        return;  // they have been dealt out
    m_state->parts.resize(std::clamp(std::bit_ceil(keys / kKeysOfPart + 1), kFewestParts, kMostParts));
    m_state->expected = std::min(keys, kKeysInMemory);
    const std::size_t each = m_state->expected / m_state->parts.size();
    for (Part& part : m_state->parts)
        part.keys.reserve(each + each / 8 + 8);
}

Result<void> RowKeys::add(const std::vector<RowKey>& keys, std::uint64_t shift)
{
    const int behind = 64 - m_state->bits();
    for (const RowKey& key : keys)
        m_state->parts[key.input[0] >> behind].keys.push_back({{key.input[0], key.input[1]}, key.target, key.place + shift});
    m_state->inMemory += keys.size();
    return m_state->inMemory > kKeysInMemory ? m_state->spill() : Result<void>{};
}

std::size_t RowKeys::bytes() const
{
    return std::max(m_state->inMemory, m_state->expected) * sizeof(RowKey);
}

Result<void> RowKeys::settle(const Rules& rules, const std::stop_token& stop)
{
    std::atomic<std::size_t> next{0};
    std::mutex mutex, failing;
    std::optional<Error> failure;
    const auto work = [&] {
        std::vector<RowKey> room;
        for (std::size_t p = next++; p < m_state->parts.size() && !stop.stop_requested(); p = next++)
            if (Result<void> done = m_state->settle(m_state->parts[p], rules, room, mutex); !done) {
                const std::lock_guard lock(failing);
                failure = done.error();
                return;
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
    m_state->parts.clear();
    m_state->file.reset();
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
