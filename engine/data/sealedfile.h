#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace taskfold::data {

/// A file that has no name until it is whole: whatever happens before, nothing is left over.
class SealedFile {
public:
    /// DiskFull or Io.
    static Result<std::unique_ptr<SealedFile>> make(const std::filesystem::path& folder);
    /// One that is never named: it is left to the system whether it comes to the disk at all.
    static Result<std::unique_ptr<SealedFile>> scratch(const std::filesystem::path& folder);

    ~SealedFile();
    SealedFile(const SealedFile&) = delete;
    SealedFile& operator=(const SealedFile&) = delete;

    Result<void> write(std::string_view bytes);
    Result<void> readAt(std::int64_t place, char* to, std::size_t size) const;
    std::int64_t size() const { return m_size; }
    /// All of it as memory to read, once nothing more is written; the caller unmaps it.
    Result<const char*> mapped() const;

    /// So many bytes of zeros as memory to write, whose place on the disk is taken at once: DiskFull. The caller unmaps it.
    Result<void*> reserved(std::int64_t bytes);

    /// Brings it to the disk.
    Result<void> sync();
    /// Gives it its name; a file of that name stays as it is.
    Result<void> publish(const std::filesystem::path& name);

private:
    SealedFile(int handle, std::filesystem::path beside) : m_handle(handle), m_beside(std::move(beside)) { }

    int m_handle;
    std::filesystem::path m_beside;  // where the file system has no unnamed files
    std::int64_t m_size = 0, m_pushed = 0;
    bool m_isScratch = false;
};

Error diskError(int code, const std::string& what);
bool syncFolder(const std::filesystem::path& folder);

}  // namespace taskfold::data
