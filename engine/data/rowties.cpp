#include "engine/data/rowties.h"

#include "engine/data/rowkeys.h"
#include "engine/data/sortedruns.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>
#include <utility>

namespace taskfold::data {

namespace {

constexpr std::size_t kFew = 1 << 14;  // rows whose texts are looked at in no order
constexpr std::size_t kTextsInMemory = 16 << 20;  // bytes of those
constexpr std::size_t kKeysInMemory = 1 << 20;  // 40 MB
constexpr std::size_t kLoad = 4096;

// Never zero: that stands behind a text's end.
unsigned char folded(char c)
{
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c == '\0' ? '\1' : c);
}

// By pieces, so that nothing is copied to be folded.
std::uint64_t foldedHash(std::string_view text)
{
    std::uint64_t hash = text.size();
    char piece[512];
    for (std::size_t at = 0; at < text.size(); at += sizeof piece) {
        const std::string_view some = text.substr(at, sizeof piece);
        std::transform(some.begin(), some.end(), piece, [](char c) { return static_cast<char>(folded(c)); });
        hash = std::rotl(hash, 23) * 0x9E3779B97F4A7C15ULL ^ hashText({piece, some.size()});
    }
    return hash;
}

bool lessFolded(std::string_view a, std::string_view b)
{
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return folded(x) < folded(y); });
}

}  // namespace

void AlikeRows::add(const TextKey& key)
{
    if (rows.size() == 0)
        hash = key.hash;
    same = same && key.hash == hash;
    rows.add(key.row);
    if (static_cast<std::size_t>(rows.size()) == few.size() + 1 && few.size() < kFew)
        few.push_back(key);
    else
        few.clear();
}

void AlikeRows::clear()
{
    rows.clear();
    few.clear();
    same = true;
}

void RisingRows::add(std::int64_t row)
{
    if (m_size == 0)
        m_first = m_last = row;
    auto step = static_cast<std::uint64_t>(row - m_last);
    for (; step >= 128; step >>= 7)
        m_steps.push_back(static_cast<std::uint8_t>(step | 128));
    m_steps.push_back(static_cast<std::uint8_t>(step));
    m_last = row;
    ++m_size;
}

void RisingRows::clear()
{
    m_steps.clear();
    m_size = 0;
}

void RisingRows::each(const std::function<bool(std::int64_t)>& told) const
{
    std::int64_t row = m_first;
    std::uint64_t step = 0;
    int bits = 0;
    for (const std::uint8_t byte : m_steps) {
        step |= static_cast<std::uint64_t>(byte & 127) << bits;
        bits += 7;
        if (byte & 128)
            continue;
        row += static_cast<std::int64_t>(step);
        if (!told(row))
            return;
        step = 0;
        bits = 0;
    }
}

TextKey TextKey::of(std::string_view text, std::size_t from, std::int64_t row)
{
    TextKey key;
    key.row = row;
    const std::string_view rest = text.substr(std::min(from, text.size()), kTextKey);
    for (std::size_t i = 0; i < rest.size(); ++i)
        key.part[i / 8] |= static_cast<std::uint64_t>(folded(rest[i])) << (56 - 8 * (i % 8));
    if (rest.size() == kTextKey)
        key.hash = foldedHash(text);
    return key;
}

bool ByTextKey::operator()(const TextKey& a, const TextKey& b) const
{
    return std::tie(a.part[0], a.part[1], a.part[2], a.row) < std::tie(b.part[0], b.part[1], b.part[2], b.row);
}

TieBreaker::TieBreaker(const RowFile& file, std::function<std::string_view(std::int64_t)> textOf, std::filesystem::path folder,
    std::function<Result<void>(std::int64_t)> out, std::stop_token stop)
    : m_file(file)
    , m_textOf(std::move(textOf))
    , m_folder(std::move(folder))
    , m_out(std::move(out))
    , m_stop(std::move(stop))
{
}

// Each look may bring 64 KiB of the file into memory.
std::string_view TieBreaker::look(std::int64_t row)
{
    constexpr std::size_t kLooks = 1024;
    if (++m_looks % kLooks == 0)
        m_file.forget();
    const std::string_view text = m_textOf(row);
    m_looks += text.size() >> 16;
    return text;
}

Result<void> TieBreaker::tell(const RisingRows& rows)
{
    Result<void> done;
    rows.each([&](std::int64_t row) { return bool(done = m_out(row)); });
    return done;
}

