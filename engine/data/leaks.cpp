#include "engine/data/leaks.h"

#include "engine/data/rowkeys.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <span>
#include <tuple>
#include <utility>

namespace taskfold::data {

void HeldOut::add(const std::string& task, Split split, const RowFile& rows)
{
    const std::uint64_t source = m_sources.size();
    m_sources.push_back(task + "/" + std::string(wordOf(split)));
    std::mutex mutex;
    m_inputs.reserve(m_inputs.size() + static_cast<std::size_t>(rows.size()));
    rows.eachPart([&](std::size_t, std::span<const RowFile::InputLine> part) {
        std::vector<Entry> entries;
        entries.reserve(part.size());
        for (const RowFile::InputLine& row : part)
            entries.push_back({hashText(row.input), source << 48 | static_cast<std::uint64_t>(row.line)});
        const std::lock_guard lock(mutex);
        m_inputs.insert(m_inputs.end(), entries.begin(), entries.end());
    });
    m_sorted = false;
}

void HeldOut::settle() const
{
    if (std::exchange(m_sorted, true))
        return;
    std::sort(m_inputs.begin(), m_inputs.end(),
        [](const Entry& a, const Entry& b) { return std::tie(a.hash, a.place) < std::tie(b.hash, b.place); });
    m_sieve.assign(std::bit_ceil(m_inputs.size() / 4 + 1), 0);
    for (const Entry& entry : m_inputs)
        m_sieve[entry.hash >> 6 & (m_sieve.size() - 1)] |= std::uint64_t{1} << (entry.hash & 63);
}

const HeldOut::Entry* HeldOut::find(std::uint64_t hash) const
{
    if (m_sieve.empty() || !(m_sieve[hash >> 6 & (m_sieve.size() - 1)] >> (hash & 63) & 1))
        return nullptr;
    const auto found = std::lower_bound(
        m_inputs.begin(), m_inputs.end(), hash, [](const Entry& entry, std::uint64_t wanted) { return entry.hash < wanted; });
    return found == m_inputs.end() || found->hash != hash ? nullptr : &*found;
}

std::string HeldOut::placeOf(const Entry& entry) const
{
    return m_sources[entry.place >> 48] + " line " + std::to_string(entry.place & ((std::uint64_t{1} << 48) - 1));
}

std::string HeldOut::twinOf(std::string_view input) const
{
    settle();
    const Entry* twin = find(hashText(input));
    return twin ? placeOf(*twin) : std::string{};
}

}  // namespace taskfold::data
