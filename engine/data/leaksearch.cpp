#include "engine/data/leaksearch.h"

#include "engine/data/eachpart.h"
#include "engine/data/rowkeys.h"

#include <algorithm>
#include <bit>
#include <span>

namespace taskfold::data {

namespace {

constexpr std::size_t kEntriesInMemory = 1 << 20;  // 16 MB
constexpr std::size_t kMostWords = 1 << 23;  // of the sieve: 64 MB
constexpr int kLineBits = 48;

}  // namespace

LeakSearch::LeakSearch(const std::filesystem::path& folder, std::int64_t heldOut)
    : m_sieve(std::min(kMostWords, std::bit_ceil(static_cast<std::size_t>(heldOut) / 4 + 1)))
    , m_held(folder, kEntriesInMemory)
    , m_training(folder, kEntriesInMemory)
{
}

Result<void> LeakSearch::addHeldOut(std::uint64_t number, const RowFile& rows, const std::stop_token& stop)
{
    const auto made = [&](std::span<const RowFile::InputLine> part) {
        std::vector<Entry> entries;
        entries.reserve(part.size());
        for (const RowFile::InputLine& row : part)
            entries.push_back({hashText(row.input), packed(number, row.line)});
        return entries;
    };
    return takeEachPart(rows, stop, made, [&](const std::vector<Entry>& entries) {
        for (const Entry& entry : entries)
            word(entry.hash) |= std::uint64_t{1} << (entry.hash & 63);
        return m_held.add(entries);
    });
}

Result<void> LeakSearch::addTraining(std::uint64_t number, const RowFile& rows, const std::stop_token& stop)
{
    const auto made = [&](std::span<const RowFile::InputLine> part) {
        std::vector<Entry> entries;
        for (const RowFile::InputLine& row : part)
            if (const std::uint64_t hash = hashText(row.input); word(hash) >> (hash & 63) & 1)
                entries.push_back({hash, packed(number, row.line)});
        return entries;
    };
    return takeEachPart(rows, stop, made, [&](const std::vector<Entry>& entries) { return m_training.add(entries); });
}

Result<void> LeakSearch::find(const Told& told, const std::stop_token& stop)
{
    for (auto* runs : {&m_held, &m_training})
        if (Result<void> begun = runs->begin(); !begun)
            return begun;
    for (const Entry *row = m_training.front(), *held = m_held.front(); row && held; row = m_training.front(), held = m_held.front()) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (row->hash == held->hash)
            if (Result<void> done = told(placeOf(*row), placeOf(*held)); !done)
                return done;
        Result<void> popped = held->hash < row->hash ? m_held.pop() : m_training.pop();
        if (!popped)
            return popped;
    }
    return {};
}

std::uint64_t LeakSearch::packed(std::uint64_t number, std::int64_t line)
{
    return number << kLineBits | static_cast<std::uint64_t>(line);
}

LeakSearch::Place LeakSearch::placeOf(const Entry& entry)
{
    return {entry.place >> kLineBits, static_cast<std::int64_t>(entry.place & ((std::uint64_t{1} << kLineBits) - 1))};
}

}  // namespace taskfold::data
