#pragma once

#include "tests/fuzz/target.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace taskfold::fuzz {

/// A file that lives in memory, for readers that want a path: nothing is written to a disk.
class MemoryFile {
public:
    MemoryFile() : m_handle(::memfd_create("fuzz", MFD_CLOEXEC)) { require(m_handle >= 0); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(m_handle); }

    void hold(std::string_view bytes)
    {
        require(::ftruncate(m_handle, 0) == 0);
        require(::pwrite(m_handle, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_handle); }

private:
    int m_handle;
};

}  // namespace taskfold::fuzz
