#pragma once

#include "engine/core/result.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace taskfold {

/// A regular file's bytes, read-only in memory as long as this lives. They stay where they are when this is moved. A
/// file that another program shortens meanwhile ends this one: the model files of a project are written once and renamed.
class MappedFile {
public:
    /// InvalidInput when it holds fewer bytes than `least`.
    static Result<MappedFile> open(const std::filesystem::path& file, std::size_t least = 1);

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return m_bytes; }

    /// Lets go of the pages that lie wholly within: they are read again from the file if they are asked for again.
    static void forget(std::span<const std::byte> bytes);

private:
    explicit MappedFile(std::span<const std::byte> bytes) : m_bytes(bytes) { }

    std::span<const std::byte> m_bytes;
};

}  // namespace taskfold
