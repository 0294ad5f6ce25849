#include "engine/text/encoder.h"

#include "engine/text/utf8.h"

#include <algorithm>

namespace taskfold {

namespace {

constexpr std::size_t kAhead = 64;  // words whose places in the cache are asked for before the first is read
constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

// Cuts before every U+2581 that follows something else.
void cutAtSpaceMarks(std::string_view word, std::vector<std::string_view>& out)
{
    std::size_t from = 0;
    for (std::size_t at = word.find(kSpaceMark); at != std::string_view::npos; at = word.find(kSpaceMark, at)) {
        if (at > from) {
            out.push_back(word.substr(from, at - from));
            from = at;
        }
        while (word.substr(at).starts_with(kSpaceMark))
            at += kSpaceMark.size();
    }
    if (from < word.size())
        out.push_back(word.substr(from));
}

}  // namespace

void Encoder::encode(std::string_view text, SpecialTokens special, TextPart part, TokenBuffer& out)
{
    if (text.empty())
        return;
    m_special = special;
    m_text.clear();
    if (isUtf8(text))
        m_text.append(text);
    else
        m_text.append(repairedUtf8(text));
    const std::string_view padded = m_text.finish();
    if (m_rules.rawAdded.empty()) {
        encodeSegment({padded, -1, true}, special, part, out);
        return;
    }
    m_segments.clear();
    m_rules.rawAdded.split(padded, special, m_segments);
    for (const Segment& segment : m_segments) {
        if (segment.token >= 0)
            out.append({&segment.token, 1});
        else
            encodeSegment(segment, special, segment.first ? part : TextPart::Whole, out);
    }
}

void Encoder::encodeSegment(const Segment& segment, SpecialTokens special, TextPart part, TokenBuffer& out)
{
    std::string_view text = segment.text;
    if (!m_rules.normaliser.empty() && !m_rules.normaliser.leaves(text, part, m_normalised)) {
        m_normal.clear();
        m_normal.append(m_normalised);
        text = m_normal.finish();
    }
    if (m_rules.normalisedAdded.empty()) {
        encodeWords(text, segment.first, part, out);
        return;
    }
    m_inner.clear();
    m_rules.normalisedAdded.split(text, special, m_inner);
    for (const Segment& inner : m_inner) {
        if (inner.token >= 0)
            out.append({&inner.token, 1});
        else
            encodeWords(inner.text, segment.first && inner.first, inner.first ? part : TextPart::Whole, out);
    }
}

void Encoder::encodeWords(std::string_view text, bool begins, TextPart part, TokenBuffer& out)
{
    const std::vector<std::string_view>* words = &m_splitter.split(text, begins, part);
    if (m_rules.model.breaksAtSpaceMarks()) {
        m_parts.clear();
        for (const std::string_view word : *words)
            cutAtSpaceMarks(word, m_parts);
        words = &m_parts;
    }
    for (std::size_t i = 0; i < words->size(); i += kAhead)
        lookUp(words->data() + i, std::min(kAhead, words->size() - i), out);
}

// Most words are in the cache with up to three tokens: then three are written, whatever their number, and the place
// moves on by what counts.
void Encoder::lookUp(const std::string_view* words, std::size_t count, TokenBuffer& out)
{
    WordCache::Key keys[kAhead];
    std::size_t slots[kAhead];
    for (std::size_t i = 0; i < count; ++i) {
        keys[i] = WordCache::keyOf(words[i].substr(0, WordCache::kShortBytes));
        slots[i] = WordCache::slotOf(keys[i]);
        m_cache.prefetch(slots[i]);
    }
    std::int32_t* place = out.room(3 * kAhead);
    for (std::size_t i = 0; i < count; ++i) {
        const WordCache::Entry* entry = m_cache.find(keys[i], slots[i]);
        const bool isShort = words[i].size() <= WordCache::kShortBytes;
        if (isShort && entry != nullptr && entry->count <= 3) [[likely]] {
            std::memcpy(place, entry->ids, sizeof entry->ids);
            place += entry->count;
            out.advance(static_cast<std::size_t>(entry->count));
            continue;
        }
        if (!isShort) {
            encodeLong(words[i], out);
        } else if (entry != nullptr) {
            out.append({m_cache.tokensAt(entry->ids[0]), static_cast<std::size_t>(entry->count)});
        } else {
            encodeNew(words[i]);
            if (m_keeps)
                m_cache.put(keys[i], slots[i], m_ids);
            out.append(m_ids);
        }
        place = out.room(3 * kAhead);
    }
}

void Encoder::encodeLong(std::string_view word, TokenBuffer& out)
{
    if (word.size() > WordCache::kLongBytes) {
        encodeNew(word);
        out.append(m_ids);
        return;
    }
    const std::uint64_t hash = WordCache::hashOf(word);
    const std::span<const std::int32_t> known = m_cache.findLong(word, hash);
    if (!known.empty()) {
        out.append(known);
        return;
    }
    encodeNew(word);
    if (m_keeps)
        m_cache.putLong(word, hash, m_ids);
    out.append(m_ids);
}

// A row whose letters happen to merge into a special token must not end itself: where special tokens are only
// letters, such a word stays in pieces.
void Encoder::encodeNew(std::string_view word)
{
    m_ids.clear();
    m_rules.model.encode(word, m_scratch, m_ids);
    m_keeps = std::none_of(m_ids.begin(), m_ids.end(), [&](std::int32_t id) { return m_rules.special[static_cast<std::size_t>(id)]; });
    if (!m_keeps && m_special == SpecialTokens::AsText) {
        m_ids.clear();
        m_rules.model.spell(word, m_ids);
    }
}

}  // namespace taskfold
