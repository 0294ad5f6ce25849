#pragma once

#include "engine/core/task.h"
#include "engine/data/rowkeys.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace taskfold::data {

/// Where no split was given: 80/10/10 of the rows, those of one group together, stratified by label where there are labels
/// and no groups; by hash, so that the same rows give the same splits (method.md 3, step 6).
class Splitter {
public:
    /// Rows that stay, in any order; only for tasks with labels and no groups.
    void count(const std::vector<RowKey>& kept);
    /// To be called once all are counted.
    void settle();

    bool byLabel() const { return !m_labels.empty(); }
    Split splitOf(std::uint64_t inputHash, std::uint64_t targetHash) const;
    static Split splitOfGroup(std::string_view group);
    static Split splitOfInput(std::uint64_t inputHash);

private:
    // Of a label with more rows the hash alone gives shares that are near enough.
    static constexpr std::size_t kRanked = 20'000;

    struct Label {
        std::vector<std::uint64_t> hashes;
        bool many = false;
        std::uint64_t toValidation = 0, toTest = 0;  // bounds of the sorted hashes
    };

    std::unordered_map<std::uint64_t, Label> m_labels;
};

/// Whether a training row is taken for validation where only test rows came along: one in ten, by hash.
bool takenForValidation(std::uint64_t inputHash);

}  // namespace taskfold::data
