#include "engine/format/newfile.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace taskfold {

namespace {

thread_local int syncingLater = 0;

}  // namespace

SyncLater::SyncLater()
{
    ++syncingLater;
}

SyncLater::~SyncLater()
{
    --syncingLater;
}

NewFile::NewFile(const std::filesystem::path& file) : m_file(file), m_beside(file.string() + ".part")
{
    m_handle = ::open(m_beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (m_handle < 0)
        fail(errno);
}

NewFile::~NewFile()
{
    if (m_handle < 0)
        return;
    ::close(m_handle);
    ::unlink(m_beside.c_str());
}

void NewFile::fail(int reason)
{
    if (m_state)
        m_state = Error{reason == ENOSPC || reason == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io,
            m_file.string() + ": " + std::strerror(reason)};
}

void NewFile::write(const void* data, std::size_t size)
{
    const auto* bytes = static_cast<const char*>(data);
    while (m_state && size > 0) {
        const ssize_t written = ::write(m_handle, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail(written == 0 ? EIO : errno);
        bytes += written;
        size -= static_cast<std::size_t>(written);
        m_size += static_cast<std::uint64_t>(written);
    }
}

Result<void> NewFile::finish()
{
    if (m_state && syncingLater == 0 && ::fsync(m_handle) != 0)
        fail(errno);
    if (m_state && ::rename(m_beside.c_str(), m_file.c_str()) != 0)
        fail(errno);
    if (!m_state)
        return m_state;
    ::close(m_handle);
    m_handle = -1;
    return {};
}

Result<void> writeWhole(const std::filesystem::path& file, const std::string& text)
{
    NewFile out(file);
    out.write(text.data(), text.size());
    return out.finish();
}

}  // namespace taskfold
