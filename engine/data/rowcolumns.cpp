#include "engine/data/rowcolumns.h"

#include <cstdint>
#include <new>

namespace taskfold::data {

namespace {

void append(TextColumn& to, const TextsView& from, std::size_t begin, std::size_t end)
{
    if (!from.places) {
        to.ends.resize(to.ends.size() + end - begin, static_cast<std::int64_t>(to.bytes.size()));
        return;
    }
    for (std::size_t i = begin; i < end; ++i)
        to.add(from.at(i));
}

}  // namespace

void TextPlaces::add(TextPlace place)
{
    if (places.empty() && place.size == 0) {
        ++count;
        return;
    }
    places.resize(count);  // of the empty ones, once
    places.push_back(place);
    ++count;
}

void TextPlaces::clear()
{
    places.clear();
    count = 0;
}

void StagedRows::add(TextPlaces& column, std::string_view text)
{
    const auto size = static_cast<std::uint32_t>(text.size());
    // As numbers: texts of other memory can't be compared with it otherwise.
    const std::uintptr_t at = reinterpret_cast<std::uintptr_t>(text.data()) - reinterpret_cast<std::uintptr_t>(source.data());
    if (at < source.size()) {
        column.add({static_cast<std::uint32_t>(at), size});
        return;
    }
    if (own.size() + text.size() >= TextPlace::kOwn)
        throw std::bad_alloc();
    column.add({TextPlace::kOwn + static_cast<std::uint32_t>(own.size()), size});
    own.append(text);
}

void StagedRows::endReferences()
{
    if (referenceEnds.empty() && references.count == 0)
        return;
    referenceEnds.resize(lines.size());
    referenceEnds.push_back(static_cast<std::uint32_t>(references.count));
}

void StagedRows::clear()
{
    source = {};
    lines.clear();
    for (TextPlaces* texts : {&input, &target, &group, &references})
        texts->clear();
    referenceEnds.clear();
    own.clear();
}

RowsView StagedRows::view() const
{
    const auto texts = [this](const TextPlaces& column) {
        return TextsView{column.places.empty() ? nullptr : column.places.data(), column.count, source.data(), own.data()};
    };
    return {0, lines.size(), lines.data(), texts(input), texts(target), texts(group), texts(references),
        referenceEnds.empty() ? nullptr : referenceEnds.data()};
}

void TextColumn::clear()
{
    ends.resize(1);
    bytes.clear();
}

std::size_t RowColumns::bytes() const
{
    return line.capacity() * 8 + (input.ends.capacity() + target.ends.capacity() + group.ends.capacity()) * 8
        + input.bytes.capacity() + target.bytes.capacity() + group.bytes.capacity() + references.bytes.capacity()
        + references.ends.capacity() * 8 + referenceEnds.capacity() * 4;
}

void RowColumns::clear()
{
    line.clear();
    for (TextColumn* column : {&input, &target, &group, &references})
        column->clear();
    referenceEnds.resize(1);
}

void RowColumns::add(const Row& row)
{
    line.push_back(row.line);
    input.add(row.input);
    target.add(row.target);
    group.add(row.group);
    for (const std::string& reference : row.references)
        references.add(reference);
    referenceEnds.push_back(static_cast<std::int32_t>(references.size()));
}

void RowColumns::add(const RowsView& from, std::size_t begin, std::size_t end, std::int64_t offset)
{
    const std::size_t before = line.size();
    line.resize(before + end - begin);
    for (std::size_t i = begin; i < end; ++i)
        line[before + i - begin] = offset + from.firstLine + from.lines[i];
    append(input, from.input, begin, end);
    append(target, from.target, begin, end);
    append(group, from.group, begin, end);
    const auto shift = static_cast<std::int64_t>(references.size()) - static_cast<std::int64_t>(from.referencesBegin(begin));
    append(references, from.references, from.referencesBegin(begin), from.referencesBegin(end));
    for (std::size_t i = begin; i < end; ++i)
        referenceEnds.push_back(static_cast<std::int32_t>(static_cast<std::int64_t>(from.referencesBegin(i + 1)) + shift));
}

bool isFullBatch(std::size_t rows, std::size_t bytes)
{
    constexpr std::size_t kRows = 16384, kBytes = 4 << 20;
    return rows >= kRows || bytes >= kBytes;
}

bool isFullBatch(const RowColumns& rows)
{
    return isFullBatch(rows.size(), rows.input.bytes.size() + rows.target.bytes.size() + rows.references.bytes.size());
}

}  // namespace taskfold::data
