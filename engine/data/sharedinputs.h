#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"
#include "engine/data/sortedruns.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <stop_token>
#include <tuple>
#include <utility>
#include <vector>

namespace taskfold::data {

/// How many rows of one split have their input in another, of any number of rows in bounded memory: hashes are sorted, on
/// the disk if need be, and gone through once.
class SharedInputs {
public:
    explicit SharedInputs(const std::filesystem::path& folder, std::size_t inMemory = 1 << 20)  // 32 MB
        : m_runs(folder, inMemory)
    {
    }

    Result<void> add(std::uint32_t split, const RowFile& rows, const std::stop_token& stop);

    struct Shared {
        std::int64_t rows = 0, otherTarget = 0;  // of them: those that the other split gives another target
    };
    using Pairs = std::map<std::pair<std::uint32_t, std::uint32_t>, Shared>;
    /// By split and other split, both ways; those that share nothing aren't there. Once.
    Result<Pairs> count(const std::stop_token& stop);

private:
    struct Entry {
        std::uint64_t input = 0, target = 0;
        std::int64_t row = 0;
        std::uint32_t split = 0;
    };
    struct ByInput {
        bool operator()(const Entry& a, const Entry& b) const
        {
            return std::tie(a.input, a.split, a.row) < std::tie(b.input, b.split, b.row);
        }
    };

    // Rows of one split that have one input.
    struct Group {
        std::uint32_t split = 0;
        std::int64_t rows = 0;
        std::uint64_t target = 0;
    };
    static void countGroups(const std::vector<Group>& groups, Pairs& pairs);

    SortedRuns<Entry, ByInput> m_runs;
};

}  // namespace taskfold::data
