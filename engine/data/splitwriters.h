#pragma once

#include "engine/data/intakestate.h"
#include "engine/data/splitwriter.h"

#include <array>
#include <map>
#include <memory>

namespace taskfold::data {

/// A version's splits while they are written: each has its writer from its first row on.
class SplitWriters {
public:
    /// The pool must be drained, or gone, before these are.
    SplitWriters(std::filesystem::path folder, WorkPool& pool) : m_folder(std::move(folder)), m_pool(pool) { }

    SplitWriter& at(Split split);
    /// See SplitWriter::letGo().
    void letGo();
    /// Those that have rows, or that a file was named for.
    Result<std::map<Split, ReadySplit>> finish(IntakeFiles files);

private:
    std::filesystem::path m_folder;
    WorkPool& m_pool;
    std::array<std::unique_ptr<SplitWriter>, 3> m_writers;
};

}  // namespace taskfold::data
