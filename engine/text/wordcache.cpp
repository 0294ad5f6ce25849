#include "engine/text/wordcache.h"

#include <algorithm>

namespace taskfold {

WordCache::WordCache() : m_room(kEntries * sizeof(Entry)), m_entries(static_cast<Entry*>(m_room.data())) { }

void WordCache::put(Key key, std::size_t slot, std::span<const std::int32_t> ids)
{
    std::size_t place = slot;
    while (place < slot + kProbes && m_entries[place].key.high != 0)
        ++place;
    if (place == slot + kProbes)
        place = slot + m_turn++ % kProbes;
    Entry entry{key, {0, 0, 0}, static_cast<std::int32_t>(ids.size())};
    if (ids.size() <= 3)
        std::copy(ids.begin(), ids.end(), entry.ids);
    else
        entry.ids[0] = keep(ids);
    m_entries[place] = entry;
}

std::int32_t WordCache::keep(std::span<const std::int32_t> ids)
{
    if (m_ids.size() + ids.size() > kMostIds)
        forget();
    const auto place = static_cast<std::int32_t>(m_ids.size());
    m_ids.insert(m_ids.end(), ids.begin(), ids.end());
    return place;
}

void WordCache::forget()
{
    std::fill_n(m_entries, kEntries, Entry{});
    std::fill(m_long.begin(), m_long.end(), LongEntry{});
    m_ids.clear();
    m_text.clear();
}

std::uint64_t WordCache::hashOf(std::string_view word)
{
    std::uint64_t hash = word.size();
    std::size_t at = 0;
    std::uint64_t eight = 0;
    for (; at + 8 <= word.size(); at += 8) {
        std::memcpy(&eight, word.data() + at, 8);
        hash = (hash ^ eight) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 32;
    }
    std::memcpy(&eight, word.data() + word.size() - 8, 8);
    hash = (hash ^ eight) * 0xD6E8FEB86659FD93U;
    hash ^= hash >> 32;
    return hash | 1;
}

std::span<const std::int32_t> WordCache::findLong(std::string_view word, std::uint64_t hash) const
{
    if (m_long.empty())
        return {};
    const std::size_t slot = hash >> (64 - kLongBits);
    for (std::size_t i = slot; i < slot + kProbes; ++i) {
        const LongEntry& entry = m_long[i];
        if (entry.hash == hash && std::string_view(m_text.data() + entry.text, entry.bytes) == word)
            return {m_ids.data() + entry.ids, entry.count};
    }
    return {};
}

void WordCache::putLong(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids)
{
    m_long.resize((std::size_t{1} << kLongBits) + kProbes);
    if (m_text.size() + word.size() > kMostText)
        forget();
    const auto kept = static_cast<std::uint32_t>(keep(ids));
    const std::size_t slot = hash >> (64 - kLongBits);
    std::size_t place = slot;
    while (place < slot + kProbes && m_long[place].hash != 0)
        ++place;
    if (place == slot + kProbes)
        place = slot + m_turn++ % kProbes;
    m_long[place] = {hash, static_cast<std::uint32_t>(m_text.size()), static_cast<std::uint32_t>(word.size()), kept,
        static_cast<std::uint32_t>(ids.size())};
    m_text.insert(m_text.end(), word.begin(), word.end());
}

}  // namespace taskfold
