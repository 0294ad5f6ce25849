#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Rows of one block of a file, by column, on their way to where they are stored.
namespace taskfold::data {

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

}  // namespace taskfold::data
