#include "engine/data/rereading.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace taskfold::data {

namespace {

constexpr std::size_t kMostOpen = 8;

int opened(const std::filesystem::path& path, const FileMark& mark)
{
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (handle >= 0 && markOf(handle) != mark) {
        ::close(handle);
        return -1;
    }
    return handle;
}

}  // namespace

Rereading::~Rereading()
{
    for (const Open& one : m_open)
        ::close(one.handle);
}

void Rereading::add(int file, std::filesystem::path path, const FileMark& mark)
{
    m_known.insert_or_assign(file, Known{std::move(path), mark});
}

Result<int> Rereading::handleOf(int file)
{
    const auto open = std::find_if(m_open.begin(), m_open.end(), [&](const Open& one) { return one.file == file; });
    if (open != m_open.end()) {
        std::rotate(open, open + 1, m_open.end());
        return m_open.back().handle;
    }
    const Known& known = m_known.at(file);
    const int handle = opened(known.path, known.mark);
    if (handle < 0)
        return changedWhileRead(known.path.filename().string());
    if (m_open.size() == kMostOpen) {
        ::close(m_open.front().handle);
        m_open.erase(m_open.begin());
    }
    m_open.push_back({file, handle});
    return handle;
}

Result<void> Rereading::read(int file, std::int64_t from, char* to, std::size_t size)
{
    const Result<int> handle = handleOf(file);
    if (!handle)
        return handle.error();
    while (size > 0) {
        const ssize_t got = ::pread(*handle, to, size, from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return changedWhileRead(m_known.at(file).path.filename().string());
        to += got;
        from += got;
        size -= static_cast<std::size_t>(got);
    }
    return {};
}

Result<void> Rereading::unchanged()
{
    for (const auto& [file, known] : m_known)
        if (const Result<int> handle = handleOf(file); !handle || markOf(*handle) != known.mark)
            return changedWhileRead(known.path.filename().string());
    return {};
}

}  // namespace taskfold::data
