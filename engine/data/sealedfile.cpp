#include "engine/data/sealedfile.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace taskfold::data {

Error diskError(int code, const std::string& what)
{
    if (code == ENOSPC || code == EDQUOT)
        return {ErrorCode::DiskFull, what + ": the disk is full"};
    return {ErrorCode::Io, what + ": " + std::strerror(code)};
}

bool syncFolder(const std::filesystem::path& folder)
{
    const int handle = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (handle < 0)
        return false;
    const bool done = ::fsync(handle) == 0;
    ::close(handle);
    return done;
}

Result<std::unique_ptr<SealedFile>> SealedFile::make(const std::filesystem::path& folder)
{
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    int handle = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
    std::filesystem::path beside;
    if (handle < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT || errno == EINVAL)) {
        static std::atomic<int> number{0};
        beside = folder / (std::to_string(::getpid()) + "-" + std::to_string(++number) + ".part");
        handle = ::open(beside.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
    }
    if (handle < 0)
        return diskError(errno, "writing into " + folder.string());
    return std::unique_ptr<SealedFile>(new SealedFile(handle, std::move(beside)));
}

Result<std::unique_ptr<SealedFile>> SealedFile::scratch(const std::filesystem::path& folder)
{
    Result<std::unique_ptr<SealedFile>> made = make(folder);
    if (made)
        (*made)->m_isScratch = true;
    return made;
}

SealedFile::~SealedFile()
{
    ::close(m_handle);
    if (!m_beside.empty())
        ::unlink(m_beside.c_str());
}

Result<void> SealedFile::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t done = ::write(m_handle, bytes.data(), bytes.size());
        if (done < 0) {
            if (errno == EINTR)
                continue;
            return diskError(errno, "writing rows");
        }
        bytes.remove_prefix(static_cast<std::size_t>(done));
        m_size += done;
    }
    constexpr std::int64_t kAtOnce = 16 << 20;
    if (!m_isScratch && m_size - m_pushed >= kAtOnce) {  // the disk may begin, so that the sync at the end is short
        ::sync_file_range(m_handle, m_pushed, m_size - m_pushed, SYNC_FILE_RANGE_WRITE);
        m_pushed = m_size;
    }
    return {};
}

Result<void> SealedFile::readAt(std::int64_t place, char* to, std::size_t size) const
{
    while (size > 0) {
        const ssize_t got = ::pread(m_handle, to, size, place);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return diskError(got < 0 ? errno : EIO, "reading what was written before");
        to += got;
        place += got;
        size -= static_cast<std::size_t>(got);
    }
    return {};
}

Result<const char*> SealedFile::mapped() const
{
    void* memory = ::mmap(nullptr, static_cast<std::size_t>(m_size), PROT_READ, MAP_SHARED, m_handle, 0);
    if (memory == MAP_FAILED)
        return diskError(errno, "reading what was written before");
    return static_cast<const char*>(memory);
}

Result<void*> SealedFile::reserved(std::int64_t bytes)
{
    if (const int code = ::posix_fallocate(m_handle, 0, bytes); code != 0)
        return diskError(code, "making room for what is looked for");
    m_size = bytes;
    void* memory = ::mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, m_handle, 0);
    if (memory == MAP_FAILED)
        return diskError(errno, "making room for what is looked for");
    return memory;
}

Result<void> SealedFile::sync()
{
    if (::fsync(m_handle) != 0)
        return diskError(errno, "writing rows");
    return {};
}

Result<void> SealedFile::publish(const std::filesystem::path& name)
{
    const std::string own = "/proc/self/fd/" + std::to_string(m_handle);
    const int done = m_beside.empty() ? ::linkat(AT_FDCWD, own.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW)
                                      : ::link(m_beside.c_str(), name.c_str());
    if (done != 0 && errno != EEXIST)
        return diskError(errno, "naming " + name.filename().string());
    return {};
}

}  // namespace taskfold::data
