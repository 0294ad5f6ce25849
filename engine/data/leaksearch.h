#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"
#include "engine/data/sortedruns.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <tuple>
#include <vector>

namespace taskfold::data {

/// Which training rows have an input that lies in a validation or test split, of any number of rows in bounded memory:
/// both sides' hashes are sorted, on the disk if need be, and gone through together.
class LeakSearch {
public:
    /// About so many held-out rows will be added.
    LeakSearch(const std::filesystem::path& folder, std::int64_t heldOut);

    /// `number` is what its rows will be told by.
    Result<void> addHeldOut(std::uint64_t number, const RowFile& rows, const std::stop_token& stop);
    /// Once all held-out rows are there.
    Result<void> addTraining(std::uint64_t number, const RowFile& rows, const std::stop_token& stop);

    struct Place {
        std::uint64_t number = 0;
        std::int64_t line = 0;
    };
    /// A training row and the first of its twins. In no order. Once.
    using Told = std::function<Result<void>(const Place& row, const Place& twin)>;
    Result<void> find(const Told& told, const std::stop_token& stop);

private:
    struct Entry {
        std::uint64_t hash = 0;
        std::uint64_t place = 0;  // number and line
    };
    struct ByHash {
        static std::uint64_t numberOf(const Entry& entry) { return entry.hash; }
        bool operator()(const Entry& a, const Entry& b) const { return std::tie(a.hash, a.place) < std::tie(b.hash, b.place); }
    };

    std::uint64_t& word(std::uint64_t hash) { return m_sieve[hash >> 6 & (m_sieve.size() - 1)]; }
    static std::uint64_t packed(std::uint64_t number, std::int64_t line);
    static Place placeOf(const Entry& entry);

    std::vector<std::uint64_t> m_sieve;  // a bit for each held-out hash: most training rows end here
    SortedRuns<Entry, ByHash> m_held, m_training;
};

}  // namespace taskfold::data
