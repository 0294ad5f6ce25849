#include "engine/data/rowcolumns.h"

#include <limits>
#include <new>

namespace taskfold::data {

namespace {

void append(TextColumn& to, const TextsView& from, std::size_t begin, std::size_t end)
{
    const std::size_t first = from.begin(begin), last = from.begin(end), before = to.ends.size();
    const std::int64_t shift = static_cast<std::int64_t>(to.bytes.size()) - static_cast<std::int64_t>(first);
    to.bytes.append(from.bytes + first, last - first);
    to.ends.resize(before + end - begin, static_cast<std::int64_t>(to.bytes.size()));
    if (from.ends)
        for (std::size_t i = begin; i < end; ++i)
            to.ends[before + i - begin] = static_cast<std::int64_t>(from.ends[i]) + shift;
}

}  // namespace

void ShortTexts::add(std::string_view text)
{
    if (ends.empty() && text.empty()) {
        ++count;
        return;
    }
    if (bytes.size() + text.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::bad_alloc();
    ends.resize(count);  // of the empty ones, once
    bytes.append(text);
    ends.push_back(static_cast<std::uint32_t>(bytes.size()));
    ++count;
}

void StagedRows::endReferences()
{
    if (referenceEnds.empty() && references.count == 0)
        return;
    referenceEnds.resize(lines.size());
    referenceEnds.push_back(static_cast<std::uint32_t>(references.count));
}

void ShortTexts::clear()
{
    ends.clear();
    bytes.clear();
    count = 0;
}

void StagedRows::clear()
{
    lines.clear();
    for (ShortTexts* texts : {&input, &target, &group, &references})
        texts->clear();
    referenceEnds.clear();
}

RowsView StagedRows::view() const
{
    return {0, lines.size(), lines.data(), input.view(), target.view(), group.view(), references.view(),
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
