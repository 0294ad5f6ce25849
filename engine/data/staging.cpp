#include "engine/data/staging.h"

#include "engine/data/blockbytes.h"
#include "engine/data/rereading.h"
#include "engine/data/sealedfile.h"
#include "engine/data/stagingmemory.h"
#include "engine/data/workpool.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <new>

namespace taskfold::data {

struct Staging::State {
    struct Entry {
        const char* memory = nullptr;  // null: spilled
        std::shared_ptr<char[]> held;
        std::int64_t from = 0, size = 0;
        int file = 0;
        std::int64_t lastLine = -1;
    };

    std::filesystem::path folder;
    std::size_t whole = 0, most = 0, inMemory = 0, elsewhere = 0;
    Arena arena;
    std::vector<Entry> entries;
    std::unique_ptr<SealedFile> file;
    std::string issueBytes, room;
    std::deque<std::pair<std::size_t, std::shared_ptr<const StagedView>>> recent;
    // A block that is read by whoever comes first: the pool, or who needs it.
    struct Ahead {
        std::size_t number = 0;
        std::once_flag once;
        std::shared_ptr<StagedView> view;
        std::optional<Error> failure;
    };

    std::deque<std::shared_ptr<Ahead>> ahead;
    Rereading again;
    Rooms rooms;

    Result<void> spill(Entry& entry, const StagedBlock& block, std::int64_t firstLine)
    {
        if (!file) {
            Result<std::unique_ptr<SealedFile>> made = SealedFile::scratch(folder);
            if (!made)
                return std::move(made).error();
            file = *std::move(made);
        }
        room.resize(static_cast<std::size_t>(entry.size));
        pack(block, firstLine, issueBytes, room.data());
        entry.from = file->size();
        if (Result<void> written = file->write(room); !written || !block.held)
            return written;
        return file->write({block.held.get(), block.sourceSize});
    }

    std::shared_ptr<const StagedView> recently(std::size_t i) const
    {
        for (const auto& [index, view] : recent)
            if (index == i)
                return view;
        return {};
    }

    // The block but for what is to be read again.
    Result<std::shared_ptr<StagedView>> rows(std::size_t i)
    {
        const Entry& entry = entries[i];
        auto view = std::make_shared<StagedView>();
        if (!entry.memory) {
            const auto size = static_cast<std::size_t>(entry.size);
            view->packed = rooms.take(size);
            if (Result<void> got = file->readAt(entry.from, view->packed.get(), size); !got)
                return std::move(got).error();
        }
        viewOf(entry.memory ? entry.memory : view->packed.get(), *view);
        if (view->from >= 0 || view->sourceSize == 0)
            return view;
        view->source = entry.held;
        if (!view->source) {
            view->source = rooms.take(view->sourceSize);
            if (Result<void> got = file->readAt(entry.from + entry.size, view->source.get(), view->sourceSize); !got)
                return std::move(got).error();
        }
        pointTexts(*view);
        return view;
    }

    static void pointTexts(StagedView& view)
    {
        for (TextsView* texts : {&view.rows.input, &view.rows.target, &view.rows.group, &view.rows.references})
            texts->source = view.source.get();
    }

    Result<void> readAgain(StagedView& view)
    {
        if (view.from < 0)
            return {};
        view.source = rooms.take(view.sourceSize);
        if (Result<void> got = again.read(view.file, view.from, view.source.get(), view.sourceSize); !got)
            return got;
        pointTexts(view);
        return {};
    }

    void read(Ahead& one)
    {
        std::call_once(one.once, [&] {
            try {
                Result<std::shared_ptr<StagedView>> made = rows(one.number);
                Result<void> done = made ? readAgain(**made) : Result<void>(made.error());
                if (done)
                    one.view = *std::move(made);
                else
                    one.failure = done.error();
            } catch (const std::bad_alloc&) {
                one.failure = Error{ErrorCode::OutOfMemory, "reading rows again"};
            }
        });
    }

    Result<void> textAt(const StagedView& view, const TextsView& texts, std::size_t i, std::string& into)
    {
        if (view.from < 0 || texts.source || !texts.places || texts.places[i].isOwn()) {
            into = texts.at(i);
            return {};
        }
        into.resize(texts.places[i].size);
        return again.read(view.file, view.from + texts.places[i].at, into.data(), into.size());
    }

