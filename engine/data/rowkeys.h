#pragma once

#include "engine/core/result.h"
#include "engine/core/task.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Finds rows that are there twice, or with another target, of any number of rows in bounded memory: keys are parted by
/// their hash, parts that don't fit are spilled to the disk, and each is settled alone.
namespace taskfold::data {

class SealedFile;

/// Where a row came from: file, line in it, and split (3: none yet). Rises in the order of reading.
struct Place {
    static constexpr int kUnsplit = 3;
    static std::uint64_t of(int file, std::int64_t line, int split)
    {
        return static_cast<std::uint64_t>(file) << 50 | static_cast<std::uint64_t>(line) << 2 | static_cast<std::uint64_t>(split);
    }
    static int file(std::uint64_t place) { return static_cast<int>(place >> 50); }
    static std::int64_t line(std::uint64_t place) { return static_cast<std::int64_t>(place >> 2 & ((std::uint64_t{1} << 48) - 1)); }
    static int split(std::uint64_t place) { return static_cast<int>(place & 3); }
};

struct RowKey {
    std::uint64_t input[2];  // hash of the input
    std::uint64_t target;
    std::uint64_t place;
};

/// 128 bits of XXH3: two texts of one hash aren't to be expected among any number of rows.
void hashText(std::string_view text, std::uint64_t (&hash)[2]);
std::uint64_t hashText(std::string_view text);
/// A hash as a place between 0 and 1.
double unit(std::uint64_t hash);

enum class Verdict : std::uint8_t {
    AddReference,  // the other row's target becomes a reference of this one
    BecameReference,  // this row's target went to the other one
    Minority,  // same input as the other row, whose target most rows have
    Tied,  // same input as the other row, and no target has a majority
    Duplicate,  // of the other row
};

/// What is said of a row that leaves, behind the place of the other one; the majority's target follows a Minority's.
std::string_view wordsBehind(Verdict verdict);

struct Decision {
    std::uint64_t place, other;
    Verdict verdict;
};

class RowKeys {
public:
    /// Scratch files are made in the folder, without names.
    explicit RowKeys(std::filesystem::path folder);
    ~RowKeys();

    /// About so many keys will come: their memory is asked for at once, as far as it will be used.
    void expect(std::size_t keys);
    /// `shift` is what their places lack.
    Result<void> add(const std::vector<RowKey>& keys, std::uint64_t shift);
    /// What it holds in memory, or will hold.
    std::size_t bytes() const;

    struct Rules {
        bool joinTargets = false;  // generation: further targets become references
        std::unordered_map<std::uint64_t, std::uint64_t> sameTarget;  // other spellings
        int threads = 1;
        /// Keys of rows that stay, part by part, in no order; from one thread at a time.
        std::function<void(const std::vector<RowKey>& kept)> kept;
    };
    /// Decisions by place, told to `take` in order.
    Result<void> settle(const Rules& rules, const std::stop_token& stop);

    /// Whether the next decision is about that place. Places must rise.
    bool hasDecisionFor(std::uint64_t place) const { return m_next == place; }
    Result<Decision> takeDecision();

private:
    static constexpr std::uint64_t kNone = ~std::uint64_t{0};

    struct State;
    std::unique_ptr<State> m_state;
    std::uint64_t m_next = kNone;  // the place of the next decision

    void look();
};

}  // namespace taskfold::data
