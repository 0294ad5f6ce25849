#include "engine/data/stream.h"

#include "engine/core/hash.h"
#include "engine/data/archive.h"
#include "engine/data/encoding.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace taskfold::data {

namespace {

class PlainStream final : public ByteStream {
public:
    PlainStream(int handle, const FileMark& before, std::string name)
        : m_handle(handle)
        , m_before(before)
        , m_name(std::move(name))
    {
        ::posix_fadvise(handle, 0, 0, POSIX_FADV_SEQUENTIAL);
    }

    ~PlainStream() override { ::close(m_handle); }
    PlainStream(const PlainStream&) = delete;
    PlainStream& operator=(const PlainStream&) = delete;

    Result<std::size_t> read(char* to, std::size_t room) override
    {
        ssize_t got = 0;
        do {
            got = ::read(m_handle, to, room);
        } while (got < 0 && errno == EINTR);
        if (got < 0)
            return Error{ErrorCode::Io, m_name + " can't be read: " + std::strerror(errno)};
        m_done += got;
        m_hash.add({to, static_cast<std::size_t>(got)});
        if (got == 0 && changed())
            return changedWhileRead(m_name);
        return static_cast<std::size_t>(got);
    }

    std::int64_t done() const override { return m_done; }
    std::int64_t total() const override { return m_before.size; }
    std::optional<FileMark> mark() const override { return m_before; }

    std::string hash() override
    {
        return "blake3:" + m_hash.hex();
    }

private:
    bool changed() const { return m_done != m_before.size || markOf(m_handle) != m_before; }

    int m_handle;
    FileMark m_before;
    std::string m_name;
    std::int64_t m_done = 0;
    ContentHash m_hash;
};

// What gzip packed, several parts one after another too.
class UnzippedStream final : public ByteStream {
public:
    UnzippedStream(std::unique_ptr<ByteStream> packed, std::string name)
        : m_packed(std::move(packed))
        , m_name(std::move(name))
        , m_buffer(1 << 16)
    {
        m_ready = ::inflateInit2(&m_state, 15 + 16) == Z_OK;
    }

    ~UnzippedStream() override { ::inflateEnd(&m_state); }
    UnzippedStream(const UnzippedStream&) = delete;
    UnzippedStream& operator=(const UnzippedStream&) = delete;

    Result<std::size_t> read(char* to, std::size_t room) override
    {
        if (!m_ready)
            return Error{ErrorCode::OutOfMemory, m_name};
        m_state.next_out = reinterpret_cast<Bytef*>(to);
        m_state.avail_out = static_cast<uInt>(std::min<std::size_t>(room, 1U << 30));
        const std::size_t wanted = m_state.avail_out;
        while (m_state.avail_out == wanted) {
            if (m_state.avail_in == 0 && !m_atEnd)
                if (Result<void> filled = fill(); !filled)
                    return std::move(filled).error();
            skipPadding();
            if (m_state.avail_in == 0 && !m_atEnd)
                continue;
            if (m_atEnd && m_state.avail_in == 0)
                return m_between ? Result<std::size_t>(0) : Result<std::size_t>(broken("it is cut off"));
            const int state = ::inflate(&m_state, Z_NO_FLUSH);
            m_between = state == Z_STREAM_END;
            m_any = m_any || m_between;
            if (m_between)
                ::inflateReset(&m_state);
            else if (state != Z_OK && state != Z_BUF_ERROR)
                return broken(m_state.msg ? m_state.msg : "it isn't gzip");
        }
        const std::size_t got = wanted - m_state.avail_out;
        m_given += static_cast<std::int64_t>(got);
        if (isBomb(m_packed->done(), m_given))
            return Error{ErrorCode::InvalidInput, m_name + " unpacks to far more than such a file can hold: it is refused"};
        return got;
    }

    std::int64_t done() const override { return m_packed->done(); }
    std::int64_t total() const override { return m_packed->total(); }
    std::string hash() override { return m_packed->hash(); }

private:
    // Zeros behind the last part, as tapes and some tools leave them.
    void skipPadding()
    {
        while (m_any && m_between && m_state.avail_in > 0 && *m_state.next_in == 0) {
            ++m_state.next_in;
            --m_state.avail_in;
        }
    }

    Result<void> fill()
    {
        Result<std::size_t> got = m_packed->read(m_buffer.data(), m_buffer.size());
        if (!got)
            return std::move(got).error();
        m_atEnd = *got == 0;
        m_state.next_in = reinterpret_cast<Bytef*>(m_buffer.data());
        m_state.avail_in = static_cast<uInt>(*got);
        return {};
    }

