#include "engine/data/staging.h"

#include "engine/data/sealedfile.h"

#include <algorithm>
#include <cstring>
#include <deque>

namespace taskfold::data {

namespace {

// Blocks as bytes. Only this process ever reads them.
class Packer {
public:
    std::string bytes;

    template <typename T>
    void add(const std::vector<T>& values)
    {
        size(values.size());
        bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
    void add(const std::string& text)
    {
        size(text.size());
        bytes += text;
    }
    void add(const TextColumn& column)
    {
        add(column.ends);
        add(column.bytes);
    }
    void size(std::size_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }
};

class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : m_bytes(bytes) { }

    template <typename T>
    void take(std::vector<T>& values)
    {
        values.resize(size());
        std::memcpy(values.data(), m_bytes.data(), values.size() * sizeof(T));
        m_bytes.remove_prefix(values.size() * sizeof(T));
    }
    void take(std::string& text)
    {
        const std::size_t count = size();
        text.assign(m_bytes.substr(0, count));
        m_bytes.remove_prefix(count);
    }
    void take(TextColumn& column)
    {
        take(column.ends);
        take(column.bytes);
    }
    std::size_t size()
    {
        std::size_t value = 0;
        std::memcpy(&value, m_bytes.data(), sizeof value);
        m_bytes.remove_prefix(sizeof value);
        return value;
    }

private:
    std::string_view m_bytes;
};

std::string packed(const StagedBlock& block)
{
    Packer packer;
    packer.size(static_cast<std::size_t>(block.file));
    packer.add(block.rows.line);
    for (const TextColumn* column : {&block.rows.input, &block.rows.target, &block.rows.group, &block.rows.references})
        packer.add(*column);
    packer.add(block.rows.referenceEnds);
    packer.add(block.splits);
    packer.size(block.issues.size());
    for (const RowIssue& issue : block.issues) {
        packer.size(static_cast<std::size_t>(issue.line));
        packer.size(static_cast<std::size_t>(issue.reason));
        packer.size(static_cast<std::size_t>(issue.action));
        for (const std::string* text : {&issue.field, &issue.excerpt, &issue.detail})
            packer.add(*text);
    }
    return std::move(packer.bytes);
}

StagedBlock unpacked(std::string_view bytes)
{
    Unpacker from(bytes);
    StagedBlock block;
    block.file = static_cast<int>(from.size());
    from.take(block.rows.line);
    for (TextColumn* column : {&block.rows.input, &block.rows.target, &block.rows.group, &block.rows.references})
        from.take(*column);
    from.take(block.rows.referenceEnds);
    from.take(block.splits);
    block.issues.resize(from.size());
    for (RowIssue& issue : block.issues) {
        issue.line = static_cast<std::int64_t>(from.size());
        issue.reason = static_cast<Reason>(from.size());
        issue.action = static_cast<IssueAction>(from.size());
        for (std::string* text : {&issue.field, &issue.excerpt, &issue.detail})
            from.take(*text);
    }
    return block;
}

std::size_t bytesOf(const StagedBlock& block)
{
    std::size_t bytes = block.rows.bytes() + block.splits.capacity();
    for (const RowIssue& issue : block.issues)
        bytes += sizeof issue + issue.excerpt.capacity() + issue.detail.capacity();
    return bytes;
}

}  // namespace

struct Staging::State {
    struct Entry {
        std::shared_ptr<const StagedBlock> block;  // null: spilled
        std::int64_t from = 0, size = 0;
        int file = 0;
        std::int64_t lastLine = -1;
    };

    std::filesystem::path folder;
    std::size_t most = 0, inMemory = 0;
    std::vector<Entry> entries;
    std::unique_ptr<SealedFile> file;
    std::deque<std::pair<std::size_t, std::shared_ptr<const StagedBlock>>> recent;
};

Staging::Staging(std::filesystem::path folder, std::size_t inMemory) : m_state(std::make_unique<State>())
{
    m_state->folder = std::move(folder);
    m_state->most = inMemory;
}

Staging::~Staging() = default;

std::size_t Staging::size() const
{
    return m_state->entries.size();
}

Result<void> Staging::add(StagedBlock block)
{
    State::Entry entry;
    entry.file = block.file;
    if (block.rows.size() > 0)
        entry.lastLine = block.rows.line.back();
    else if (!m_state->entries.empty() && m_state->entries.back().file == block.file)
        entry.lastLine = m_state->entries.back().lastLine;
    const std::size_t bytes = bytesOf(block);
    if (m_state->inMemory + bytes <= m_state->most) {
        m_state->inMemory += bytes;
        entry.block = std::make_shared<const StagedBlock>(std::move(block));
        m_state->entries.push_back(std::move(entry));
        return {};
    }
    if (!m_state->file) {
        Result<std::unique_ptr<SealedFile>> made = SealedFile::make(m_state->folder);
        if (!made)
            return std::move(made).error();
        m_state->file = *std::move(made);
    }
    const std::string bytesOut = packed(block);
    entry.from = m_state->file->size();
    entry.size = static_cast<std::int64_t>(bytesOut.size());
    m_state->entries.push_back(std::move(entry));
    return m_state->file->write(bytesOut);
}

Result<std::shared_ptr<const StagedBlock>> Staging::at(std::size_t i)
{
    const State::Entry& entry = m_state->entries[i];
    if (entry.block)
        return entry.block;
    for (const auto& [index, block] : m_state->recent)
        if (index == i)
            return block;
    std::string bytes(static_cast<std::size_t>(entry.size), '\0');
    if (Result<void> got = m_state->file->readAt(entry.from, bytes.data(), bytes.size()); !got)
        return std::move(got).error();
    auto block = std::make_shared<const StagedBlock>(unpacked(bytes));
    m_state->recent.emplace_back(i, block);
    if (m_state->recent.size() > 4)
        m_state->recent.pop_front();
    return std::shared_ptr<const StagedBlock>(block);
}

Result<std::string> Staging::targetAt(int file, std::int64_t line)
{
    const auto& entries = m_state->entries;
    const auto found = std::lower_bound(entries.begin(), entries.end(), std::pair(file, line),
        [](const State::Entry& entry, const std::pair<int, std::int64_t>& place) {
            return std::pair(entry.file, entry.lastLine) < place;
        });
    if (found == entries.end())
        return std::string{};
    const Result<std::shared_ptr<const StagedBlock>> block = at(static_cast<std::size_t>(found - entries.begin()));
    if (!block)
        return block.error();
    const auto& lines = (*block)->rows.line;
    const auto row = std::lower_bound(lines.begin(), lines.end(), line);
    if (row == lines.end() || *row != line)
        return std::string{};
    return std::string((*block)->rows.target.at(static_cast<std::size_t>(row - lines.begin())));
}

}  // namespace taskfold::data
