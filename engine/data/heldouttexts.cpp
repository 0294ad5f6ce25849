#include "engine/data/heldouttexts.h"

#include "engine/data/eachpart.h"
#include "engine/data/rowkeys.h"

#include <algorithm>
#include <bit>
#include <cctype>

namespace taskfold::data {

namespace {

constexpr std::size_t kMostWords = 1 << 23;  // of the sieve: 64 MB
constexpr int kLineBits = 48;

// All that the runs hold, in order and none twice, as memory.
template <typename T, typename Runs, typename Same>
Result<std::span<const T>> laidOut(Runs& runs, std::size_t most, const std::filesystem::path& folder, ScratchMemory& room, const Same& same)
{
    Result<ScratchMemory> made = ScratchMemory::make(folder, most * sizeof(T));
    if (!made)
        return std::move(made).error();
    room = *std::move(made);
    const std::span<T> all = room.of<T>();
    std::size_t count = 0;
    if (Result<void> begun = runs.begin(); !begun)
        return std::move(begun).error();
    for (const T* next = runs.front(); next; next = runs.front()) {
        if (count == 0 || !same(all[count - 1], *next))
            all[count++] = *next;
        if (Result<void> popped = runs.pop(); !popped)
            return std::move(popped).error();
    }
    room.forget();
    return std::span<const T>(all.first(count));
}

}  // namespace

HeldOutTexts::HeldOutTexts(const std::filesystem::path& folder, std::int64_t expected, std::size_t inMemory)
    : m_folder(folder)
    , m_sieve(std::min(kMostWords, std::bit_ceil(static_cast<std::size_t>(expected) / 4 + 1)))
    , m_wholeRuns(folder, inMemory)
    , m_beginningRuns(folder, inMemory)
{
}

Result<void> HeldOutTexts::add(const std::string& name, const RowFile& rows, const std::stop_token& stop)
{
    const std::uint64_t number = m_names.size();
    m_names.push_back(name);
    struct Made {
        std::vector<Whole> wholes;
        std::vector<Beginning> beginnings;  // of short ones the whole
    };
    const auto made = [&](std::span<const RowFile::InputLine> part) {
        Made one;
        for (const RowFile::InputLine& row : part) {
            Whole& whole = one.wholes.emplace_back();
            hashText(row.input, whole.hash);
            whole.place = number << kLineBits | static_cast<std::uint64_t>(row.line);
            one.beginnings.push_back({hashText(row.input.substr(0, kWindow)), row.input.size()});
        }
        return one;
    };
    return takeEachPart(rows, stop, made, [&](const Made& one) {
        m_added += one.wholes.size();
        for (const Beginning& beginning : one.beginnings)
            word(beginning.hash) |= std::uint64_t{1} << (beginning.hash & 63);
        Result<void> added = m_wholeRuns.add(one.wholes);
        return added ? m_beginningRuns.add(one.beginnings) : added;
    });
}

Result<void> HeldOutTexts::settle()
{
    const auto sameHash = [](const Whole& a, const Whole& b) { return a.hash[0] == b.hash[0] && a.hash[1] == b.hash[1]; };
    const auto wholes = laidOut<Whole>(m_wholeRuns, m_added, m_folder, m_wholeRoom, sameHash);
    if (!wholes)
        return wholes.error();
    m_wholes = *wholes;
    const auto beginnings = laidOut<Beginning>(m_beginningRuns, m_added, m_folder, m_beginningRoom, std::equal_to<>());
    if (!beginnings)
        return beginnings.error();
    m_beginnings = *beginnings;
    return {};
}

const HeldOutTexts::Whole* HeldOutTexts::find(std::string_view text) const
{
    Whole wanted;
    hashText(text, wanted.hash);
    const auto found = std::lower_bound(m_wholes.begin(), m_wholes.end(), wanted, ByHash());
    return found != m_wholes.end() && found->hash[0] == wanted.hash[0] && found->hash[1] == wanted.hash[1] ? &*found : nullptr;
}

// An input at the beginning of `rest`, which isn't short.
const HeldOutTexts::Whole* HeldOutTexts::findAt(std::string_view rest) const
{
    const std::uint64_t hash = hashText(rest.substr(0, kWindow));
    if (!mayHold(hash))
        return nullptr;
    const Beginning first{hash, kWindow};
    for (auto one = std::lower_bound(m_beginnings.begin(), m_beginnings.end(), first);
         one != m_beginnings.end() && one->hash == hash && one->size <= rest.size(); ++one)
        if (const Whole* whole = find(rest.substr(0, one->size)))
            return whole;
    return nullptr;
}

// Held-out inputs stand at the beginning of a document, of a line or behind a blank.
std::string HeldOutTexts::heldIn(std::string_view document) const
{
    if (document.size() < kWindow) {
        const Whole* whole = mayHold(hashText(document)) ? find(document) : nullptr;
        return whole ? placeOf(*whole) : std::string();
    }
    for (std::size_t at = 0; at + kWindow <= document.size(); ++at) {
        if (at > 0 && std::isalnum(static_cast<unsigned char>(document[at - 1])) != 0)
            continue;
        if (const Whole* whole = findAt(document.substr(at)))
            return placeOf(*whole);
    }
    return {};
}

std::string HeldOutTexts::placeOf(const Whole& whole) const
{
    return m_names[whole.place >> kLineBits] + " line " + std::to_string(whole.place & ((std::uint64_t{1} << kLineBits) - 1));
}

}  // namespace taskfold::data