    Error broken(const std::string& words) const
    {
        return {ErrorCode::InvalidInput, m_name + " can't be unpacked: " + words};
    }

    std::unique_ptr<ByteStream> m_packed;
    std::string m_name;
    std::vector<char> m_buffer;
    z_stream m_state{};
    bool m_ready = false, m_atEnd = false;
    bool m_between = true;  // of two parts
    bool m_any = false;  // part has ended
    std::int64_t m_given = 0;
};

Result<std::unique_ptr<ByteStream>> openPlain(const std::filesystem::path& file)
{
    const std::string name = file.filename().string();
    const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (handle < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return Error{ErrorCode::NotFound, "there is no file " + file.string()};
        return Error{ErrorCode::Io, file.string() + " can't be opened: " + std::strerror(errno)};
    }
    struct stat status {};
    if (::fstat(handle, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(handle);
        return Error{ErrorCode::InvalidInput, file.string() + " isn't a file of rows"};
    }
    return std::unique_ptr<ByteStream>(std::make_unique<PlainStream>(handle, *markOf(handle), name));
}

// Not everybody names such files so.
bool beginsLikeGzip(const std::filesystem::path& file)
{
    char head[3] = {};
    std::ifstream in(file, std::ios::binary);
    return in.read(head, 3) && head[0] == '\x1f' && head[1] == '\x8b' && head[2] == '\x08';
}

// Lines that end in carriage returns alone, as old programs wrote them.
class ReturnStream final : public ByteStream {
public:
    explicit ReturnStream(std::unique_ptr<ByteStream> from) : m_from(std::move(from)) { }

    Result<std::size_t> read(char* to, std::size_t room) override
    {
        Result<std::size_t> got = m_from->read(to, room);
        if (got)
            std::replace(to, to + *got, '\r', '\n');
        return got;
    }
    std::int64_t done() const override { return m_from->done(); }
    std::int64_t total() const override { return m_from->total(); }
    std::string hash() override { return m_from->hash(); }

private:
    std::unique_ptr<ByteStream> m_from;
};

}  // namespace

std::optional<FileMark> markOf(int handle)
{
    struct stat status {};
    if (::fstat(handle, &status) != 0)
        return std::nullopt;
    return FileMark{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

Error changedWhileRead(const std::string& name)
{
    return {ErrorCode::Io, name + " changed while it was read: import it again"};
}

std::unique_ptr<ByteStream> withLineFeeds(std::unique_ptr<ByteStream> stream)
{
    return std::make_unique<ReturnStream>(std::move(stream));
}

bool isBomb(std::int64_t packed, std::int64_t unpacked)
{
    constexpr std::int64_t kHarmless = 256 << 20, kRatio = 300;
    return unpacked > kHarmless && unpacked / kRatio > packed;
}

std::pair<std::filesystem::path, std::string> splitMember(const std::filesystem::path& path)
{
    const std::string text = path.string();
    const std::size_t at = text.find(".zip!/");
    if (at == std::string::npos)
        return {path, {}};
    return {text.substr(0, at + 4), text.substr(at + 6)};
}

bool isPacked(const std::filesystem::path& file)
{
    return !splitMember(file).second.empty() || lowerExtension(file) == ".gz" || beginsLikeGzip(file);
}

Result<std::unique_ptr<ByteStream>> openBytes(const std::filesystem::path& file)
{
    const auto [onDisk, member] = splitMember(file);
    Result<std::unique_ptr<ByteStream>> stream = member.empty() ? openPlain(onDisk) : openMember(onDisk, member);
    if (!stream || !(lowerExtension(file) == ".gz" || (member.empty() && beginsLikeGzip(onDisk))))
        return stream;
    return std::unique_ptr<ByteStream>(
        std::make_unique<UnzippedStream>(*std::move(stream), file.filename().string()));
}

Result<std::string> headOf(ByteStream& stream, std::size_t room, bool& whole)
{
    std::string head(room, '\0');
    std::size_t size = 0;
    whole = false;
    while (size < room) {
        Result<std::size_t> got = stream.read(head.data() + size, room - size);
        if (!got)
            return std::move(got).error();
        if (*got == 0) {
            whole = true;
            break;
        }
        size += *got;
    }
    head.resize(size);
    return head;
}

std::string lowerExtension(const std::filesystem::path& file)
{
    std::string extension = file.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
        [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

}  // namespace taskfold::data
