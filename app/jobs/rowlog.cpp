#include "app/jobs/rowlog.h"

#include "engine/core/hash.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <exception>
#include <fstream>
#include <system_error>

namespace taskfold::jobs {

namespace {

constexpr std::string_view kHead = "taskfold rows 1\n";
constexpr const char* kName = "rows.log";

Result<void> syncAndRename(const std::filesystem::path& from, const std::filesystem::path& to)
{
    const int file = ::open(from.c_str(), O_RDONLY);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    std::error_code failure;
    if (synced)
        std::filesystem::rename(from, to, failure);
    if (!synced || failure)
        return Error{ErrorCode::Io, "can't write " + to.string()};
    return {};
}

Error damaged(const std::filesystem::path& file)
{
    return {ErrorCode::Damaged, file.string() + " isn't a log of rows"};
}

}  // namespace

std::uint64_t inputHash(std::string_view input)
{
    const std::string hex = sha256(input);
    std::uint64_t value = 0;
    std::from_chars(hex.data(), hex.data() + 16, value, 16);
    return value;
}

Result<void> writeRowLog(const std::filesystem::path& runFolder, const std::vector<RowLogPart>& parts)
{
    std::error_code failure;
    std::filesystem::create_directories(runFolder, failure);
    const std::filesystem::path beside = runFolder / ".rows.part";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << kHead;
    for (const RowLogPart& part : parts) {
        out << part.source << '\n' << part.inputs.size() << '\n';
        out.write(reinterpret_cast<const char*>(part.inputs.data()),
            static_cast<std::streamsize>(part.inputs.size() * sizeof(std::uint64_t)));
    }
    out.close();
    if (!out) {
        std::filesystem::remove(beside, failure);
        return Error{ErrorCode::DiskFull, "can't write the log of rows in " + runFolder.string()};
    }
    return syncAndRename(beside, runFolder / kName);
}

Result<void> logInputs(const std::filesystem::path& runFolder, const std::vector<RowLogSource>& sources, const std::stop_token& stop)
{
    try {
        std::vector<RowLogPart> log;
        for (const RowLogSource& source : sources) {
            RowLogPart part{source.source, {}};
            part.inputs.reserve(source.rows.size());
            for (std::size_t i = 0; i < source.rows.size(); ++i) {
                if (stop.stop_requested())
                    return {};
                part.inputs.push_back(inputHash(source.rows[i].input));
            }
            log.push_back(std::move(part));
        }
        return writeRowLog(runFolder, log);
    } catch (const std::exception& e) {
        return Error{ErrorCode::Damaged, e.what()};
    }
}

Result<std::vector<RowLogPart>> readRowLog(const std::filesystem::path& runFolder)
{
    const std::filesystem::path file = runFolder / kName;
    std::error_code failure;
    const std::uintmax_t size = std::filesystem::file_size(file, failure);
    if (failure)
        return Error{ErrorCode::NotFound, file.string()};
    std::ifstream in(file, std::ios::binary);
    std::string head(kHead.size(), '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!in || head != kHead)
        return damaged(file);
    std::vector<RowLogPart> parts;
    RowLogPart part;
    std::string count;
    while (std::getline(in, part.source)) {
        std::uint64_t rows = 0;
        if (!std::getline(in, count)
            || std::from_chars(count.data(), count.data() + count.size(), rows).ptr != count.data() + count.size()
            || rows > size / sizeof(std::uint64_t))
            return damaged(file);
        part.inputs.resize(rows);
        in.read(reinterpret_cast<char*>(part.inputs.data()), static_cast<std::streamsize>(rows * sizeof(std::uint64_t)));
        if (!in)
            return damaged(file);
        parts.push_back(std::move(part));
        part = {};
    }
    return parts;
}

}  // namespace taskfold::jobs
