#include "engine/format/wholefile.h"

#include <fstream>
#include <system_error>

namespace taskfold {

Result<std::string> wholeFile(const std::filesystem::path& file, std::uint64_t most)
{
    std::error_code failure;
    if (!std::filesystem::is_regular_file(file, failure))
        return Error{ErrorCode::NotFound, file.string() + " isn't there, or isn't a file"};
    const std::uintmax_t size = std::filesystem::file_size(file, failure);
    if (failure)
        return Error{ErrorCode::Io, file.string() + ": " + failure.message()};
    if (size > most)
        return Error{ErrorCode::InvalidInput, file.string() + " has " + std::to_string(size) + " bytes; no such file has more than "
                + std::to_string(most)};
    std::ifstream stream(file, std::ios::binary);
    std::string text(static_cast<std::size_t>(size), '\0');
    if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
        return Error{ErrorCode::Io, file.string() + " can't be read whole"};
    return text;
}

}  // namespace taskfold