    // Of a spilled block's row, without reading the block.
    Result<void> spilledTarget(const Entry& entry, std::int64_t line, std::string& into)
    {
        const Result<std::optional<PackedTarget>> found = targetOf(line,
            [&](std::size_t at, void* to, std::size_t size) { return file->readAt(entry.from + static_cast<std::int64_t>(at), static_cast<char*>(to), size); });
        if (!found)
            return found.error();
        if (!*found)
            return {};
        const PackedTarget& target = **found;
        into.resize(target.size);
        if (!target.isPacked && target.from >= 0)
            return again.read(entry.file, target.from + static_cast<std::int64_t>(target.at), into.data(), into.size());
        const std::int64_t from = target.isPacked ? entry.from : entry.from + entry.size;
        return file->readAt(from + static_cast<std::int64_t>(target.at), into.data(), into.size());
    }
};

void StagedBlock::clear()
{
    from = -1;
    held.reset();
    sourceSize = 0;
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

void Staging::leave(std::size_t bytes)
{
    m_state->elsewhere = bytes;
}

std::size_t Staging::lent() const
{
    return m_state->rooms.lent();
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
    const std::size_t all = size + (block.held ? block.sourceSize : 0);
    if (state.inMemory + all <= state.most && state.inMemory + all + state.elsewhere <= state.whole) {
        state.inMemory += all;
        entry.held = block.held;
        char* const to = state.arena.take(size);
        pack(block, firstLine, state.issueBytes, to);
        entry.memory = to;
    } else if (Result<void> spilled = state.spill(entry, block, firstLine); !spilled) {
        return spilled;
    }
    state.entries.push_back(entry);
    return {};
}

void Staging::readAgain(int file, std::filesystem::path path, const FileMark& mark)
{
    m_state->again.add(file, std::move(path), mark);
}

Result<void> Staging::unchanged()
{
    return m_state->again.unchanged();
}

void Staging::readAhead(std::size_t i, WorkPool& pool)
{
    auto one = std::make_shared<State::Ahead>();
    one->number = i;
    m_state->ahead.push_back(one);
    pool.push([state = m_state.get(), one] { state->read(*one); });
}

Result<std::shared_ptr<const StagedView>> Staging::at(std::size_t i)
{
    if (auto view = m_state->recently(i))
        return view;
    auto one = std::make_shared<State::Ahead>();
    one->number = i;
    if (!m_state->ahead.empty() && m_state->ahead.front()->number == i) {
        one = std::move(m_state->ahead.front());
        m_state->ahead.pop_front();
    }
    m_state->read(*one);
    if (one->failure)
        return *one->failure;
    m_state->recent.emplace_back(i, one->view);
    while (m_state->recent.size() > (lent() < kMuchLent ? 4U : 1U))
        m_state->recent.pop_front();
    return std::shared_ptr<const StagedView>(one->view);
}

Result<void> Staging::targetAt(int file, std::int64_t line, std::string& into)
{
    into.clear();
    const auto& entries = m_state->entries;
    const auto found = std::lower_bound(entries.begin(), entries.end(), std::pair(file, line),
        [](const State::Entry& entry, const std::pair<int, std::int64_t>& place) {
            return std::pair(entry.file, entry.lastLine) < place;
        });
    if (found == entries.end())
        return {};
    const auto index = static_cast<std::size_t>(found - entries.begin());
    std::shared_ptr<const StagedView> block = m_state->recently(index);
    for (const auto& one : m_state->ahead)
        if (!block && one->number == index) {  // it would be read soon
            m_state->read(*one);
            block = one->view;
        }
    if (!block && !entries[index].memory)
        return m_state->spilledTarget(entries[index], line, into);
    if (!block) {
        Result<std::shared_ptr<StagedView>> view = m_state->rows(index);
        if (!view)
            return std::move(view).error();
        block = *std::move(view);
    }
    const RowsView& rows = block->rows;
    const auto wanted = static_cast<std::uint32_t>(line - rows.firstLine);
    const std::uint32_t* end = rows.lines + rows.count;
    const std::uint32_t* row = std::lower_bound(rows.lines, end, wanted);
    if (row == end || *row != wanted)
        return {};
    return m_state->textAt(*block, rows.target, static_cast<std::size_t>(row - rows.lines), into);
}

}  // namespace taskfold::data
