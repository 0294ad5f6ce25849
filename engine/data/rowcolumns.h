#pragma once

#include "engine/core/row.h"
#include "engine/data/roombytes.h"
#include "engine/data/stagedrows.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold::data {

/// Bytes in a row. What is asked for isn't cleared first.
class Bytes {
public:
    static constexpr std::size_t kStep = 32;

    const char* data() const { return m_bytes.get(); }
    std::size_t size() const { return m_size; }
    std::size_t capacity() const { return m_capacity; }
    void clear() { m_size = 0; }
    void append(std::string_view text);
    /// Where the next `more` bytes go, and up to a step of anything behind them; then they are to be told as taken().
    char* room(std::size_t more);
    void taken(std::size_t more) { m_size += more; }

private:
    RoomBytes m_bytes;
    std::size_t m_size = 0, m_capacity = 0;
};

/// Texts one behind another.
struct TextColumn {
    std::vector<std::int64_t> ends{0};  // one more than there are texts
    Bytes bytes;

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

/// Rows of a block that lie side by side; their lines are behind `offset`.
struct RowsPiece {
    const RowsView* rows = nullptr;
    std::uint32_t begin = 0, end = 0;
    std::int64_t offset = 0;
    const TextColumn* more = nullptr;  // texts, some of which are references that the only row lacks
    std::uint32_t moreBegin = 0, moreEnd = 0;
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
    void add(std::span<const RowsPiece> pieces);
    std::size_t referenceCount(std::size_t i) const
    {
        return static_cast<std::size_t>(referenceEnds[i + 1] - referenceEnds[i]);
    }
    std::string_view reference(std::size_t i, std::size_t k) const
    {
        return references.at(static_cast<std::size_t>(referenceEnds[i]) + k);
    }

private:
    void addReferences(const RowsPiece& piece, std::size_t at);
};

/// Where a batch of rows ends: by number and size alone, so that the same rows always make the same batches.
bool isFullBatch(std::size_t rows, std::size_t bytes);
bool isFullBatch(const RowColumns& rows);

}  // namespace taskfold::data
