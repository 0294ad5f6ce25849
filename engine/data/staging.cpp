#include "engine/data/staging.h"

#include "engine/data/blockbytes.h"
#include "engine/data/sealedfile.h"

#include <algorithm>
#include <deque>
#include <new>
#include <sys/mman.h>

namespace taskfold::data {

namespace {

// Blocks are put there one behind another and leave together. Large pages are no gain: where a host lends the memory, they are cold.
class Arena {
public:
    Arena() = default;
    ~Arena()
    {
        for (const Chunk& chunk : m_chunks)
            ::munmap(chunk.memory, chunk.size);
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    char* take(std::size_t size)
    {
        if (m_chunks.empty() || m_used + size > m_chunks.back().size) {
            const std::size_t wanted = std::max(kChunk, size);
            void* memory = ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
            if (memory == MAP_FAILED)
                throw std::bad_alloc();
            m_chunks.push_back({static_cast<char*>(memory), wanted});
            m_used = 0;
        }
        char* const place = m_chunks.back().memory + m_used;
        m_used += size;
        return place;
    }

private:
    static constexpr std::size_t kChunk = 8 << 20;

    struct Chunk {
        char* memory = nullptr;
        std::size_t size = 0;
    };

    std::vector<Chunk> m_chunks;
    std::size_t m_used = 0;  // of the last
};

}  // namespace

struct Staging::State {
    struct Entry {
        const char* memory = nullptr;  // null: spilled
        std::int64_t from = 0, size = 0;
        int file = 0;
        std::int64_t lastLine = -1;
    };

    std::filesystem::path folder;
    std::size_t whole = 0, most = 0, inMemory = 0;
    Arena arena;
    std::vector<Entry> entries;
    std::unique_ptr<SealedFile> file;
    std::string issueBytes, room;
    std::deque<std::pair<std::size_t, std::shared_ptr<const StagedView>>> recent;

    Result<void> spill(Entry& entry, const StagedBlock& block, std::int64_t firstLine)
    {
        if (!file) {
            Result<std::unique_ptr<SealedFile>> made = SealedFile::make(folder);
            if (!made)
                return std::move(made).error();
            file = *std::move(made);
        }
        room.resize(static_cast<std::size_t>(entry.size));
        pack(block, firstLine, issueBytes, room.data());
        entry.from = file->size();
        return file->write(room);
    }
};

void StagedBlock::clear()
{
    rows.clear();
    splits.clear();
    hashes.clear();
    issues.clear();
}

Staging::Staging(std::filesystem::path folder, std::size_t inMemory) : m_state(std::make_unique<State>())
{
    m_state->folder = std::move(folder);
    m_state->whole = m_state->most = inMemory;
}

Staging::~Staging() = default;

void Staging::expect(std::int64_t bytes)
{
    if (m_state->inMemory + static_cast<std::size_t>(bytes) > m_state->whole)
        m_state->most = m_state->whole / 4;
}

std::size_t Staging::size() const
{
    return m_state->entries.size();
}

Result<void> Staging::add(const StagedBlock& block, std::int64_t firstLine)
{
    State& state = *m_state;
    State::Entry entry;
    entry.file = block.file;
    if (!block.rows.lines.empty())
        entry.lastLine = firstLine + block.rows.lines.back();
    else if (!state.entries.empty() && state.entries.back().file == block.file)
        entry.lastLine = state.entries.back().lastLine;
    const std::size_t size = packedSize(block, state.issueBytes);
    entry.size = static_cast<std::int64_t>(size);
    if (state.inMemory + size <= state.most) {
        state.inMemory += size;
        char* const to = state.arena.take(size);
        pack(block, firstLine, state.issueBytes, to);
        entry.memory = to;
    } else if (Result<void> spilled = state.spill(entry, block, firstLine); !spilled) {
        return spilled;
    }
    state.entries.push_back(entry);
    return {};
}

Result<std::shared_ptr<const StagedView>> Staging::at(std::size_t i)
{
    for (const auto& [index, view] : m_state->recent)
        if (index == i)
            return view;
    const State::Entry& entry = m_state->entries[i];
    auto view = std::make_shared<StagedView>();
    if (!entry.memory) {
        view->own.resize(static_cast<std::size_t>(entry.size));
        if (Result<void> got = m_state->file->readAt(entry.from, view->own.data(), view->own.size()); !got)
            return std::move(got).error();
    }
    viewOf(entry.memory ? entry.memory : view->own.data(), *view);
    m_state->recent.emplace_back(i, view);
    if (m_state->recent.size() > 4)
        m_state->recent.pop_front();
    return std::shared_ptr<const StagedView>(view);
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
    const Result<std::shared_ptr<const StagedView>> block = at(static_cast<std::size_t>(found - entries.begin()));
    if (!block)
        return block.error();
    const RowsView& rows = (*block)->rows;
    const auto wanted = static_cast<std::uint32_t>(line - rows.firstLine);
    const std::uint32_t* end = rows.lines + rows.count;
    const std::uint32_t* row = std::lower_bound(rows.lines, end, wanted);
    if (row == end || *row != wanted)
        return std::string{};
    return std::string(rows.target.at(static_cast<std::size_t>(row - rows.lines)));
}

}  // namespace taskfold::data
