#include "engine/text/largepages.h"

#include <cstdint>
#include <new>
#include <sys/mman.h>

namespace taskfold {

namespace {

constexpr std::size_t kPage = std::size_t{2} << 20;

}  // namespace

// More than is asked for, so that a whole page can begin at its own size's border; what lies outside goes back.
LargePages::LargePages(std::size_t bytes) : m_bytes((bytes + kPage - 1) / kPage * kPage)
{
    void* const mapped = mmap(nullptr, m_bytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED)
        throw std::bad_alloc();
    auto* const begin = static_cast<std::byte*>(mapped);
    const std::size_t before = (kPage - reinterpret_cast<std::uintptr_t>(mapped) % kPage) % kPage;
    if (before > 0)
        munmap(begin, before);
    munmap(begin + before + m_bytes, kPage - before);
    m_room = std::unique_ptr<void, Unmap>(begin + before, Unmap{m_bytes});
#ifdef MADV_HUGEPAGE
    madvise(m_room.get(), m_bytes, MADV_HUGEPAGE);
#endif
}

void LargePages::Unmap::operator()(void* room) const
{
    munmap(room, bytes);
}

}  // namespace taskfold
