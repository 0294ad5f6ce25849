#include "engine/text/tokenizer.h"

#include "engine/text/tokenizerparts.h"
#include "engine/text/utf8.h"
#include "engine/text/words.h"

#include <algorithm>
#include <queue>

namespace taskfold {

namespace {

using Parts = Tokenizer::Parts;

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

struct Candidate {
    std::int32_t rank = 0;
    std::int32_t left = 0;  // place in the list
    std::int32_t leftId = 0, rightId = 0;  // as they were when it was found
    std::int32_t into = 0;

    bool operator>(const Candidate& other) const
    {
        return rank != other.rank ? rank > other.rank : left > other.left;
    }
};

/// Byte-pair merging by rank, left to right among equals, in O(n log n).
class Merger {
public:
    Merger(const Parts& parts, std::vector<std::int32_t>& ids) : m_parts(parts), m_ids(ids)
    {
        const auto count = static_cast<std::int32_t>(ids.size());
        m_next.resize(ids.size());
        m_previous.resize(ids.size());
        for (std::int32_t i = 0; i < count; ++i) {
            m_next[at(i)] = i + 1 < count ? i + 1 : -1;
            m_previous[at(i)] = i - 1;
        }
        for (std::int32_t i = 0; i + 1 < count; ++i)
            consider(i);
    }

    void run()
    {
        while (!m_queue.empty()) {
            const Candidate best = m_queue.top();
            m_queue.pop();
            const std::int32_t right = m_ids[at(best.left)] < 0 ? -1 : m_next[at(best.left)];
            if (right < 0 || m_ids[at(best.left)] != best.leftId || m_ids[at(right)] != best.rightId)
                continue;  // one of the two was merged meanwhile
            m_ids[at(best.left)] = best.into;
            m_ids[at(right)] = -1;
            m_next[at(best.left)] = m_next[at(right)];
            if (m_next[at(right)] >= 0)
                m_previous[at(m_next[at(right)])] = best.left;
            if (m_previous[at(best.left)] >= 0)
                consider(m_previous[at(best.left)]);
            consider(best.left);
        }
        m_ids.erase(std::remove(m_ids.begin(), m_ids.end(), -1), m_ids.end());
    }

private:
    static std::size_t at(std::int32_t place) { return static_cast<std::size_t>(place); }

    void consider(std::int32_t left)
    {
        const std::int32_t right = m_next[at(left)];
        if (right < 0)
            return;
        const auto found = m_parts.merges.find(Parts::key(m_ids[at(left)], m_ids[at(right)]));
        if (found != m_parts.merges.end())
            m_queue.push({found->second.rank, left, m_ids[at(left)], m_ids[at(right)], found->second.into});
    }

