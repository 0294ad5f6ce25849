#pragma once

#include "engine/core/result.h"

#include <cstddef>
#include <filesystem>

namespace taskfold {

/// A file that is whole or isn't there: written beside its place, synced, then renamed. What isn't finished is removed.
/// After a failed write the others do nothing, and `finish` says why.
class NewFile {
public:
    explicit NewFile(const std::filesystem::path& file);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile();

    void write(const void* data, std::size_t size);
    std::uint64_t size() const { return m_size; }  // written so far
    Result<void> finish();

private:
    void fail(int reason);

    std::filesystem::path m_file, m_beside;
    int m_handle = -1;
    std::uint64_t m_size = 0;
    Result<void> m_state;
};

/// While it lives, files of this thread are finished without being synced: whoever opens it syncs them later, before anything
/// is named that counts on them.
class SyncLater {
public:
    SyncLater();
    ~SyncLater();
    SyncLater(const SyncLater&) = delete;
    SyncLater& operator=(const SyncLater&) = delete;
};

/// A small file, whole or not there.
Result<void> writeWhole(const std::filesystem::path& file, const std::string& text);

}  // namespace taskfold
