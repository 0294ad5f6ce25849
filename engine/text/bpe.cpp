#include "engine/text/bpe.h"

#include "engine/text/utf8.h"
#include "engine/text/words.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <limits>

namespace taskfold {

namespace {

constexpr std::size_t kShort = 48;  // symbols; up to here looking at all pairs is quicker than a heap
constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

std::uint64_t pairOf(std::int32_t left, std::int32_t right)
{
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
}

std::int32_t find(const BpeModel::Vocabulary& vocabulary, std::string_view text)
{
    const auto found = vocabulary.find(text);
    return found == vocabulary.end() ? -1 : found->second;
}

std::string byteName(int byte)
{
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
    return name;
}

Error missing(const std::string& text)
{
    return {ErrorCode::InvalidInput, "a merge names \"" + text + "\", which isn't in the vocabulary"};
}

}  // namespace

void MergeTable::reserve(std::size_t merges)
{
    const std::size_t slots = std::bit_ceil(std::max<std::size_t>(merges * 2, 2));
    m_slots.assign(slots, {});
    m_mask = slots - 1;
    m_shift = 64 - static_cast<unsigned>(std::countr_zero(slots));
}

std::size_t MergeTable::slotOf(std::uint64_t pair) const
{
    std::size_t slot = (pair * 0x9E3779B97F4A7C15U) >> m_shift;
    while (m_slots[slot].pair != pair && m_slots[slot].pair != kFree)
        slot = (slot + 1) & m_mask;
    return slot;
}

void MergeTable::put(std::int32_t left, std::int32_t right, Merge merge)
{
    const std::uint64_t pair = pairOf(left, right);
    m_slots[slotOf(pair)] = {pair, merge};
}

MergeTable::Merge MergeTable::find(std::int32_t left, std::int32_t right) const
{
    const Slot& slot = m_slots[slotOf(pairOf(left, right))];
    return slot.merge;
}

Result<BpeModel> BpeModel::of(const Tokenizer::Parts& parts, const Vocabulary& vocabulary)
{
    BpeModel model;
    model.m_vocabulary = &vocabulary;
    model.m_byteLevel = parts.byteLevel;
    model.m_byteFallback = parts.byteFallback;
    model.m_fuseUnknown = parts.fuseUnknown;
    model.m_ignoreMerges = parts.ignoreMerges;
    model.m_breaksAtSpaceMarks = !parts.ignoreMerges && find(vocabulary, kSpaceMark) >= 0;
    model.m_merges.reserve(parts.merges.size());
    std::int32_t rank = 0;
    for (const auto& [left, right] : parts.merges) {
        const std::int32_t a = find(vocabulary, left), b = find(vocabulary, right), both = find(vocabulary, left + right);
        if (a < 0 || b < 0 || both < 0)
            return missing(a < 0 ? left : b < 0 ? right : left + right);
        model.m_merges.put(a, b, {rank++, both});
        if (right.starts_with(kSpaceMark) && !left.ends_with(kSpaceMark))
            model.m_breaksAtSpaceMarks = false;
    }
    if (!parts.unknown.empty() && (model.m_unknown = find(vocabulary, parts.unknown)) < 0)
        return Error{ErrorCode::InvalidInput, "the unknown token \"" + parts.unknown + "\" isn't in the vocabulary"};
    for (int byte = 0; byte < 256; ++byte)
        model.m_bytes[static_cast<std::size_t>(byte)]
            = find(vocabulary, parts.byteLevel ? letterOf(static_cast<unsigned char>(byte)) : byteName(byte));
    for (int character = 0; character < 128; ++character) {
        const char text = static_cast<char>(character);
        model.m_ascii[static_cast<std::size_t>(character)] = find(vocabulary, std::string_view(&text, 1));
    }
    return model;
}

void BpeModel::encode(std::string_view word, Scratch& scratch, std::vector<std::int32_t>& ids) const
{
    if (m_ignoreMerges) {
        scratch.letters.clear();
        for (const char c : word)
            m_byteLevel ? void(scratch.letters += letterOf(static_cast<unsigned char>(c))) : scratch.letters.push_back(c);
        const std::int32_t whole = find(*m_vocabulary, scratch.letters);
        if (whole >= 0) {
            ids.push_back(whole);
            return;
        }
    }
    const std::size_t from = ids.size();
    spell(word, ids);
    merge(scratch, ids, from);
}

void BpeModel::spell(std::string_view word, std::vector<std::int32_t>& ids) const
{
    bool unknown = false;  // one that is to be written before the next known character
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t length = m_byteLevel ? 1 : characterBytes(word, at);
        const auto first = static_cast<unsigned char>(word[at]);
        const std::int32_t id = m_byteLevel ? m_bytes[first]
            : length == 1                   ? m_ascii[first & 0x7F]
                                            : find(*m_vocabulary, word.substr(at, length));
        const std::string_view character = word.substr(at, length);
        at += length;
        if (id >= 0) {
            if (unknown)
                ids.push_back(m_unknown);
            unknown = false;
            ids.push_back(id);
            continue;
        }
        const auto byteOfText = [&](char c) { return m_bytes[static_cast<unsigned char>(c)]; };
        if (m_byteFallback && std::all_of(character.begin(), character.end(), [&](char c) { return byteOfText(c) >= 0; })) {
            for (const char c : character)
                ids.push_back(byteOfText(c));
            continue;
        }
        if (unknown && !m_fuseUnknown)
            ids.push_back(m_unknown);
        unknown = m_unknown >= 0;
    }
    if (unknown)
        ids.push_back(m_unknown);
}

