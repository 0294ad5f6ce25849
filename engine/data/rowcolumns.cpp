#include "engine/data/rowcolumns.h"

#include <algorithm>
#include <cstring>

namespace taskfold::data {

namespace {

constexpr std::size_t kAhead = 4;  // texts: their memory is asked for before it is needed

// The texts are short, and most of their lengths are news to the processor: whole steps are copied, however long they are.
inline void copyText(char* to, const char* from, std::size_t size)
{
    static_assert(TextsView::kPadding >= Bytes::kStep);
    if (size > 8 * Bytes::kStep) {
        std::memcpy(to, from, size);
        return;
    }
    for (std::size_t at = 0; at < size; at += Bytes::kStep)
        std::memcpy(to + at, from + at, Bytes::kStep);
}

// Appends a column's texts of all the pieces.
void append(TextColumn& to, std::span<const RowsPiece> pieces, TextsView RowsView::*column, std::size_t rows)
{
    std::int64_t end = to.ends.back();
    const auto before = static_cast<std::size_t>(end);
    std::size_t at = to.ends.size();
    to.ends.resize(at + rows, end);
    for (const RowsPiece& piece : pieces) {
        const TextsView& from = piece.rows->*column;
        for (std::size_t i = piece.begin; i < piece.end; ++i)
            to.ends[at++] = end += static_cast<std::int64_t>(from.sizeOf(i));
    }
    const std::size_t size = static_cast<std::size_t>(end) - before;
    if (size == 0)
        return;
    char* out = to.bytes.room(size);
    for (const RowsPiece& piece : pieces) {
        const TextsView& from = piece.rows->*column;
        if (!from.places)
            continue;
        for (std::size_t i = piece.begin; i < piece.end; ++i) {
            if (i + kAhead < from.count)
                __builtin_prefetch(from.at(i + kAhead).data());
            const std::string_view text = from.at(i);
            copyText(out, text.data(), text.size());
            out += text.size();
        }
    }
    to.bytes.taken(size);
}

}  // namespace

char* Bytes::room(std::size_t more)
{
    if (m_size + more + kStep > m_capacity) {
        const std::size_t wanted = std::max(m_size + more + kStep, m_capacity + m_capacity / 2);
        RoomBytes larger = roomBytes(wanted);
        if (m_size > 0)
            std::memcpy(larger.get(), m_bytes.get(), m_size);
        m_bytes = std::move(larger);
        m_capacity = wanted;
    }
    return m_bytes.get() + m_size;
}

void Bytes::append(std::string_view text)
{
    if (text.empty())
        return;
    std::memcpy(room(text.size()), text.data(), text.size());
    m_size += text.size();
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

void RowColumns::add(std::span<const RowsPiece> pieces)
{
    std::size_t rows = 0;
    for (const RowsPiece& piece : pieces)
        rows += piece.end - piece.begin;
    std::size_t at = line.size();
    line.resize(at + rows);
    referenceEnds.resize(at + 1 + rows, referenceEnds.back());
    for (const RowsPiece& piece : pieces) {
        for (std::size_t i = piece.begin; i < piece.end; ++i)
            line[at + i - piece.begin] = piece.offset + piece.rows->line(i);
        addReferences(piece, at);
        at += piece.end - piece.begin;
    }
    append(input, pieces, &RowsView::input, rows);
    append(target, pieces, &RowsView::target, rows);
    append(group, pieces, &RowsView::group, rows);
}

// Of rows that begin at `at` here.
void RowColumns::addReferences(const RowsPiece& piece, std::size_t at)
{
    const RowsView& from = *piece.rows;
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
        for (std::size_t r = from.referencesBegin(i); r < from.referencesBegin(i + 1); ++r)
            references.add(from.references.at(r));
        for (std::uint32_t r = piece.moreBegin; r < piece.moreEnd; ++r)
            references.add(piece.more->at(r));
        referenceEnds[at + 1 + i - piece.begin] = static_cast<std::int32_t>(references.size());
    }
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