Result<void> TieBreaker::sort(AlikeRows& alike, std::size_t from)
{
    if (m_stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    if (alike.same)
        return tell(alike.rows);
    if (alike.few.empty())
        return many(alike.rows, from);
    const Result<bool> done = few(alike.few, from);
    if (!done)
        return done.error();
    return *done ? Result<void>{} : many(alike.rows, from);
}

// One look for each text, however many rows have it. False: their texts are too long for that.
Result<bool> TieBreaker::few(std::vector<TextKey>& keys, std::size_t from)
{
    struct Text {
        std::string rest;
        std::size_t begin = 0, end = 0;  // of its keys
    };
    std::stable_sort(keys.begin(), keys.end(), [](const TextKey& a, const TextKey& b) { return a.hash < b.hash; });
    std::vector<Text> texts;
    std::size_t bytes = 0;
    for (std::size_t begin = 0, end = 0; begin < keys.size(); begin = end) {
        for (end = begin + 1; end < keys.size() && keys[end].hash == keys[begin].hash; ++end) { }
        const std::string_view text = look(keys[begin].row);
        texts.push_back({std::string(text.substr(std::min(from, text.size()))), begin, end});
        bytes += texts.back().rest.size();
        if (bytes > kTextsInMemory && texts.size() > 1)
            return false;
    }
    std::sort(texts.begin(), texts.end(), [](const Text& a, const Text& b) { return lessFolded(a.rest, b.rest); });
    for (const Text& text : texts)
        for (std::size_t i = text.begin; i < text.end; ++i)
            if (Result<void> done = m_out(keys[i].row); !done)
                return std::move(done).error();
    return true;
}

// How far all of them are the same, letters' case aside; none: they end there, and are the same.
std::optional<std::size_t> TieBreaker::commonTo(const RisingRows& rows, std::size_t from)
{
    const std::string first(m_textOf(rows.first()));
    std::size_t common = first.size();
    bool goesOn = false;
    rows.each([&](std::int64_t row) {
        const std::string_view text = look(row);
        std::size_t i = std::min(from, common);
        while (i < std::min(common, text.size()) && folded(text[i]) == folded(first[i]))
            ++i;
        common = i;
        goesOn = goesOn || text.size() > std::max(common, from);
        return (common > from || !goesOn) && !m_stop.stop_requested();
    });
    return goesOn ? std::optional(std::max(common, from)) : std::nullopt;
}

Result<void> TieBreaker::gather(const RisingRows& rows, std::size_t from, TextRuns& keys)
{
    std::vector<TextKey> load;
    std::optional<Error> failure;
    const auto flush = [&] {
        if (Result<void> added = keys.add(load); !added)
            failure = std::move(added).error();
        load.clear();
        return !failure;
    };
    rows.each([&](std::int64_t row) {
        load.push_back(TextKey::of(look(row), from, row));
        return load.size() < kLoad || (flush() && !m_stop.stop_requested());
    });
    if (!failure)
        flush();
    if (failure)
        return *std::move(failure);
    return m_stop.stop_requested() ? Result<void>(Error{ErrorCode::Cancelled, {}}) : Result<void>{};
}

// By the next bytes behind what all have in common; texts that end there are before those that go on.
Result<void> TieBreaker::many(const RisingRows& rows, std::size_t from)
{
    const std::optional<std::size_t> common = commonTo(rows, from);
    if (!common)
        return tell(rows);
    TextRuns keys(m_folder, kKeysInMemory);
    if (Result<void> gathered = gather(rows, *common, keys); !gathered)
        return gathered;
    return settle(keys, *common + kTextKey);
}

Result<void> TieBreaker::settle(TextRuns& keys, std::size_t from)
{
    if (Result<void> begun = keys.begin(); !begun)
        return begun;
    AlikeRows alike;
    TextKey last;
    for (const TextKey* key = keys.front(); key; key = keys.front()) {
        if (alike.rows.size() > 0 && !last.same(*key)) {
            if (Result<void> done = sort(alike, from); !done)
                return done;
            alike.clear();
        }
        if (key->ends()) {  // the same down to their ends: their order is the file's
            if (Result<void> done = m_out(key->row); !done)
                return done;
        } else {
            last = *key;
            alike.add(*key);
        }
        if (Result<void> popped = keys.pop(); !popped)
            return popped;
    }
    return alike.rows.size() > 0 ? sort(alike, from) : Result<void>{};
}

}  // namespace taskfold::data
