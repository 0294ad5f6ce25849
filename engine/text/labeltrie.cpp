#include "engine/text/labeltrie.h"

#include <algorithm>
#include <map>

namespace taskfold {

namespace {

bool isProperPrefix(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b)
{
    return a.size() < b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

Result<LabelTrie> LabelTrie::of(const Tokenizer& tokenizer, std::span<const std::string> labels)
{
    std::vector<std::vector<std::int32_t>> tokens;
    for (const std::string& label : labels)
        tokens.push_back(tokenizer.encodeContinuation(label, SpecialTokens::AsText));
    return of(tokens, tokenizer.eos());
}

Result<LabelTrie> LabelTrie::of(
    std::span<const std::vector<std::int32_t>> labels, std::optional<std::int32_t> endToken)
{
    LabelTrie trie;
    trie.m_tokens.assign(labels.begin(), labels.end());
    // Behind a prefix, in sorted order, come the labels that begin with it.
    std::vector<std::size_t> order(labels.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return labels[a] < labels[b]; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto& label = labels[order[i]];
        if (label.empty())
            return Error{ErrorCode::InvalidInput, "label " + std::to_string(order[i] + 1) + " has no tokens"};
        if (i + 1 == order.size())
            continue;
        const auto& next = labels[order[i + 1]];
        if (label == next)
            return Error{ErrorCode::InvalidInput, "two labels have the same tokens"};
        if (isProperPrefix(label, next)) {
            if (!endToken)
                return Error{ErrorCode::InvalidInput,
                    "one label begins with another, and the tokenizer has no end token to tell them apart"};
            trie.m_tokens[order[i]].push_back(*endToken);
        }
    }
    trie.m_nodes.push_back({});
    std::map<std::pair<int, std::int32_t>, int> children;
    for (const std::size_t label : order) {
        int node = 0;
        for (const std::int32_t token : trie.m_tokens[label]) {
            const auto [child, fresh] = children.try_emplace({node, token}, static_cast<int>(trie.m_nodes.size()));
            if (fresh) {
                Node added;
                added.token = token;
                added.parent = node;
                added.depth = trie.m_nodes[static_cast<std::size_t>(node)].depth + 1;
                trie.m_nodes.push_back(std::move(added));
                trie.m_nodes[static_cast<std::size_t>(node)].children.push_back(child->second);
            }
            node = child->second;
        }
        trie.m_nodes[static_cast<std::size_t>(node)].label = static_cast<int>(label);
    }
    return trie;
}

int LabelTrie::innerNodes() const
{
    return static_cast<int>(
        std::count_if(m_nodes.begin(), m_nodes.end(), [](const Node& node) { return !node.children.empty(); }));
}

int LabelTrie::depth() const
{
    int deepest = 0;
    for (const Node& node : m_nodes)
        deepest = std::max(deepest, node.depth);
    return deepest;
}

}  // namespace taskfold
