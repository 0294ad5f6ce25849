#pragma once

#include "engine/core/issue.h"
#include "engine/core/result.h"
#include "engine/data/rowcolumns.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace taskfold::data {

class SealedFile;

/// Rows of one block of a file, cleaned, and what was wrong with the others. Lines are the file's.
struct StagedBlock {
    int file = 0;
    RowColumns rows;
    std::vector<std::uint8_t> splits;  // by row; Place::kUnsplit: none
    std::vector<RowIssue> issues;  // by line; their file's name is left out
};

/// Blocks on their way, in order: in memory up to a bound, behind it in a scratch file without a name.
class Staging {
public:
    Staging(std::filesystem::path folder, std::size_t inMemory);
    ~Staging();

    Result<void> add(StagedBlock block);
    std::size_t size() const;

    /// The block, read back if need be; the last few are kept. Lives until the next call but three.
    Result<std::shared_ptr<const StagedBlock>> at(std::size_t i);
    /// The target of that row; empty where there is none.
    Result<std::string> targetAt(int file, std::int64_t line);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace taskfold::data
