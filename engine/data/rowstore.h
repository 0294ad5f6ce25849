#pragma once

#include "engine/core/result.h"
#include "engine/core/row.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Rows as immutable Arrow IPC files, named by what they hold: rows/<hash>.arrow.
namespace taskfold::data {

class SealedFile;

/// BLAKE3 over every field of every row, in order, by batches (isFullBatch), so that several threads may compute it and
/// no row is copied for it. Lower-case hexadecimal.
std::string hashOf(std::span<const Row> rows);

/// Written without a name, synced and then named; a file that is there already stays as it is. Answers the hash.
Result<std::string> writeRows(const std::filesystem::path& folder, std::span<const Row> rows);

struct UnnamedRows {
    std::unique_ptr<SealedFile> file;
    std::string hash;
};
/// The same, not named yet: it vanishes with the value.
Result<UnnamedRows> prepareRows(const std::filesystem::path& folder, std::span<const Row> rows);

/// A file's rows, mapped into memory as long as this lives. Any number of threads may read one. A large file's batches are
/// checked when first touched: one that is damaged throws.
class RowFile {
public:
    static Result<RowFile> open(const std::filesystem::path& folder, const std::string& hash);

    RowFile(RowFile&&) noexcept;
    RowFile& operator=(RowFile&&) noexcept;
    ~RowFile();

    std::int64_t size() const;
    std::int64_t line(std::int64_t index) const;
    std::string_view input(std::int64_t index) const;
    std::string_view target(std::int64_t index) const;
    Row row(std::int64_t index) const;
    /// The row of that line; -1 where there is none. Lines rise.
    std::int64_t indexOfLine(std::int64_t line) const;

    /// Calls for every row in order, and gives each part's memory back behind it. Stops when told false.
    void each(const std::function<bool(std::int64_t index)>& told) const;
    /// Gives back the memory of what was looked at in no order.
    void forget() const;

    struct InputLine {
        std::string_view input, target;
        std::int64_t line = 0, index = 0;
    };
    /// The same by parts, from several threads at once (0: as many as there are, up to eight): the part's number, counted
    /// from 0, and its rows, whose texts live until the call returns.
    void eachPart(const std::function<void(std::size_t part, std::span<const InputLine> rows)>& told, int threads = 0) const;
    std::size_t parts() const;

private:
    struct Columns;

    explicit RowFile(std::unique_ptr<Columns> columns);

    std::unique_ptr<Columns> m_columns;
};

Result<std::vector<Row>> readRows(const std::filesystem::path& folder, const std::string& hash);

/// Whether the file is there and holds what its name says. Damaged says where not.
Result<void> verifyRows(const std::filesystem::path& folder, const std::string& hash);

std::filesystem::path rowsPath(const std::filesystem::path& folder, const std::string& hash);

}  // namespace taskfold::data
