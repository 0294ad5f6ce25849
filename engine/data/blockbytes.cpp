#include "engine/data/blockbytes.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace taskfold::data {

namespace {

// Sizes first; then the arrays in this order, each on eight bytes.
enum Size { File, FirstLine, From, SourceSize, Rows, Places, Texts = Places + 4, ReferenceEnds = Texts + 4, OwnBytes, IssueBytes, kSizes };
using Sizes = std::array<std::uint64_t, kSizes>;

std::size_t onEight(std::size_t size)
{
    return (size + 7) / 8 * 8;
}

std::array<const TextPlaces*, 4> columnsOf(const StagedRows& rows)
{
    return {&rows.input, &rows.target, &rows.group, &rows.references};
}

void addText(std::string& bytes, const std::string& text)
{
    const std::size_t size = text.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
}

class Out {
public:
    explicit Out(char* to) : m_to(to) { }

    template <typename T>
    void put(const T* from, std::size_t count)
    {
        if (count > 0)
            std::memcpy(m_to, from, count * sizeof(T));
        m_to += onEight(count * sizeof(T));
    }

private:
    char* m_to;
};

class In {
public:
    explicit In(const char* from) : m_from(from) { }

    template <typename T>
    const T* take(std::size_t count)
    {
        const char* here = m_from;
        m_from += onEight(count * sizeof(T));
        return count > 0 ? reinterpret_cast<const T*>(here) : nullptr;
    }

private:
    const char* m_from;
};

std::size_t number(std::string_view& bytes)
{
    std::size_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
}

}  // namespace

