#pragma once

#include "engine/core/result.h"
#include "engine/data/rowstore.h"
#include "engine/data/scratchmemory.h"
#include "engine/data/sortedruns.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace taskfold::data {

/// Inputs of validation and test splits, to be found inside documents, of any number in bounded memory: what is kept of them
/// are hashes, in a file where they are many. Short ones ("ok") count only as whole documents.
class HeldOutTexts {
public:
    /// About so many will be added.
    HeldOutTexts(const std::filesystem::path& folder, std::int64_t expected, std::size_t inMemory = 1 << 20);

    /// `name` is what its rows are called by: "banking77/test".
    Result<void> add(const std::string& name, const RowFile& rows, const std::stop_token& stop);
    /// After the last, before the first question.
    Result<void> settle();
    /// The place of an input that the document holds: "banking77/test line 12". Empty: none. From several threads.
    std::string heldIn(std::string_view document) const;

private:
    static constexpr std::size_t kWindow = 32;  // bytes; who has fewer is short

    struct Whole {
        std::uint64_t hash[2] = {};
        std::uint64_t place = 0;  // which name, and line
    };
    struct ByHash {
        bool operator()(const Whole& a, const Whole& b) const
        {
            return std::tie(a.hash[0], a.hash[1], a.place) < std::tie(b.hash[0], b.hash[1], b.place);
        }
    };
    // Which lengths there are of the inputs that begin so: inputs that a form begins are told apart by one look a length.
    struct Beginning {
        std::uint64_t hash = 0, size = 0;

        auto operator<=>(const Beginning&) const = default;
    };

    std::uint64_t& word(std::uint64_t hash) { return m_sieve[hash >> 6 & (m_sieve.size() - 1)]; }
    bool mayHold(std::uint64_t hash) const { return m_sieve[hash >> 6 & (m_sieve.size() - 1)] >> (hash & 63) & 1; }
    const Whole* find(std::string_view text) const;
    const Whole* findAt(std::string_view rest) const;
    std::string placeOf(const Whole& whole) const;

    std::filesystem::path m_folder;
    std::vector<std::string> m_names;
    std::vector<std::uint64_t> m_sieve;  // a bit for each beginning or short text: nearly every place of a document ends here
    SortedRuns<Whole, ByHash> m_wholeRuns;
    SortedRuns<Beginning, std::less<>> m_beginningRuns;
    std::size_t m_added = 0;
    ScratchMemory m_wholeRoom, m_beginningRoom;
    std::span<const Whole> m_wholes;
    std::span<const Beginning> m_beginnings;
};

}  // namespace taskfold::data
