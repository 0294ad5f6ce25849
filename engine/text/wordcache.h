#pragma once

#include "engine/text/largepages.h"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace taskfold {

/// The tokens of words seen before. Words of up to 15 bytes lie in the table itself, with up to three tokens; others in
/// a second table. A word is looked for in a few slots only, and a new one takes the place of an old one when they
/// are full: no text makes it slow or large. One thread at a time.
class WordCache {
public:
    static constexpr std::size_t kShortBytes = 15, kLongBytes = 120;

    struct Key {
        std::uint64_t low, high;  // the word, zeros behind it, its length in the last byte
    };
    struct Entry {
        Key key;
        std::int32_t ids[3];
        std::int32_t count;  // more than 3: ids[0] says where they begin
    };

    WordCache();

    /// Of 1 to 15 bytes; 16 bytes must be readable.
    static Key keyOf(std::string_view word)
    {
        Key key;
        std::memcpy(&key.low, word.data(), 8);
        std::memcpy(&key.high, word.data() + 8, 8);
        const std::size_t bytes = word.size();
        key.low &= bytes < 8 ? (std::uint64_t{1} << 8 * bytes) - 1 : ~std::uint64_t{0};
        key.high = bytes > 8 ? key.high & ((std::uint64_t{1} << 8 * (bytes - 8)) - 1) : 0;
        key.high |= std::uint64_t{bytes} << 56;
        return key;
    }
    static std::size_t slotOf(Key key)
    {
        std::uint64_t mixed = key.low * 0x9E3779B97F4A7C15U ^ key.high * 0xC2B2AE3D27D4EB4FU;
        mixed ^= mixed >> 29;
        return (mixed * 0xD6E8FEB86659FD93U) >> (64 - kSlotBits);
    }
    void prefetch(std::size_t slot) const { __builtin_prefetch(m_entries + slot); }

    /// The entry, or nothing.
    const Entry* find(Key key, std::size_t slot) const
    {
        for (std::size_t i = 0; i < kProbes; ++i) {
            const Entry& entry = m_entries[slot + i];
            if (entry.key.low == key.low && entry.key.high == key.high)
                return &entry;
            if (entry.key.high == 0)
                return nullptr;
        }
        return nullptr;
    }
    const std::int32_t* tokensAt(std::int32_t place) const { return m_ids.data() + place; }
    void put(Key key, std::size_t slot, std::span<const std::int32_t> ids);

    /// Of more than 15 bytes: the tokens; empty when it isn't known.
    std::span<const std::int32_t> findLong(std::string_view word, std::uint64_t hash) const;
    void putLong(std::string_view word, std::uint64_t hash, std::span<const std::int32_t> ids);
    static std::uint64_t hashOf(std::string_view word);

private:
    static constexpr std::size_t kSlotBits = 17, kProbes = 8, kLongBits = 14;
    static constexpr std::size_t kEntries = (std::size_t{1} << kSlotBits) + kProbes;
    static constexpr std::size_t kMostIds = 1 << 21, kMostText = 1 << 23;

    struct LongEntry {
        std::uint64_t hash = 0;  // 0: free
        std::uint32_t text = 0, bytes = 0, ids = 0, count = 0;
    };

    void forget();
    std::int32_t keep(std::span<const std::int32_t> ids);

    LargePages m_room;
    Entry* m_entries;  // in the room, two on a cache line
    std::vector<LongEntry> m_long;
    std::vector<std::int32_t> m_ids;
    std::vector<char> m_text;
    std::size_t m_turn = 0;
};

}  // namespace taskfold