std::size_t packedSize(const StagedBlock& block, std::string& issueBytes)
{
    issueBytes.clear();
    for (const RowIssue& issue : block.issues) {
        const std::array<std::size_t, 3> numbers{static_cast<std::size_t>(issue.line), static_cast<std::size_t>(issue.reason), static_cast<std::size_t>(issue.action)};
        issueBytes.append(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
        for (const std::string* text : {&issue.field, &issue.excerpt, &issue.detail})
            addText(issueBytes, *text);
    }
    const std::size_t rows = block.rows.lines.size();
    std::size_t size = sizeof(Sizes) + rows * 8 + onEight(rows * 4) + onEight(rows) + onEight(block.rows.referenceEnds.size() * 4);
    for (const TextPlaces* texts : columnsOf(block.rows))
        size += texts->places.size() * sizeof(TextPlace);
    return size + onEight(block.rows.own.size()) + onEight(issueBytes.size());
}

void pack(const StagedBlock& block, std::int64_t firstLine, const std::string& issueBytes, char* to)
{
    const StagedRows& rows = block.rows;
    Sizes sizes{};
    sizes[File] = static_cast<std::uint64_t>(block.file);
    sizes[FirstLine] = static_cast<std::uint64_t>(firstLine);
    sizes[From] = static_cast<std::uint64_t>(block.from);
    sizes[SourceSize] = block.sourceSize;
    sizes[Rows] = rows.lines.size();
    sizes[OwnBytes] = rows.own.size();
    sizes[ReferenceEnds] = rows.referenceEnds.size();
    sizes[IssueBytes] = issueBytes.size();
    for (std::size_t i = 0; i < 4; ++i) {
        sizes[Places + i] = columnsOf(rows)[i]->places.size();
        sizes[Texts + i] = columnsOf(rows)[i]->count;
    }
    Out out(to);
    out.put(sizes.data(), sizes.size());
    out.put(block.hashes.data(), block.hashes.size());
    out.put(rows.lines.data(), rows.lines.size());
    out.put(block.splits.data(), block.splits.size());
    out.put(rows.referenceEnds.data(), rows.referenceEnds.size());
    for (const TextPlaces* texts : columnsOf(rows))
        out.put(texts->places.data(), texts->places.size());
    out.put(rows.own.data(), rows.own.size());
    out.put(issueBytes.data(), issueBytes.size());
}

void viewOf(const char* bytes, StagedView& view)
{
    In in(bytes);
    const std::uint64_t* sizes = in.take<std::uint64_t>(kSizes);
    const std::size_t rows = sizes[Rows];
    view.file = static_cast<int>(sizes[File]);
    view.from = static_cast<std::int64_t>(sizes[From]);
    view.sourceSize = sizes[SourceSize];
    view.rows.firstLine = static_cast<std::int64_t>(sizes[FirstLine]);
    view.rows.count = rows;
    view.hashes = in.take<std::uint64_t>(rows);
    view.rows.lines = in.take<std::uint32_t>(rows);
    view.splits = in.take<std::uint8_t>(rows);
    view.rows.referenceEnds = in.take<std::uint32_t>(sizes[ReferenceEnds]);
    std::size_t column = 0;
    const std::array columns{&view.rows.input, &view.rows.target, &view.rows.group, &view.rows.references};
    for (TextsView* texts : columns) {
        texts->places = in.take<TextPlace>(sizes[Places + column]);
        texts->count = sizes[Texts + column];
        ++column;
    }
    const char* const own = in.take<char>(sizes[OwnBytes]);
    for (TextsView* texts : columns)
        texts->own = own;
    view.issueBytes = {in.take<char>(sizes[IssueBytes]), sizes[IssueBytes]};
}

namespace {

// The number of that line's row among `rows`, whose lines begin at `at`; `rows` where there is none. Before it stand at most
// as many rows as lines, and mostly just as many: it is looked for from there on backwards.
Result<std::size_t> rowOfLine(std::uint32_t line, std::size_t rows, std::size_t at, const ReadPacked& read)
{
    std::vector<std::uint32_t> lines;
    std::size_t end = std::min<std::size_t>(rows, line);
    for (std::size_t wanted = 64; end > 0; wanted *= 2) {
        const std::size_t begin = end - std::min(end, wanted);
        lines.resize(end - begin);
        if (Result<void> got = read(at + begin * sizeof(std::uint32_t), lines.data(), lines.size() * sizeof(std::uint32_t)); !got)
            return std::move(got).error();
        if (lines.front() <= line) {
            const auto found = std::lower_bound(lines.begin(), lines.end(), line);
            return found != lines.end() && *found == line ? begin + static_cast<std::size_t>(found - lines.begin()) : rows;
        }
        end = begin;
    }
    return rows;
}

}  // namespace

Result<std::optional<PackedTarget>> targetOf(std::int64_t line, const ReadPacked& read)
{
    Sizes sizes{};
    if (Result<void> got = read(0, sizes.data(), sizeof sizes); !got)
        return std::move(got).error();
    const std::size_t rows = sizes[Rows], lines = sizeof sizes + rows * 8;
    const Result<std::size_t> row = rowOfLine(static_cast<std::uint32_t>(line - static_cast<std::int64_t>(sizes[FirstLine])), rows, lines, read);
    if (!row)
        return row.error();
    if (*row == rows)
        return std::optional<PackedTarget>{};
    std::size_t at = lines + onEight(rows * 4) + onEight(rows) + onEight(sizes[ReferenceEnds] * 4);
    const std::size_t targets = at + sizes[Places] * sizeof(TextPlace);
    PackedTarget target;
    target.from = static_cast<std::int64_t>(sizes[From]);
    TextPlace place;
    if (sizes[Places + 1] > 0)
        if (Result<void> got = read(targets + *row * sizeof place, &place, sizeof place); !got)
            return std::move(got).error();
    target.size = place.size;
    target.at = place.at;
    target.isPacked = place.isOwn();
    if (target.isPacked) {
        for (std::size_t column = 0; column < 4; ++column)
            at += sizes[Places + column] * sizeof(TextPlace);
        target.at = at + (place.at - TextPlace::kOwn);
    }
    return std::optional(target);
}

std::vector<RowIssue> StagedView::issues() const
{
    std::vector<RowIssue> all;
    for (std::string_view bytes = issueBytes; !bytes.empty();) {
        RowIssue issue;
        issue.line = static_cast<std::int64_t>(number(bytes));
        issue.reason = static_cast<Reason>(number(bytes));
        issue.action = static_cast<IssueAction>(number(bytes));
        for (std::string* text : {&issue.field, &issue.excerpt, &issue.detail}) {
            const std::size_t size = number(bytes);
            text->assign(bytes.substr(0, size));
            bytes.remove_prefix(size);
        }
        issue.line += rows.firstLine;
        all.push_back(std::move(issue));
    }
    return all;
}

}  // namespace taskfold::data
