#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"
#include "engine/data/rowcolumns.h"
#include "engine/data/stream.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

class SealedFile;
class WorkPool;

/// Rows of one block of a file while they are made, cleaned, and what was wrong with the others. Lines count from 1 in the
/// block. Its memory is used again.
struct StagedBlock {
    int file = 0;
    std::int64_t from = -1;  // where the block stands in the file, if it can be read again there
    std::shared_ptr<char[]> held;  // what texts point into, if it is to be kept instead of them
    std::size_t sourceSize = 0;  // of either
    StagedRows rows;
    std::vector<std::uint8_t> splits;  // by row; Place::kUnsplit: none
    std::vector<std::uint64_t> hashes;  // of the inputs, their first half
    std::vector<RowIssue> issues;  // by line; their file's name is left out

    void clear();
};

/// The same where it was put. Lines are the file's.
struct StagedView {
    int file = 0;
    RowsView rows;
    const std::uint8_t* splits = nullptr;
    const std::uint64_t* hashes = nullptr;
    std::string_view issueBytes;
    std::int64_t from = -1;
    std::size_t sourceSize = 0;
    std::shared_ptr<char[]> packed, source;  // what it is a view of, where that isn't the staging's memory

    std::vector<RowIssue> issues() const;
};

/// Blocks on their way, in order: in memory up to a bound, behind it in a scratch file without a name. Of blocks that can
/// be read again only what was made of them is held: reading costs less than memory that nobody had before.
class Staging {
public:
    Staging(std::filesystem::path folder, std::size_t inMemory);
    ~Staging();

    /// About so many bytes will come. What won't fit into memory isn't begun there: it would only be held longer.
    void expect(std::int64_t bytes);
    /// `firstLine` is what the block's lines lack.
    Result<void> add(const StagedBlock& block, std::int64_t firstLine);
    std::size_t size() const;
    /// So many bytes of what it may hold are held elsewhere.
    void leave(std::size_t bytes);

    /// Blocks of that file will be read again: it must be what it was.
    void readAgain(int file, std::filesystem::path path, const FileMark& mark);
    /// Io if one of those files isn't.
    Result<void> unchanged();

    /// Bytes of blocks that were read back and that somebody still holds; behind Much only the needed ones are read.
    static constexpr std::size_t kMuchLent = 48 << 20, kMostLent = 64 << 20;
    std::size_t lent() const;
    /// The block will be asked for soon: on the pool, which must be drained, or gone, before this is.
    void readAhead(std::size_t i, WorkPool& pool);
    /// The block, read back if need be; the last few are kept. It lives as long as this.
    Result<std::shared_ptr<const StagedView>> at(std::size_t i);
    /// Puts the target of that row to `into`; nothing where there is none.
    Result<void> targetAt(int file, std::int64_t line, std::string& into);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace taskfold::data
