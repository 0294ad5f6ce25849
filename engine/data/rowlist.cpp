#include "engine/data/rowlist.h"

#include "engine/data/rowties.h"
#include "engine/data/sealedfile.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <mutex>
#include <optional>

namespace taskfold::data {

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// `word` is in lower case.
bool holds(std::string_view text, std::string_view word)
{
    if (text.size() < word.size())
        return false;
    const char first = word.front();
    const char other = first >= 'a' && first <= 'z' ? static_cast<char>(first - ('a' - 'A')) : first;
    for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
        if (text[i] != first && text[i] != other)
            continue;
        std::size_t k = 1;
        while (k < word.size() && lower(text[i + k]) == word[k])
            ++k;
        if (k == word.size())
            return true;
    }
    return false;
}

constexpr std::size_t kKeysInMemory = 1 << 20;  // 40 MB
constexpr std::int64_t kWordsAPart = 1024;  // of the bits, whose rows are counted together

}  // namespace

struct RowList::State {
    std::vector<std::uint64_t> bits;
    std::vector<std::int64_t> before;  // rows in the parts of the bits before
    std::int64_t count = 0;
    std::unique_ptr<SealedFile> sorted;  // places, in order; null: as in the file
};

namespace {

class Maker {
public:
    Maker(const RowFile& rows, const RowListQuery& query, RowList::State& state, const std::filesystem::path& folder, const std::stop_token& stop);
    Result<void> run();

private:
    bool fits(const RowFile::InputLine& row) const;
    void part(std::span<const RowFile::InputLine> rows);
    TextKey keyOfRow(const RowFile::InputLine& row) const;
    std::string_view textOf(std::int64_t row) const;
    void count();
    Result<void> writeSorted();
    Result<void> sortByLength();
    Result<void> write(std::int64_t row);

