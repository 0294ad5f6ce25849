#include "engine/format/mappedfile.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace taskfold {

namespace {

struct Handle {
    int file;

    ~Handle()
    {
        if (file >= 0)
            ::close(file);
    }
};

Error failed(const std::filesystem::path& file, int reason)
{
    return {reason == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, file.string() + ": " + std::strerror(reason)};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& file, std::size_t least)
{
    // A pipe or a device would wait: opened without waiting, looked at, and refused.
    const Handle handle{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat facts {};
    if (handle.file < 0 || ::fstat(handle.file, &facts) != 0)
        return failed(file, errno);
    if (!S_ISREG(facts.st_mode))
        return Error{ErrorCode::InvalidInput, file.string() + " isn't a file"};
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size < least || size == 0)
        return Error{ErrorCode::InvalidInput, file.string() + " is too short: it has " + std::to_string(size) + " bytes"};
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, handle.file, 0);
    if (memory == MAP_FAILED)
        return Error{ErrorCode::OutOfMemory, file.string() + " can't be mapped into memory"};
    return MappedFile({static_cast<const std::byte*>(memory), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : m_bytes(std::exchange(other.m_bytes, {})) { }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

void MappedFile::forget(std::span<const std::byte> bytes)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t from = (address + page - 1) / page * page, to = (address + bytes.size()) / page * page;
    if (from < to)
        ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

}  // namespace taskfold
