#include "engine/data/rowcolumns.h"

namespace taskfold::data {

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

void RowColumns::add(const RowColumns& from, std::size_t i, std::int64_t newLine)
{
    line.push_back(newLine);
    input.add(from.input.at(i));
    target.add(from.target.at(i));
    group.add(from.group.at(i));
    for (std::size_t k = 0; k < from.referenceCount(i); ++k)
        references.add(from.reference(i, k));
    referenceEnds.push_back(static_cast<std::int32_t>(references.size()));
}

bool isFullBatch(const RowColumns& rows)
{
    constexpr std::size_t kRows = 16384, kBytes = 4 << 20;
    return rows.size() >= kRows
        || rows.input.bytes.size() + rows.target.bytes.size() + rows.references.bytes.size() >= kBytes;
}

}  // namespace taskfold::data
