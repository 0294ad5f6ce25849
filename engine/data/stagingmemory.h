#pragma once

#include "engine/data/roombytes.h"
#include "engine/data/stagedrows.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <utility>
#include <vector>

/// Where staged blocks lie. Only staging includes it.
namespace taskfold::data {

/// Blocks are put there one behind another and leave together. Large pages are no gain: where a host lends the memory, they are cold.
class Arena {
public:
    Arena() = default;
    ~Arena()
    {
        for (const Chunk& chunk : m_chunks)
            ::munmap(chunk.memory, chunk.size);
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    char* take(std::size_t size)
    {
        if (m_chunks.empty() || m_used + size + TextsView::kPadding > m_chunks.back().size) {
            const std::size_t wanted = std::max(kChunk, size + TextsView::kPadding);
            void* memory = ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
            if (memory == MAP_FAILED)
                throw std::bad_alloc();
            m_chunks.push_back({static_cast<char*>(memory), wanted});
            m_used = 0;
        }
        char* const place = m_chunks.back().memory + m_used;
        m_used += size;
        return place;
    }

private:
    static constexpr std::size_t kChunk = 8 << 20;

    struct Chunk {
        char* memory = nullptr;
        std::size_t size = 0;
    };

    std::vector<Chunk> m_chunks;
    std::size_t m_used = 0;  // of the last
};

/// Memory for blocks that is used again as soon as nobody looks at what was in it, on whichever thread.
class Rooms {
public:
    std::shared_ptr<char[]> take(std::size_t size)
    {
        Room room;
        {
            const std::lock_guard lock(m_kept->mutex);
            if (!m_kept->rooms.empty()) {
                room = std::move(m_kept->rooms.back());
                m_kept->rooms.pop_back();
            }
        }
        if (room.size < size + TextsView::kPadding) {
            room.size = size + size / 8 + TextsView::kPadding;
            room.bytes = roomBytes(room.size);
        }
        m_kept->lent += room.size;
        char* const bytes = room.bytes.get();
        return {bytes, [kept = m_kept, own = std::make_shared<Room>(std::move(room))](char*) {
                    const std::lock_guard lock(kept->mutex);
                    kept->lent -= own->size;
                    if (own->size <= kKept)
                        kept->rooms.push_back(std::move(*own));
                }};
    }
    /// Bytes that somebody may be looking at.
    std::size_t lent() const { return m_kept->lent; }

private:
    static constexpr std::size_t kKept = 16 << 20;  // larger ones are rare, and given back

    struct Room {
        RoomBytes bytes;
        std::size_t size = 0;
    };
    struct Kept {
        std::mutex mutex;
        std::vector<Room> rooms;
        std::atomic<std::size_t> lent{0};
    };

    std::shared_ptr<Kept> m_kept = std::make_shared<Kept>();
};

}  // namespace taskfold::data
