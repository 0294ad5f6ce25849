#include "engine/data/archive.h"

#include "engine/core/hash.h"

#include <zip.h>

#include <algorithm>

namespace taskfold::data {

namespace {

constexpr zip_int64_t kMostMembers = 100'000;

struct CloseArchive {
    void operator()(zip_t* archive) const { ::zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;

Result<Archive> openArchive(const std::filesystem::path& file)
{
    int code = 0;
    Archive archive(::zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (archive)
        return archive;
    zip_error_t error;
    ::zip_error_init_with_code(&error, code);
    const std::string words = ::zip_error_strerror(&error);
    ::zip_error_fini(&error);
    if (code == ZIP_ER_NOENT)
        return Error{ErrorCode::NotFound, "there is no file " + file.string()};
    return Error{ErrorCode::InvalidInput, file.filename().string() + " can't be unpacked: " + words};
}

class MemberStream final : public ByteStream {
public:
    MemberStream(Archive archive, zip_file_t* file, const zip_stat_t& facts)
        : m_archive(std::move(archive))
        , m_file(file)
        , m_name(facts.name)
        , m_size(static_cast<std::int64_t>(facts.size))
        , m_packed(static_cast<std::int64_t>(facts.comp_size))
    {
    }

    ~MemberStream() override { ::zip_fclose(m_file); }
    MemberStream(const MemberStream&) = delete;
    MemberStream& operator=(const MemberStream&) = delete;

    Result<std::size_t> read(char* to, std::size_t room) override
    {
        const zip_int64_t got = ::zip_fread(m_file, to, room);
        if (got < 0)
            return Error{ErrorCode::InvalidInput, m_name + " can't be unpacked: " + ::zip_file_strerror(m_file)};
        m_done += got;
        m_hash.add({to, static_cast<std::size_t>(got)});
        if (isBomb(m_packed, m_done))  // what the archive says of its sizes needn't be true
            return Error{ErrorCode::InvalidInput, m_name + " unpacks to far more than such a file can hold: it is refused"};
        return static_cast<std::size_t>(got);
    }

    std::int64_t done() const override { return m_done; }
    std::int64_t total() const override { return m_size; }

    std::string hash() override
    {
        return "blake3:" + m_hash.hex();
    }

private:
    Archive m_archive;
    zip_file_t* m_file;
    std::string m_name;
    std::int64_t m_size, m_packed, m_done = 0;
    ContentHash m_hash;
};

bool leadsOut(const std::string& name)
{
    if (name.starts_with('/') || name.find('\\') != std::string::npos || name.find(':') == 1)
        return true;
    for (const std::filesystem::path& part : std::filesystem::path(name))
        if (part == "..")
            return true;
    return false;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> openMember(const std::filesystem::path& file, const std::string& member)
{
    Result<Archive> archive = openArchive(file);
    if (!archive)
        return std::move(archive).error();
    zip_stat_t facts;
    zip_file_t* opened = nullptr;
    if (::zip_stat(archive->get(), member.c_str(), 0, &facts) == 0)
        opened = ::zip_fopen_index(archive->get(), facts.index, 0);
    if (!opened)
        return Error{ErrorCode::InvalidInput,
            file.filename().string() + ": “" + member + "” can't be unpacked: " + ::zip_strerror(archive->get())};
    return std::unique_ptr<ByteStream>(std::make_unique<MemberStream>(*std::move(archive), opened, facts));
}

Result<std::vector<ArchiveMember>> membersOf(const std::filesystem::path& file)
{
    Result<Archive> archive = openArchive(file);
    if (!archive)
        return std::move(archive).error();
    const zip_int64_t count = ::zip_get_num_entries(archive->get(), 0);
    const std::string name = file.filename().string();
    if (count > kMostMembers)
        return Error{ErrorCode::InvalidInput, name + " holds " + std::to_string(count) + " files: it is refused"};
    std::vector<ArchiveMember> members;
    for (zip_int64_t i = 0; i < count; ++i) {
        zip_stat_t facts;
        if (::zip_stat_index(archive->get(), static_cast<zip_uint64_t>(i), 0, &facts) != 0)
            return Error{ErrorCode::InvalidInput, name + " can't be unpacked: " + ::zip_strerror(archive->get())};
        const std::string member = facts.name;
        if (member.ends_with('/') || member.find("__MACOSX/") != std::string::npos)
            continue;
        if (leadsOut(member))
            return Error{ErrorCode::InvalidInput, name + ": “" + member + "” leads out of the archive: it is refused"};
        if (lowerExtension(member) == ".zip")
            return Error{ErrorCode::InvalidInput, name + " holds another archive, " + member + ": unpack it first"};
        if (isBomb(static_cast<std::int64_t>(facts.comp_size), static_cast<std::int64_t>(facts.size)))
            return Error{ErrorCode::InvalidInput, name + ": " + member + " unpacks to far more than such a file can hold"};
        members.push_back({file.string() + "!/" + member, member, static_cast<std::int64_t>(facts.size)});
    }
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return members;
}

}  // namespace taskfold::data
