#include "engine/data/scratchmemory.h"

#include "engine/data/sealedfile.h"

#include <new>
#include <sys/mman.h>
#include <utility>

namespace taskfold::data {

namespace {

constexpr std::size_t kInMemory = 48 << 20;

}  // namespace

Result<ScratchMemory> ScratchMemory::make(const std::filesystem::path& folder, std::size_t bytes)
{
    ScratchMemory made;
    if (bytes == 0)
        return made;
    if (bytes > kInMemory && !folder.empty()) {
        Result<std::unique_ptr<SealedFile>> file = SealedFile::scratch(folder);
        if (!file)
            return std::move(file).error();
        Result<void*> mapped = (*file)->reserved(static_cast<std::int64_t>(bytes));
        if (!mapped)
            return std::move(mapped).error();
        made.m_memory = *mapped;
        made.m_isFile = true;
    } else {
        made.m_memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (made.m_memory == MAP_FAILED)
            throw std::bad_alloc();
    }
    made.m_bytes = bytes;
    return made;
}

ScratchMemory::ScratchMemory(ScratchMemory&& other) noexcept
    : m_memory(std::exchange(other.m_memory, nullptr))
    , m_bytes(std::exchange(other.m_bytes, 0))
    , m_isFile(other.m_isFile)
{
}

ScratchMemory& ScratchMemory::operator=(ScratchMemory&& other) noexcept
{
    std::swap(m_memory, other.m_memory);
    std::swap(m_bytes, other.m_bytes);
    std::swap(m_isFile, other.m_isFile);
    return *this;
}

ScratchMemory::~ScratchMemory()
{
    if (m_memory && m_bytes > 0)
        ::munmap(m_memory, m_bytes);
}

void ScratchMemory::forget() const
{
    if (m_isFile && m_bytes > 0)
        ::madvise(m_memory, m_bytes, MADV_DONTNEED);
}

}  // namespace taskfold::data
