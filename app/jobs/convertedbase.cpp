#include "app/jobs/convertedbase.h"

#include "engine/core/hash.h"

#include <system_error>
#include <unistd.h>

namespace taskfold::jobs {

std::string folderWord(const std::string& name)
{
    std::string word;
    for (const char c : name.substr(0, 60)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        word.push_back(plain ? c : '-');
    }
    return word.empty() || word.front() == '.' ? "model" + word : word;
}

Result<std::filesystem::path> convertedBase(
    const Project& project, const ModelPreview& source, const std::string& name, const JobContext& context)
{
    if (context.report)
        context.report({0, 0, {}, "reading " + source.path.filename().string()});
    const Result<std::string> hash = sha256OfFile(source.path);
    if (!hash)
        return hash.error();
    const std::filesystem::path folder = project.models() / (folderWord(name) + "-" + hash->substr(0, 12));
    std::error_code failure;
    if (std::filesystem::exists(folder / "model.safetensors", failure))
        return folder;
    const std::filesystem::path beside = folder.string() + "." + std::to_string(::getpid()) + ".part";
    std::filesystem::remove_all(beside, failure);
    if (!std::filesystem::create_directories(beside, failure))
        return Error{ErrorCode::Io, beside.string() + " can't be made"};
    const auto written = [&](std::int64_t bytes, std::int64_t total) {
        if (context.report)
            context.report({bytes, total, {}, "unpacking the weights of " + name});
    };
    Result<void> done = convertModel(source, beside, written, context.stop);
    if (done) {
        std::filesystem::rename(beside, folder, failure);
        if (failure && !std::filesystem::exists(folder / "model.safetensors"))
            done = Error{ErrorCode::Io, folder.string() + ": " + failure.message()};
    }
    std::filesystem::remove_all(beside, failure);
    if (!done)
        return std::move(done).error();
    return folder;
}

}  // namespace taskfold::jobs
