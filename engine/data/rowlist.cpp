#include "engine/data/rowlist.h"

#include "engine/data/sealedfile.h"
#include "engine/data/sortedruns.h"

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

// What rows are sorted by: the first bytes of a text, or a length; then their place.
struct SortKey {
    std::array<std::uint64_t, 3> first{};
    std::int64_t row = 0;
};

struct ByKey {
    bool operator()(const SortKey& a, const SortKey& b) const { return a.first != b.first ? a.first < b.first : a.row < b.row; }
};

SortKey keyOf(std::string_view text, std::int64_t row)
{
    std::array<char, 24> bytes{};
    for (std::size_t i = 0; i < std::min(text.size(), bytes.size()); ++i)
        bytes[i] = lower(text[i]);
    SortKey key;
    for (std::size_t k = 0; k < 3; ++k) {
        std::uint64_t part = 0;
        for (std::size_t i = 0; i < 8; ++i)
            part = part << 8 | static_cast<unsigned char>(bytes[k * 8 + i]);
        key.first[k] = part;
    }
    key.row = row;
    return key;
}

bool lessFolded(std::string_view a, std::string_view b)
{
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
        [](char x, char y) { return static_cast<unsigned char>(lower(x)) < static_cast<unsigned char>(lower(y)); });
}

constexpr std::size_t kKeysInMemory = 1 << 20;  // 32 MB
constexpr std::size_t kAlike = 1 << 22;  // rows that begin alike and are told apart by the rest of their texts
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
    SortKey keyOfRow(const RowFile::InputLine& row) const;
    std::string_view textOf(std::int64_t row) const;
    void count();
    Result<void> writeSorted();
    Result<void> write(std::vector<std::int64_t>& alike);

    const RowFile& m_rows;
    const RowListQuery& m_query;
    RowList::State& m_state;
    std::stop_token m_stop;
    std::vector<std::string> m_words;
    std::mutex m_mutex;
    SortedRuns<SortKey, ByKey> m_keys;
    std::optional<Error> m_failure;
    std::int64_t m_done = 0;
    std::vector<std::int64_t> m_out;
};

Maker::Maker(const RowFile& rows, const RowListQuery& query, RowList::State& state, const std::filesystem::path& folder, const std::stop_token& stop)
    : m_rows(rows)
    , m_query(query)
    , m_state(state)
    , m_stop(stop)
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

SortKey Maker::keyOfRow(const RowFile::InputLine& row) const
{
    if (m_query.order == RowListOrder::Length)
        return {{row.input.size() + row.target.size(), 0, 0}, row.index};
    return keyOf(m_query.order == RowListOrder::Input ? row.input : row.target, row.index);
}

// Rows of one part lie side by side, but parts share words of the bits.
void Maker::part(std::span<const RowFile::InputLine> rows)
{
    if (m_stop.stop_requested() || rows.empty())
        return;
    std::vector<std::int64_t> found;
    std::vector<SortKey> keys;
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

// Rows whose keys are the same, told apart by their whole texts.
Result<void> Maker::write(std::vector<std::int64_t>& alike)
{
    if (alike.size() > 1 && alike.size() <= kAlike && m_query.order != RowListOrder::Length)
        std::stable_sort(alike.begin(), alike.end(), [&](std::int64_t a, std::int64_t b) { return lessFolded(textOf(a), textOf(b)); });
    m_out.insert(m_out.end(), alike.begin(), alike.end());
    alike.clear();
    constexpr std::size_t kAtOnce = 1 << 15;
    if (m_out.size() < kAtOnce)
        return {};
    Result<void> done = m_state.sorted->write({reinterpret_cast<const char*>(m_out.data()), m_out.size() * sizeof m_out[0]});
    m_out.clear();
    return done;
}

Result<void> Maker::writeSorted()
{
    if (Result<void> begun = m_keys.begin(); !begun)
        return begun;
    std::vector<std::int64_t> alike;
    std::optional<SortKey> last;
    for (const SortKey* key = m_keys.front(); key; key = m_keys.front()) {
        if (last && last->first != key->first)
            if (Result<void> done = write(alike); !done)
                return done;
        if (m_stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        last = *key;
        alike.push_back(key->row);
        if (Result<void> popped = m_keys.pop(); !popped)
            return popped;
    }
    if (Result<void> done = write(alike); !done)
        return done;
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
        Result<std::unique_ptr<SealedFile>> made = SealedFile::make(folder);
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
