#pragma once

#include "engine/core/result.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace taskfold {

/// A task's labels, as tokens after the prompt, in a tree: the sum of log p along the way to a label is its
/// score. The end token stands only behind a label whose tokens are a proper prefix of another's (method.md
/// 10).
class LabelTrie {
public:
    struct Node {
        std::int32_t token = -1;  // that leads here; -1: the root
        int parent = -1;
        int depth = 0;
        int label = -1;  // that ends here: then there are no children
        std::vector<int> children;  // by token
    };

    /// InvalidInput where a label is empty or two have the same tokens.
    static Result<LabelTrie> of(const Tokenizer& tokenizer, std::span<const std::string> labels);
    static Result<LabelTrie> of(
        std::span<const std::vector<std::int32_t>> labels, std::optional<std::int32_t> endToken);

    /// The root first; a node comes after its parent.
    const std::vector<Node>& nodes() const { return m_nodes; }
    /// A label's tokens, the end token included where it counts.
    const std::vector<std::int32_t>& tokens(int label) const
    {
        return m_tokens[static_cast<std::size_t>(label)];
    }
    int labels() const { return static_cast<int>(m_tokens.size()); }
    /// Nodes with children, the root included: what a model has to be asked at.
    int innerNodes() const;
    int depth() const;

private:
    std::vector<Node> m_nodes;
    std::vector<std::vector<std::int32_t>> m_tokens;
};

}  // namespace taskfold
