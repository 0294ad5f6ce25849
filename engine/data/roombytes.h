#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <sys/mman.h>

namespace taskfold::data {

/// Gives memory of roomBytes() back.
struct FreeBytes {
    std::size_t mapped = 0;  // as the system gave them; 0: the C library did

    void operator()(char* at) const
    {
        if (mapped > 0)
            ::munmap(at, mapped);
        else
            std::default_delete<char[]>()(at);
    }
};

using RoomBytes = std::unique_ptr<char[], FreeBytes>;

/// Memory that isn't set to anything. A large piece goes back to the system as soon as it is given up: the C library would keep
/// it, for each thread that had one.
inline RoomBytes roomBytes(std::size_t size)
{
    constexpr std::size_t kLarge = 8 << 20;
    if (size < kLarge)
        return {std::make_unique_for_overwrite<char[]>(size).release(), FreeBytes{}};
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    return {static_cast<char*>(memory), FreeBytes{size}};
}

}  // namespace taskfold::data
