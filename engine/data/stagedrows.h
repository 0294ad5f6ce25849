#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Rows of one block of a file, by column, on their way to where they are stored.
namespace taskfold::data {

/// Where a text lies: in the block that it was read from, or, from kOwn on, in the bytes that the rows keep themselves.
struct TextPlace {
    static constexpr std::uint32_t kOwn = 1U << 31;

    std::uint32_t at = 0, size = 0;

    bool isOwn() const { return at >= kOwn; }
};

/// Texts of one block. Where all are empty there are no places.
struct TextsView {
    static constexpr std::size_t kPadding = 64;  // readable bytes behind staged texts

    const TextPlace* places = nullptr;
    std::size_t count = 0;
    const char* source = nullptr;  // the block; null where it hasn't been read again
    const char* own = nullptr;

    std::size_t sizeOf(std::size_t i) const { return places ? places[i].size : 0; }
    std::string_view at(std::size_t i) const
    {
        if (!places)
            return {};
        const TextPlace& place = places[i];
        return {place.isOwn() ? own + (place.at - TextPlace::kOwn) : source + place.at, place.size};
    }
    std::size_t size() const { return count; }
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
        std::size_t bytes = 0;
        if (referenceEnds)
            for (std::size_t r = referencesBegin(i); r < referencesBegin(i + 1); ++r)
                bytes += references.sizeOf(r);
        return bytes;
    }
    bool hasReference(std::size_t i, std::string_view text) const
    {
        for (std::size_t r = referencesBegin(i); referenceEnds && r < referencesBegin(i + 1); ++r)
            if (references.at(r) == text)
                return true;
        return false;
    }
    std::size_t bytesOf(std::size_t i) const  // of the row's texts, as isFullBatch counts them
    {
        return input.sizeOf(i) + target.sizeOf(i) + referenceBytesOf(i);
    }
};

/// The places of a column's texts while they are gathered.
struct TextPlaces {
    std::vector<TextPlace> places;
    std::size_t count = 0;

    void add(TextPlace place)
    {
        if (place.size > 0 || !places.empty()) {
            if (places.size() < count)
                places.resize(count);  // of the empty ones, once
            places.push_back(place);
        }
        ++count;
    }
    void clear();
};

/// Rows while they are gathered. Texts that stand in the block as they are shall be aren't copied.
struct StagedRows {
    std::string_view source;  // the block, while it is there; empty: every text is kept
    std::vector<std::uint32_t> lines;
    TextPlaces input, target, group, references;
    std::vector<std::uint32_t> referenceEnds;
    std::string own;  // at most 2 GiB

    void add(TextPlaces& column, std::string_view text)
    {
        // As numbers: texts of other memory can't be compared with it otherwise.
        const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(text.data()) - reinterpret_cast<std::uintptr_t>(source.data());
        column.add(at < source.size() ? TextPlace{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(text.size())} : kept(text));
    }
    void endReferences();  // of the row that is being added, before its line
    void clear();
    RowsView view() const;

private:
    TextPlace kept(std::string_view text);
};

}  // namespace taskfold::data
