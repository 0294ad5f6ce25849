#include "engine/infer/answer.h"
#include "engine/infer/plainanswer.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <queue>

namespace taskfold::infer {

namespace {

// A node of the label tree whose children's tokens haven't been asked for.
struct Branch {
    double score = 0;  // of the way there: what lies behind it can't be higher
    int node = 0;
    std::vector<std::int64_t> path;  // slots, its own not among them

    bool operator<(const Branch& other) const { return score < other.score; }
};

// The search of one prompt: the most promising branch first.
struct Search {
    std::priority_queue<Branch> branches;
    Best best{-1, -std::numeric_limits<double>::infinity()};

    bool open() const { return !branches.empty() && (best.label < 0 || branches.top().score >= best.logProbability); }

    void offer(int label, double score)
    {
        const bool wins = score > best.logProbability || (score == best.logProbability && label < best.label);
        if (best.label < 0 || wins)
            best = {label, score};
    }
};

// A node and those behind it up to where the labels part: they are read in one go.
std::vector<int> chainFrom(const LabelTrie& trie, int node)
{
    std::vector<int> chain{node};
    while (true) {
        const auto& children = trie.nodes()[static_cast<std::size_t>(chain.back())].children;
        if (children.size() != 1 || trie.nodes()[static_cast<std::size_t>(children.front())].children.empty())
            return chain;
        chain.push_back(children.front());
    }
}

// Where the answers of a read node go.
struct Asked {
    std::size_t search = 0;
    std::vector<int> chain;
    double score = 0;
    std::vector<std::int64_t> path;  // with the chain's slots
    std::int64_t firstRow = 0;  // of the states
};

}  // namespace

std::vector<Best> Answerer::best(std::span<const TokenRow> prompts, const LabelTrie& trie)
{
    const torch::NoGradGuard noGrad;
    std::vector<Best> best;
    if (!m_reader.net) {
        for (const auto& scores : plainScored(m_reader.model, m_reader.adapter, prompts, trie)) {
            const auto most = std::max_element(scores.begin(), scores.end());
            best.push_back({static_cast<int>(most - scores.begin()), *most});
        }
        return best;
    }
    if (prompts.empty())
        return best;
    model::PackedNet& net = *m_reader.net;
    const auto& nodes = trie.nodes();
    const model::Tree prompt = treeBehind(prompts);
    const auto common = static_cast<std::int64_t>(m_common.size());
    std::int64_t slot = common + prompt.size();
    // Room for every node of every row; memory that is never written costs nothing.
    model::Store store = net.emptyStore(slot + static_cast<std::int64_t>(prompts.size() * nodes.size()));
    model::PackedNet::copySlots(m_prefix, 0, common, store, 0);

    std::vector<Search> searches(prompts.size());
    const auto take = [&](const std::vector<Asked>& asked, const torch::Tensor& states) {
        std::vector<model::Aim> aims;
        for (const Asked& one : asked)
            for (std::size_t i = 0; i < one.chain.size(); ++i)
                for (const int child : nodes[static_cast<std::size_t>(one.chain[i])].children)
                    aims.push_back({one.firstRow + static_cast<std::int64_t>(i), nodes[static_cast<std::size_t>(child)].token, 0});
        const std::vector<double> logs = net.logProbabilities(states, aims);
        std::size_t at = 0;
        for (const Asked& one : asked) {
            double score = one.score;
            for (std::size_t i = 0; i < one.chain.size(); ++i) {
                const auto& children = nodes[static_cast<std::size_t>(one.chain[i])].children;
                for (const int child : children) {
                    const double sum = score + logs[at++];
                    const auto& node = nodes[static_cast<std::size_t>(child)];
                    if (node.children.empty())
                        searches[one.search].offer(node.label, sum);
                    else if (i + 1 == one.chain.size())
                        searches[one.search].branches.push({sum, child, one.path});
                    if (i + 1 < one.chain.size())
                        score = sum;
                }
            }
        }
    };

    std::vector<std::pair<std::int64_t, std::size_t>> ends;  // last node, prompt
    for (std::size_t p = 0; p < prompts.size(); ++p)
        ends.emplace_back(prompt.nodeOf[p].back(), p);
    std::sort(ends.begin(), ends.end());
    std::vector<std::int64_t> wanted;
    std::vector<Asked> asked;
    for (const auto& [node, p] : ends) {
        if (wanted.empty() || wanted.back() != node)
            wanted.push_back(node);
        std::vector<std::int64_t> path;
        for (std::int64_t i = 0; i < common; ++i)
            path.push_back(i);
        for (const std::int64_t own : prompt.nodeOf[p])
            path.push_back(prompt.slots[static_cast<std::size_t>(own)]);
        asked.push_back({p, {0}, 0, std::move(path), static_cast<std::int64_t>(wanted.size()) - 1});
    }
    take(asked, net.hidden(prompt, &store, wanted, m_reader.adapter));

    while (true) {
        asked.clear();
        model::Tree tree;
        for (std::size_t p = 0; p < searches.size(); ++p) {
            if (!searches[p].open())
                continue;
            Branch branch = searches[p].branches.top();
            searches[p].branches.pop();
            Asked one{p, chainFrom(trie, branch.node), branch.score, std::move(branch.path), tree.size()};
            model::kernels::Segment segment;
            segment.begin = tree.size();
            segment.slot = slot;
            segment.position = static_cast<std::int64_t>(one.path.size());
            segment.firstRange = static_cast<std::int64_t>(tree.ranges.size());
            segment.ranges = model::addRanges(one.path, tree.ranges);
            for (const int node : one.chain) {
                tree.tokens.push_back(nodes[static_cast<std::size_t>(node)].token);
                tree.positions.push_back(static_cast<std::int64_t>(one.path.size()));
                tree.slots.push_back(slot);
                one.path.push_back(slot++);
            }
            segment.end = tree.size();
            tree.segments.push_back(segment);
            asked.push_back(std::move(one));
        }
        if (asked.empty())
            break;
        tree.groupEnds = {tree.size()};
        wanted.resize(static_cast<std::size_t>(tree.size()));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            wanted[i] = static_cast<std::int64_t>(i);
        take(asked, net.hidden(tree, &store, wanted, m_reader.adapter));
    }
    for (const Search& search : searches)
        best.push_back(search.best);
    return best;
}

}  // namespace taskfold::infer