void BpeModel::mergeShort(std::int32_t* ids, std::size_t& count) const
{
    std::int32_t ranks[kShort], into[kShort];
    const auto look = [&](std::size_t i) {
        const MergeTable::Merge merge = m_merges.find(ids[i], ids[i + 1]);
        ranks[i] = merge.rank < 0 ? kNever : merge.rank;
        into[i] = merge.into;
    };
    for (std::size_t i = 0; i + 1 < count; ++i)
        look(i);
    while (count > 1) {
        const auto best = static_cast<std::size_t>(std::min_element(ranks, ranks + count - 1) - ranks);
        if (ranks[best] == kNever)
            return;
        ids[best] = into[best];
        std::copy(ids + best + 2, ids + count, ids + best + 1);
        if (best + 2 < count) {
            std::copy(ranks + best + 2, ranks + count - 1, ranks + best + 1);
            std::copy(into + best + 2, into + count - 1, into + best + 1);
        }
        --count;
        if (best + 1 < count)
            look(best);
        if (best > 0)
            look(best - 1);
    }
}

namespace {

/// A long word while it is merged: a heap of the pairs that may merge over a list of its tokens. A pair whose tokens have
/// merged otherwise meanwhile is passed over when its turn comes.
class LongWord {
public:
    LongWord(const MergeTable& merges, BpeModel::Scratch& scratch, std::int32_t* ids, std::size_t count)
        : m_merges(merges), m_heap(scratch.heap), m_next(scratch.next), m_previous(scratch.previous), m_ids(ids)
    {
        m_heap.clear();
        m_next.resize(count);
        m_previous.resize(count);
        const auto last = static_cast<std::int32_t>(count) - 1;
        for (std::int32_t i = 0; i <= last; ++i) {
            next(i) = i < last ? i + 1 : -1;
            previous(i) = i - 1;
        }
        for (std::int32_t i = 0; i < last; ++i)
            consider(i);
        std::make_heap(m_heap.begin(), m_heap.end(), later);
    }

    // What was merged away is -1 afterwards.
    void merge()
    {
        while (!m_heap.empty()) {
            const Candidate best = m_heap.front();
            std::pop_heap(m_heap.begin(), m_heap.end(), later);
            m_heap.pop_back();
            const std::int32_t right = m_ids[best.left] < 0 ? -1 : next(best.left);
            if (right < 0 || m_ids[best.left] != best.leftId || m_ids[right] != best.rightId)
                continue;
            m_ids[best.left] = best.into;
            m_ids[right] = -1;
            next(best.left) = next(right);
            if (next(right) >= 0)
                previous(next(right)) = best.left;
            push(previous(best.left));
            push(best.left);
        }
    }

private:
    using Candidate = BpeModel::Scratch::Candidate;

    static bool later(const Candidate& a, const Candidate& b) { return a.rank != b.rank ? a.rank > b.rank : a.left > b.left; }

    std::int32_t& next(std::int32_t place) { return m_next[static_cast<std::size_t>(place)]; }
    std::int32_t& previous(std::int32_t place) { return m_previous[static_cast<std::size_t>(place)]; }

    bool consider(std::int32_t left)
    {
        const std::int32_t right = left < 0 ? -1 : next(left);
        if (right < 0)
            return false;
        const MergeTable::Merge merge = m_merges.find(m_ids[left], m_ids[right]);
        if (merge.rank >= 0)
            m_heap.push_back({merge.rank, left, m_ids[left], m_ids[right], merge.into});
        return merge.rank >= 0;
    }

    void push(std::int32_t left)
    {
        if (consider(left))
            std::push_heap(m_heap.begin(), m_heap.end(), later);
    }

    const MergeTable& m_merges;
    std::vector<Candidate>& m_heap;
    std::vector<std::int32_t>&m_next, &m_previous;
    std::int32_t* m_ids;
};

}  // namespace

void BpeModel::merge(Scratch& scratch, std::vector<std::int32_t>& ids, std::size_t from) const
{
    std::int32_t* const own = ids.data() + from;
    std::size_t count = ids.size() - from;
    if (count <= kShort) {
        mergeShort(own, count);
        ids.resize(from + count);
        return;
    }
    LongWord(m_merges, scratch, own, count).merge();
    ids.erase(std::remove(ids.begin() + static_cast<std::ptrdiff_t>(from), ids.end(), -1), ids.end());
}

}  // namespace taskfold
