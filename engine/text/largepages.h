#pragma once

#include <cstddef>
#include <memory>

namespace taskfold {

/// Memory in pages of 2 MiB where the system has them: what is read here and there, or written once from end to end, is
/// quicker in them. Zero at first; a page costs nothing before it is written.
class LargePages {
public:
    LargePages() = default;
    /// Throws std::bad_alloc.
    explicit LargePages(std::size_t bytes);

    void* data() const { return m_room.get(); }
    std::size_t bytes() const { return m_bytes; }

private:
    struct Unmap {
        std::size_t bytes;
        void operator()(void* room) const;
    };
    std::unique_ptr<void, Unmap> m_room{nullptr, Unmap{0}};
    std::size_t m_bytes = 0;
};

}  // namespace taskfold