    const Parts& m_parts;
    std::vector<std::int32_t>& m_ids;
    std::vector<std::int32_t> m_next, m_previous;
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> m_queue;
};

void append(std::vector<std::int32_t>& to, const std::vector<std::int32_t>& from)
{
    to.insert(to.end(), from.begin(), from.end());
}

std::vector<std::int32_t> sentencePieces(const Parts& parts, std::string_view text, bool whole)
{
    std::string marked;
    if (whole && parts.prefixSpace && !text.empty())
        marked += kSpaceMark;
    for (const char c : text) {
        if (c == ' ')
            marked += kSpaceMark;
        else
            marked += c;
    }
    std::vector<std::int32_t> ids;
    for (std::size_t at = 0; at < marked.size();) {
        const std::size_t length = characterBytes(marked, at);
        const auto found = parts.ids.find(marked.substr(at, length));
        if (found != parts.ids.end()) {
            ids.push_back(found->second);
        } else if (parts.byteFallback) {
            for (std::size_t i = at; i < at + length; ++i)
                ids.push_back(parts.byteTokens[static_cast<unsigned char>(marked[i])]);
        } else if (parts.unknown) {
            ids.push_back(*parts.unknown);
        }
        at += length;
    }
    Merger(parts, ids).run();
    return ids;
}

std::vector<std::int32_t> byteLevel(const Parts& parts, std::string_view text, bool whole)
{
    std::string spaced;
    if (whole && parts.prefixSpace && !text.empty() && text.front() != ' ') {
        spaced = " " + std::string(text);
        text = spaced;
    }
    std::vector<std::int32_t> all;
    eachGpt2Word(text, [&](std::string_view word) {
        std::vector<std::int32_t> ids;
        for (const char c : word) {
            const std::int32_t id = parts.byteTokens[static_cast<unsigned char>(c)];
            if (id >= 0)
                ids.push_back(id);
        }
        Merger(parts, ids).run();
        append(all, ids);
    });
    return all;
}

// The next added token in the text: where it starts, and which. Longer ones win at the same place.
std::pair<std::size_t, const Parts::Added*> nextAdded(const Parts& parts, std::string_view text, std::size_t from)
{
    std::size_t first = std::string_view::npos;
    const Parts::Added* which = nullptr;
    for (const Parts::Added& added : parts.added) {
        const std::size_t found = text.find(added.text, from);
        if (found < first) {
            first = found;
            which = &added;
        }
    }
    return {first, which};
}

}  // namespace

Tokenizer::Tokenizer(Parts parts) : m_parts(std::make_unique<const Parts>(std::move(parts))) { }

Tokenizer::~Tokenizer() = default;

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const
{
    return encode(text, special, TextPart::Whole);
}

std::vector<std::int32_t> Tokenizer::encodeContinuation(std::string_view text, SpecialTokens special) const
{
    return encode(text, special, TextPart::Continuation);
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special, TextPart part) const
{
    std::string repaired;
    if (!isUtf8(text)) {
        repaired = repairedUtf8(text);
        text = repaired;
    }
    const auto piece = [&](std::string_view rest) {
        const bool whole = part == TextPart::Whole;
        return m_parts->form == Parts::Form::SentencePiece ? sentencePieces(*m_parts, rest, whole)
                                                           : byteLevel(*m_parts, rest, whole);
    };
    if (special == SpecialTokens::AsText)
        return piece(text);
    std::vector<std::int32_t> ids;
    for (std::size_t from = 0; from < text.size();) {
        const auto [found, added] = nextAdded(*m_parts, text, from);
        append(ids, piece(text.substr(from, found == std::string_view::npos ? found : found - from)));
        if (added == nullptr)
            break;
        ids.push_back(added->id);
        from = found + added->text.size();
    }
    return ids;
}

std::string Tokenizer::decode(std::span<const std::int32_t> tokens, TextPart part) const
{
    std::string text;
    for (const std::int32_t token : tokens) {
        if (token < 0 || token >= vocabularySize())
            continue;
        const auto special = std::find_if(m_parts->added.begin(), m_parts->added.end(),
            [&](const Parts::Added& added) { return added.id == token; });
        if (special != m_parts->added.end()) {
            if (!special->special)
                text += special->text;
            continue;
        }
        const std::string& piece = m_parts->texts[static_cast<std::size_t>(token)];
        if (m_parts->form == Parts::Form::ByteLevel) {
            for (std::size_t at = 0; at < piece.size();) {
                const std::size_t length = characterBytes(piece, at);
                const int byte = byteOf(std::string_view(piece).substr(at, length));
                if (byte >= 0)
                    text += static_cast<char>(byte);
                at += length;
            }
            continue;
        }
        const auto byte = m_parts->byteFallback
            ? std::find(m_parts->byteTokens.begin(), m_parts->byteTokens.end(), token)
            : m_parts->byteTokens.end();
        if (byte != m_parts->byteTokens.end()) {
            text += static_cast<char>(byte - m_parts->byteTokens.begin());
            continue;
        }
        for (std::size_t at = 0; at < piece.size();) {
            const bool mark = std::string_view(piece).substr(at).starts_with(kSpaceMark);
            const std::size_t length = mark ? kSpaceMark.size() : 1;
            text += mark ? " " : piece.substr(at, 1);
            at += length;
        }
    }
    if (part == TextPart::Whole && m_parts->prefixSpace && text.starts_with(' '))
        text.erase(0, 1);
    return repairedUtf8(text);
}

int Tokenizer::vocabularySize() const
{
    return static_cast<int>(m_parts->texts.size());
}

std::optional<std::int32_t> Tokenizer::bos() const
{
    return m_parts->bos;
}

std::optional<std::int32_t> Tokenizer::eos() const
{
    return m_parts->eos;
}

bool Tokenizer::addsBos() const
{
    return m_parts->addsBos;
}

std::string Tokenizer::tokenText(std::int32_t token) const
{
    return token >= 0 && token < vocabularySize() ? m_parts->texts[static_cast<std::size_t>(token)] : std::string();
}

std::optional<std::int32_t> Tokenizer::tokenOf(std::string_view text) const
{
    const auto found = m_parts->ids.find(std::string(text));
    return found == m_parts->ids.end() ? std::optional<std::int32_t>() : found->second;
}

}  // namespace taskfold