    const RowFile& m_rows;
    const RowListQuery& m_query;
    RowList::State& m_state;
    std::stop_token m_stop;
    std::vector<std::string> m_words;
    std::mutex m_mutex;
    std::filesystem::path m_folder;
    TextRuns m_keys;
    std::optional<Error> m_failure;
    std::int64_t m_done = 0;
    std::vector<std::int64_t> m_out;
};

Maker::Maker(const RowFile& rows, const RowListQuery& query, RowList::State& state, const std::filesystem::path& folder, const std::stop_token& stop)
    : m_rows(rows)
    , m_query(query)
    , m_state(state)
    , m_stop(stop)
    , m_folder(folder)
    , m_keys(folder, kKeysInMemory)
{
    for (std::string word : query.words) {
        std::transform(word.begin(), word.end(), word.begin(), lower);
        m_words.push_back(std::move(word));
    }
}

bool Maker::fits(const RowFile::InputLine& row) const
{
    return (!m_query.lines || m_query.lines(row.line))
        && std::all_of(m_words.begin(), m_words.end(),
            [&](const std::string& word) { return holds(row.input, word) || holds(row.target, word); });
}

TextKey Maker::keyOfRow(const RowFile::InputLine& row) const
{
    if (m_query.order == RowListOrder::Length)
        return {{row.input.size() + row.target.size(), 0, 0}, 0, row.index};
    return TextKey::of(m_query.order == RowListOrder::Input ? row.input : row.target, 0, row.index);
}

// Rows of one part lie side by side, but parts share words of the bits.
void Maker::part(std::span<const RowFile::InputLine> rows)
{
    if (m_stop.stop_requested() || rows.empty())
        return;
    std::vector<std::int64_t> found;
    std::vector<TextKey> keys;
    for (const RowFile::InputLine& row : rows)
        if (fits(row)) {
            found.push_back(row.index);
            if (m_query.order != RowListOrder::File)
                keys.push_back(keyOfRow(row));
        }
    const std::lock_guard lock(m_mutex);
    for (const std::int64_t row : found)
        m_state.bits[static_cast<std::size_t>(row >> 6)] |= std::uint64_t{1} << (row & 63);
    if (Result<void> added = m_keys.add(keys); !added && !m_failure)
        m_failure = std::move(added).error();
    m_done += static_cast<std::int64_t>(rows.size());
    if (m_query.progress)
        m_query.progress(m_done, m_rows.size());
}

void Maker::count()
{
    for (std::size_t i = 0; i < m_state.bits.size(); ++i) {
        if (i % kWordsAPart == 0)
            m_state.before.push_back(m_state.count);
        m_state.count += std::popcount(m_state.bits[i]);
    }
}

std::string_view Maker::textOf(std::int64_t row) const
{
    return m_query.order == RowListOrder::Input ? m_rows.input(row) : m_rows.target(row);
}

Result<void> Maker::write(std::int64_t row)
{
    constexpr std::size_t kAtOnce = 1 << 15;
    m_out.push_back(row);
    if (m_out.size() < kAtOnce)
        return {};
    if (m_stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    Result<void> done = m_state.sorted->write({reinterpret_cast<const char*>(m_out.data()), m_out.size() * sizeof m_out[0]});
    m_out.clear();
    return done;
}

Result<void> Maker::sortByLength()
{
    Result<void> done = m_keys.begin();
    for (const TextKey* key = m_keys.front(); done && key; key = m_keys.front())
        if (done = write(key->row); done)
            done = m_keys.pop();
    return done;
}

Result<void> Maker::writeSorted()
{
    TieBreaker ties(m_rows, [this](std::int64_t row) { return textOf(row); }, m_folder, [this](std::int64_t row) { return write(row); }, m_stop);
    if (Result<void> done = m_query.order == RowListOrder::Length ? sortByLength() : ties.settle(m_keys, kTextKey); !done)
        return done;
    m_rows.forget();
    return m_state.sorted->write({reinterpret_cast<const char*>(m_out.data()), m_out.size() * sizeof m_out[0]});
}

Result<void> Maker::run()
{
    m_state.bits.assign(static_cast<std::size_t>((m_rows.size() + 63) / 64), 0);
    m_rows.eachPart([&](std::size_t, std::span<const RowFile::InputLine> rows) { part(rows); });
    if (m_stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    if (m_failure)
        return *m_failure;
    count();
    return m_state.sorted ? writeSorted() : Result<void>{};
}

}  // namespace

RowList::RowList(std::unique_ptr<State> state) : m_state(std::move(state)) { }
RowList::RowList(RowList&&) noexcept = default;
RowList& RowList::operator=(RowList&&) noexcept = default;
RowList::~RowList() = default;

Result<RowList> RowList::make(
    const RowFile& rows, const RowListQuery& query, const std::filesystem::path& folder, const std::stop_token& stop)
{
    auto state = std::make_unique<State>();
    if (query.order != RowListOrder::File) {
        Result<std::unique_ptr<SealedFile>> made = SealedFile::scratch(folder);
        if (!made)
            return std::move(made).error();
        state->sorted = *std::move(made);
    }
    if (Result<void> done = Maker(rows, query, *state, folder, stop).run(); !done)
        return std::move(done).error();
    return RowList(std::move(state));
}

std::int64_t RowList::size() const { return m_state->count; }

Result<std::int64_t> RowList::at(std::int64_t place) const
{
    if (m_state->sorted) {
        std::int64_t row = 0;
        Result<void> got = m_state->sorted->readAt(place * static_cast<std::int64_t>(sizeof row), reinterpret_cast<char*>(&row), sizeof row);
        return got ? Result<std::int64_t>(row) : Result<std::int64_t>(std::move(got).error());
    }
    const auto next = std::upper_bound(m_state->before.begin(), m_state->before.end(), place);
    const auto start = next - m_state->before.begin() - 1;
    std::int64_t left = place - m_state->before[static_cast<std::size_t>(start)];
    for (auto word = static_cast<std::size_t>(start * kWordsAPart); word < m_state->bits.size(); ++word) {
        std::uint64_t bits = m_state->bits[word];
        const auto here = static_cast<std::int64_t>(std::popcount(bits));
        if (left >= here) {
            left -= here;
            continue;
        }
        for (; left > 0; --left)
            bits &= bits - 1;
        return static_cast<std::int64_t>(word) * 64 + std::countr_zero(bits);
    }
    return Error{ErrorCode::Internal, "a row behind the last"};
}

}  // namespace taskfold::data
