#include "engine/text/addedtokens.h"

#include "engine/text/characters.h"

#include <algorithm>

namespace taskfold {

namespace {

bool isSpace(char32_t point)
{
    return (Characters::all().of(point) & kSpace) != 0;
}

std::size_t spacesBefore(std::string_view text, std::size_t at)
{
    const char* const begin = text.data();
    const char* place = begin + at;
    while (place > begin && isSpace(decodedBefore(place, begin).point))
        place -= decodedBefore(place, begin).bytes;
    return static_cast<std::size_t>(place - begin);
}

std::size_t spacesBehind(std::string_view text, std::size_t at)
{
    while (at < text.size() && isSpace(decodedAt(text.data() + at).point))
        at += decodedAt(text.data() + at).bytes;
    return at;
}

bool standsAlone(std::string_view text, std::size_t start, std::size_t stop)
{
    return (start == 0 || !isWordCharacter(decodedBefore(text.data() + start, text.data()).point))
        && (stop == text.size() || !isWordCharacter(decodedAt(text.data() + stop).point));
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : m_tokens(std::move(tokens)), m_nodes(1)
{
    std::erase_if(m_tokens, [](const AddedToken& token) { return token.text.empty(); });
    for (std::size_t i = 0; i < m_tokens.size(); ++i)
        insert(static_cast<std::int32_t>(i));
    if (std::count(m_begins.begin(), m_begins.end(), true) == 1)
        m_onlyFirst = static_cast<int>(std::find(m_begins.begin(), m_begins.end(), true) - m_begins.begin());
}

void AddedTokens::insert(std::int32_t token)
{
    const std::string& text = m_tokens[static_cast<std::size_t>(token)].text;
    m_begins[static_cast<unsigned char>(text.front())] = true;
    std::size_t node = 0;
    for (const char c : text) {
        auto& children = m_nodes[node].children;
        const auto place = std::lower_bound(children.begin(), children.end(), std::pair{c, std::int32_t{-1}});
        if (place != children.end() && place->first == c) {
            node = static_cast<std::size_t>(place->second);
            continue;
        }
        children.insert(place, {c, static_cast<std::int32_t>(m_nodes.size())});
        node = m_nodes.size();
        m_nodes.emplace_back();
    }
    if (m_nodes[node].token < 0)
        m_nodes[node].token = token;
}

const AddedToken* AddedTokens::longestAt(std::string_view text, std::size_t at, std::size_t& bytes) const
{
    const AddedToken* longest = nullptr;
    std::size_t node = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
        const auto& children = m_nodes[node].children;
        const auto place = std::lower_bound(children.begin(), children.end(), std::pair{text[i], std::int32_t{-1}});
        if (place == children.end() || place->first != text[i])
            break;
        node = static_cast<std::size_t>(place->second);
        if (m_nodes[node].token >= 0) {
            longest = &m_tokens[static_cast<std::size_t>(m_nodes[node].token)];
            bytes = i + 1 - at;
        }
    }
    return longest;
}

void AddedTokens::split(std::string_view text, SpecialTokens special, std::vector<Segment>& segments) const
{
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (m_onlyFirst >= 0)
            at = std::min(text.find(static_cast<char>(m_onlyFirst), at), text.size());
        else
            while (at < text.size() && !m_begins[static_cast<unsigned char>(text[at])])
                ++at;
        std::size_t bytes = 0;
        const AddedToken* token = at < text.size() ? longestAt(text, at, bytes) : nullptr;
        if (token == nullptr) {
            ++at;
            continue;
        }
        std::size_t start = at, stop = at + bytes;
        at = stop;
        if ((token->special && special == SpecialTokens::AsText) || (token->singleWord && !standsAlone(text, start, stop)))
            continue;
        if (token->leftStrip)
            start = std::max(spacesBefore(text, start), from);
        if (token->rightStrip)
            stop = spacesBehind(text, stop);
        if (from < start)
            segments.push_back({text.substr(from, start - from), -1, from == 0});
        segments.push_back({{}, token->id, false});
        from = stop;
    }
    if (from < text.size())
        segments.push_back({text.substr(from), -1, from == 0});
}

}  // namespace taskfold
