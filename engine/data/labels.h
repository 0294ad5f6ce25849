#pragma once

#include "engine/core/task.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace taskfold::data {

/// What targets look like, counted while they are read.
struct TargetCounts {
    static constexpr std::size_t kMostLabels = 200, kLongestLabel = 60, kCounted = 2000;

    struct One {
        std::string text;
        std::int64_t count = 0;
    };

    std::unordered_map<std::uint64_t, One> targets;  // by hash; not all of them when there are many
    bool many = false;
    std::size_t longest = 0;
    std::int64_t rows = 0, slots = 0;  // slots: that look like extraction's
    std::array<std::int64_t, 400> lengths{};  // rows by bytes of input and target, in steps of at most 1/16

    void add(std::string_view target, std::uint64_t hash, std::size_t bytes);
    void add(const TargetCounts& other);
    /// The length that so many of the rows don't exceed, to 1/16.
    std::int64_t lengthAt(double share) const;
};

/// Labels as a task declares them, in any spelling of letters, and under other names as the user maps them.
class LabelBook {
public:
    LabelBook() = default;
    LabelBook(std::vector<std::string> labels, const std::map<std::string, std::string>& renamed, bool declared);

    bool isEmpty() const { return m_exact.empty(); }
    bool declared() const { return m_declared; }
    std::size_t size() const { return m_labels.size(); }

    struct Found {
        const std::string* label = nullptr;  // null: it is none
        bool changed = false;
    };
    Found find(std::string_view target) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    std::vector<std::string> m_labels;
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> m_exact, m_folded;
    bool m_declared = false;
};

/// Labels that differ in the case of letters only: each rarer spelling to the most frequent one.
std::map<std::string, std::string> variantsOf(const TargetCounts& counts);

}  // namespace taskfold::data
