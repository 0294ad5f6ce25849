#pragma once

#include "engine/text/tokenizerparts.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace taskfold {

/// What two neighbouring tokens become, and which pair goes first. Open addressing: one look is one cache line.
class MergeTable {
public:
    struct Merge {
        std::int32_t rank = -1;  // -1: they stay two
        std::int32_t into = -1;
    };

    void reserve(std::size_t merges);
    /// A pair given again has the later rank, as in the `tokenizers` package.
    void put(std::int32_t left, std::int32_t right, Merge merge);
    Merge find(std::int32_t left, std::int32_t right) const;

private:
    struct Slot {
        std::uint64_t pair = kFree;
        Merge merge;
    };

    static constexpr std::uint64_t kFree = ~std::uint64_t{0};

    std::size_t slotOf(std::uint64_t pair) const;

    std::vector<Slot> m_slots{1};
    unsigned m_shift = 63;
    std::size_t m_mask = 0;
};

/// The byte-pair encoding of one word, exact: of all pairs that may merge the one of lowest rank, leftmost among
/// equals (Sennrich et al. 2016), in O(n log n). Never changes once made.
class BpeModel {
public:
    using Vocabulary = std::unordered_map<std::string_view, std::int32_t>;

    /// What is written while a word is merged; one a thread.
    struct Scratch {
        struct Candidate {
            std::int32_t rank, left, leftId, rightId, into;
        };
        std::vector<std::int32_t> next, previous;
        std::vector<Candidate> heap;
        std::string letters;
    };

    /// The vocabulary must outlive it. InvalidInput where a merge names what isn't there.
    static Result<BpeModel> of(const Tokenizer::Parts& parts, const Vocabulary& vocabulary);

    /// Appends the word's tokens.
    void encode(std::string_view word, Scratch& scratch, std::vector<std::int32_t>& ids) const;
    /// Appends the word's characters or bytes as tokens, unmerged.
    void spell(std::string_view word, std::vector<std::int32_t>& ids) const;
    /// Whether no merge joins a text before U+2581 with what begins there, so that words can be cut there.
    bool breaksAtSpaceMarks() const { return m_breaksAtSpaceMarks; }

private:
    void merge(Scratch& scratch, std::vector<std::int32_t>& ids, std::size_t from) const;
    void mergeShort(std::int32_t* ids, std::size_t& count) const;

    const Vocabulary* m_vocabulary = nullptr;
    MergeTable m_merges;
    std::array<std::int32_t, 256> m_bytes{};  // by byte, or of <0x00> and so on; -1: none
    std::array<std::int32_t, 128> m_ascii{};  // by character
    std::int32_t m_unknown = -1;
    bool m_byteLevel = false, m_byteFallback = false, m_fuseUnknown = false, m_ignoreMerges = false;
    bool m_breaksAtSpaceMarks = false;
};

}  // namespace taskfold
