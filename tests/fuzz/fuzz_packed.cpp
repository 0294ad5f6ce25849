// .gz and .zip as hostile files: what is in them is read as JSON lines.
#include "engine/data/sources.h"
#include "engine/data/stream.h"
#include "tests/fuzz/readall.h"

#include <unistd.h>
#include <zip.h>
#include <zlib.h>

namespace taskfold::fuzz {

namespace {

const std::string kRows = "{\"input\": \"one\", \"target\": \"a\"}\n{\"input\": \"two\", \"target\": \"b\"}\n";

std::string gzipped(const std::string& text)
{
    std::string packed(text.size() + 100, '\0');
    z_stream state{};
    require(::deflateInit2(&state, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(packed.data());
    state.avail_out = static_cast<uInt>(packed.size());
    require(::deflate(&state, Z_FINISH) == Z_STREAM_END);
    packed.resize(state.total_out);
    ::deflateEnd(&state);
    return packed;
}

std::string zipped(const std::vector<std::pair<std::string, std::string>>& members)
{
    zip_error_t failure;
    zip_source_t* buffer = ::zip_source_buffer_create(nullptr, 0, 0, &failure);
    ::zip_source_keep(buffer);
    zip_t* archive = ::zip_open_from_source(buffer, ZIP_CREATE | ZIP_TRUNCATE, &failure);
    require(archive);
    for (const auto& [name, text] : members)
        require(::zip_file_add(archive, name.c_str(), ::zip_source_buffer(archive, text.data(), text.size(), 0), 0) >= 0);
    require(::zip_close(archive) == 0);
    zip_stat_t facts;
    require(::zip_source_open(buffer) == 0 && ::zip_source_stat(buffer, &facts) == 0);
    std::string bytes(facts.size, '\0');
    require(::zip_source_read(buffer, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
    ::zip_source_close(buffer);
    ::zip_source_free(buffer);
    return bytes;
}

// The file in memory under a name with that ending.
std::filesystem::path named(const MemoryFile& memory, const std::string& ending)
{
    const std::filesystem::path link = std::filesystem::temp_directory_path() / ("taskfold-fuzz-" + std::to_string(::getpid()) + ending);
    std::error_code failure;
    std::filesystem::remove(link, failure);
    std::filesystem::create_symlink("/proc/" + std::to_string(::getpid()) + memory.path().string().substr(std::string("/proc/self").size()), link);
    return link;
}

struct Names {
    MemoryFile memory;
    std::filesystem::path gz = named(memory, ".jsonl.gz"), zip = named(memory, ".zip");
    Names() = default;
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    ~Names()
    {
        std::error_code failure;
        std::filesystem::remove(gz, failure);
        std::filesystem::remove(zip, failure);
    }
};

}  // namespace

std::vector<std::string> seeds()
{
    const std::string gz = gzipped(kRows);
    return {gz, gz + gz, gz.substr(0, gz.size() / 2), gz + "rubbish",
        zipped({{"train.jsonl", kRows}, {"folder/test.csv", "input,target\na,b\n"}, {"__MACOSX/._train.jsonl", "x"}}),
        zipped({{"a b/dev.txt", "text\n"}, {"../out.jsonl", kRows}}), zipped({{"inner.jsonl.gz", gz}})};
}

}  // namespace taskfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace taskfold;
    static fuzz::Names names;
    const std::string_view bytes = fuzz::viewOf(data, size);
    names.memory.hold(bytes);
    data::ReadOptions options;
    if (!bytes.starts_with("PK")) {
        options.format = data::FileFormat::JsonLines;
        fuzz::readAll(names.gz, options);
        return 0;
    }
    const auto members = data::membersOf(names.zip);
    if (!members)
        return 0;
    std::size_t some = 0;
    for (const data::ArchiveMember& member : *members)
        if (++some <= 4)
            fuzz::readAll(member.path, options);
    const auto tasks = data::findTasks(names.zip);
    fuzz::require(tasks || !tasks.error().detail.empty());
    return 0;
}
