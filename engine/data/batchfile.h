#pragma once

#include "engine/core/result.h"

#include <arrow/io/file.h>
#include <arrow/ipc/api.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

/// Files of batches as Arrow writes them, mapped into memory. Only this folder's sources include it.
namespace taskfold::data {

/// The footer says how many rows each batch has; a batch itself is read when it is asked for, so that a file of any size
/// opens at once. From several threads.
class BatchFile {
public:
    /// NotFound, or Damaged. `hash` names the file in its folder.
    static Result<std::shared_ptr<const BatchFile>> open(
        const std::filesystem::path& folder, const std::string& hash, const std::shared_ptr<arrow::Schema>& schema);

    std::size_t size() const { return m_rows.size(); }
    const std::vector<std::int64_t>& rows() const { return m_rows; }  // by batch

    /// The batch, checked whole: Damaged. Its memory is the file's.
    Result<std::shared_ptr<arrow::RecordBatch>> read(std::size_t i) const;

    /// Whether the memory is the file's, and lies as its type wants it.
    bool holds(const void* memory, std::size_t bytes, std::size_t alignment) const;

    /// Gives the memory of what was looked at back: of a batch, or of everything.
    void forget(const arrow::RecordBatch& batch) const;
    void forget(const void* from, const void* to) const;
    void forget() const;

private:
    BatchFile() = default;
    arrow::Status start(const std::filesystem::path& file, const std::shared_ptr<arrow::Schema>& schema);
    arrow::Status countRows();
    bool takeCounts(const std::string& words);
    arrow::Result<std::shared_ptr<arrow::RecordBatch>> checked(std::size_t i) const;

    std::string m_name;
    std::shared_ptr<arrow::io::MemoryMappedFile> m_mapped;
    std::shared_ptr<arrow::ipc::RecordBatchFileReader> m_reader;
    const std::uint8_t* m_memory = nullptr;
    std::size_t m_bytes = 0;
    mutable std::mutex m_reading;
    std::vector<std::int64_t> m_rows;
};

/// Under which name a footer holds its batches' rows: numbers with commas between them.
constexpr const char* kRowCounts = "rows";

}  // namespace taskfold::data
