#pragma once

#include "engine/core/row.h"

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

/// Texts of one block. Where all are empty there are no ends.
struct TextsView {
    const std::uint32_t* ends = nullptr;  // by text
    const char* bytes = nullptr;
    std::size_t count = 0;

    std::size_t begin(std::size_t i) const { return i == 0 || !ends ? 0 : ends[i - 1]; }
    std::string_view at(std::size_t i) const { return {bytes + begin(i), begin(i + 1) - begin(i)}; }
    std::size_t size() const { return count; }
};

/// The same while they are gathered, at most 4 GiB.
struct ShortTexts {
    std::vector<std::uint32_t> ends;
    std::string bytes;
    std::size_t count = 0;

    void add(std::string_view text);
    void clear();
    TextsView view() const { return {ends.empty() ? nullptr : ends.data(), bytes.data(), count}; }
};

/// Rows of one block by column, lying somewhere. Lines count from `firstLine`.
struct RowsView {
    std::int64_t firstLine = 0;
    std::size_t count = 0;
    const std::uint32_t* lines = nullptr;
    TextsView input, target, group;
    TextsView references;  // of all rows
    const std::uint32_t* referenceEnds = nullptr;  // by row, in references; none while there are no references

    std::size_t size() const { return count; }
    std::int64_t line(std::size_t i) const { return firstLine + lines[i]; }
    std::size_t referencesBegin(std::size_t i) const { return i == 0 || !referenceEnds ? 0 : referenceEnds[i - 1]; }
    std::size_t referenceBytesOf(std::size_t i) const
    {
        return referenceEnds ? references.begin(referencesBegin(i + 1)) - references.begin(referencesBegin(i)) : 0;
    }
    std::size_t bytesOf(std::size_t i) const  // of the row's texts, as isFullBatch counts them
    {
        return input.begin(i + 1) - input.begin(i) + target.begin(i + 1) - target.begin(i) + referenceBytesOf(i);
    }
};

/// The same while they are gathered.
struct StagedRows {
    std::vector<std::uint32_t> lines;
    ShortTexts input, target, group, references;
    std::vector<std::uint32_t> referenceEnds;

    void endReferences();  // of the row that is being added, before its line
    void clear();
    RowsView view() const;
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
