#pragma once

#include "engine/core/result.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace taskfold::data {

/// Memory for numbers, zeros at first: where it is much, a mapped file without a name, whose pages can be given back to the
/// system and come again. Threads may write to different places.
class ScratchMemory {
public:
    /// DiskFull where the file has no room: its blocks are taken at once. An empty folder: memory in any case.
    static Result<ScratchMemory> make(const std::filesystem::path& folder, std::size_t bytes);

    ScratchMemory() = default;
    ScratchMemory(ScratchMemory&& other) noexcept;
    ScratchMemory& operator=(ScratchMemory&& other) noexcept;
    ~ScratchMemory();

    template <typename T>
    std::span<T> of() const
    {
        return {static_cast<T*>(m_memory), m_bytes / sizeof(T)};
    }

    /// Gives pages back, if they are a file's; what is in them stays.
    void forget() const;

private:
    void* m_memory = nullptr;
    std::size_t m_bytes = 0;
    bool m_isFile = false;
};

}  // namespace taskfold::data
