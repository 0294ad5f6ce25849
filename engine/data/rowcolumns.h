#pragma once

#include "engine/core/row.h"
#include "engine/data/stagedrows.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// Texts one behind another.
struct TextColumn {
    std::vector<std::int64_t> ends{0};  // one more than there are texts
    std::string bytes;

    void add(std::string_view text)
    {
        bytes.append(text);
        ends.push_back(static_cast<std::int64_t>(bytes.size()));
    }
    std::string_view at(std::size_t i) const
    {
        const auto from = static_cast<std::size_t>(ends[i]);
        return {bytes.data() + from, static_cast<std::size_t>(ends[i + 1]) - from};
    }
    std::size_t size() const { return ends.size() - 1; }
    void clear();
};

/// Rows by column, as they are stored.
struct RowColumns {
    std::vector<std::int64_t> line;
    TextColumn input, target, group;
    TextColumn references;  // of all rows
    std::vector<std::int32_t> referenceEnds{0};  // by row, in references

    std::size_t size() const { return line.size(); }
    std::size_t bytes() const;
    void clear();
    void add(const Row& row);
    /// Rows `begin` to `end` of a block, their lines behind `offset`.
    void add(const RowsView& from, std::size_t begin, std::size_t end, std::int64_t offset);
    std::size_t referenceCount(std::size_t i) const
    {
        return static_cast<std::size_t>(referenceEnds[i + 1] - referenceEnds[i]);
    }
    std::string_view reference(std::size_t i, std::size_t k) const
    {
        return references.at(static_cast<std::size_t>(referenceEnds[i]) + k);
    }
};

/// Where a batch of rows ends: by number and size alone, so that the same rows always make the same batches.
bool isFullBatch(std::size_t rows, std::size_t bytes);
bool isFullBatch(const RowColumns& rows);

}  // namespace taskfold::data
