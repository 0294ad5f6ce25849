#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"
#include "engine/data/sortedruns.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

/// Rows sorted by text whose texts begin alike, told apart by the rest of them, of any number in bounded memory.
namespace taskfold::data {

/// Rising numbers of rows, a byte or two each.
class RisingRows {
public:
    void add(std::int64_t row);
    void clear();
    std::int64_t size() const { return m_size; }
    std::int64_t first() const { return m_first; }
    /// Stops when told false.
    void each(const std::function<bool(std::int64_t row)>& told) const;

private:
    std::vector<std::uint8_t> m_steps;  // seven bits a byte, the lowest first; the highest bit says that more follow
    std::int64_t m_size = 0, m_first = 0, m_last = 0;
};

/// What texts are sorted by: 24 bytes from some place on, folded; zeros behind the end. Texts that go on have a hash: where
/// it is the same, they are.
struct TextKey {
    std::uint64_t part[3] = {};
    std::uint64_t hash = 0;
    std::int64_t row = 0;

    static TextKey of(std::string_view text, std::size_t from, std::int64_t row);
    bool ends() const { return (part[2] & 0xFF) == 0; }
    bool same(const TextKey& other) const { return part[0] == other.part[0] && part[1] == other.part[1] && part[2] == other.part[2]; }
};
constexpr std::size_t kTextKey = 24;

struct ByTextKey {
    bool operator()(const TextKey& a, const TextKey& b) const;
};

using TextRuns = SortedRuns<TextKey, ByTextKey>;

/// Rows that begin alike: rising numbers, and hashes as long as there are few.
struct AlikeRows {
    RisingRows rows;
    std::vector<TextKey> few;  // all of them, or none any more
    std::uint64_t hash = 0;
    bool same = true;  // down to their ends

    void add(const TextKey& key);
    void clear();
};

class TieBreaker {
public:
    /// `textOf` gives a row's text out of the file. Rows go to `out`, in order.
    TieBreaker(const RowFile& file, std::function<std::string_view(std::int64_t row)> textOf, std::filesystem::path folder,
        std::function<Result<void>(std::int64_t row)> out, std::stop_token stop);

    /// All of them. Keys are of the same place; what is behind `from` isn't known of those that are the same.
    Result<void> settle(TextRuns& keys, std::size_t from);

private:
    Result<void> sort(AlikeRows& alike, std::size_t from);
    Result<bool> few(std::vector<TextKey>& keys, std::size_t from);
    Result<void> many(const RisingRows& rows, std::size_t from);
    Result<void> tell(const RisingRows& rows);
    std::optional<std::size_t> commonTo(const RisingRows& rows, std::size_t from);
    Result<void> gather(const RisingRows& rows, std::size_t from, TextRuns& keys);
    std::string_view look(std::int64_t row);

    const RowFile& m_file;
    std::function<std::string_view(std::int64_t)> m_textOf;
    std::filesystem::path m_folder;
    std::function<Result<void>(std::int64_t)> m_out;
    std::stop_token m_stop;
    std::size_t m_looks = 0;
};

}  // namespace taskfold::data
