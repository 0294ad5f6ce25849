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

struct Rereading::Handle {
    explicit Handle(int number_) : number(number_) { }
    ~Handle() { ::close(number); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    const int number;
};

void Rereading::add(int file, std::filesystem::path path, const FileMark& mark)
{
    m_known.insert_or_assign(file, Known{std::move(path), mark});
}

Result<std::shared_ptr<const Rereading::Handle>> Rereading::handleOf(int file)
{
    const std::lock_guard lock(m_mutex);
    const auto open = std::find_if(m_open.begin(), m_open.end(), [&](const Open& one) { return one.first == file; });
    if (open != m_open.end()) {
        std::rotate(open, open + 1, m_open.end());
        return m_open.back().second;
    }
    const Known& known = m_known.at(file);
    const int handle = opened(known.path, known.mark);
    if (handle < 0)
        return changedWhileRead(known.path.filename().string());
    if (m_open.size() == kMostOpen)
        m_open.erase(m_open.begin());
    m_open.emplace_back(file, std::make_shared<const Handle>(handle));
    return m_open.back().second;
}

Result<void> Rereading::read(int file, std::int64_t from, char* to, std::size_t size)
{
    const auto handle = handleOf(file);
    if (!handle)
        return handle.error();
    while (size > 0) {
        const ssize_t got = ::pread((*handle)->number, to, size, from);
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
        if (const auto handle = handleOf(file); !handle || markOf((*handle)->number) != known.mark)
            return changedWhileRead(known.path.filename().string());
    return {};
}

}  // namespace taskfold::data
