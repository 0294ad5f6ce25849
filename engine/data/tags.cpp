#include "engine/data/tags.h"

#include "engine/data/mappingnodes.h"

namespace taskfold::data {

Tag tagOf(std::string_view text)
{
    if (text == "O" || text == "o" || text == "_" || text == "-")
        return {};
    const bool dash = text.size() > 2 && (text[1] == '-' || text[1] == '_');
    const char prefix = text.empty() ? ' ' : text.front();
    if (!dash || std::string_view("BIESLUM").find(prefix) == std::string_view::npos)
        return {'O', {}, false};
    return {prefix, text.substr(2), true};
}

std::string slotsOf(std::span<const std::string_view> tokens, std::span<const Tag> tags)
{
    std::string text, value;
    std::string_view type;
    const auto flush = [&] {
        if (!type.empty())
            text += (text.empty() ? "" : "; ") + std::string(type) + ": " + value;
        type = {};
        value.clear();
    };
    for (std::size_t i = 0; i < tags.size(); ++i) {
        const Tag& tag = tags[i];
        const bool starts = tag.prefix == 'B' || tag.prefix == 'S' || tag.prefix == 'U' || tag.type != type;
        if (tag.prefix == 'O' || starts)
            flush();
        if (tag.prefix == 'O')
            continue;
        value += (value.empty() ? "" : " ") + std::string(tokens[i]);
        type = tag.type;
        if (tag.prefix == 'E' || tag.prefix == 'L' || tag.prefix == 'S' || tag.prefix == 'U')
            flush();
    }
    flush();
    return text.empty() ? "none" : text;
}

std::optional<FieldTrouble> Expression::Node::tagged(Record& record, std::vector<std::string_view>& texts) const
{
    std::vector<std::string_view> tokens, written;
    ValueKind unused{};
    if (auto trouble = parts[0]->path(record, tokens, unused))
        return trouble;
    if (auto trouble = parts[1]->path(record, written, unused))
        return trouble;
    if (tokens.size() != written.size())
        return FieldTrouble{Reason::PairLength, std::to_string(tokens.size()) + " tokens with " + std::to_string(written.size()) + " tags"};
    std::vector<Tag> tags;
    for (const std::string_view one : written) {
        const auto named_ = words.find(std::string(one));
        tags.push_back(tagOf(named_ == words.end() ? one : std::string_view(named_->second)));
        if (!tags.back().known)
            return FieldTrouble{Reason::Type, "the tag “" + std::string(one.substr(0, 60)) + "” isn't one of BIO, IOB2 or BIOES"
                    + (words.empty() ? ": if numbers stand for tags, name them (0=O, 1=B-PER, ...)" : "")};
    }
    texts.push_back(record.keep(slotsOf(tokens, tags)));
    return {};
}

}  // namespace taskfold::data
