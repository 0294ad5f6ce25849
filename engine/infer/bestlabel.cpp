#include "engine/infer/answer.h"
#include "engine/infer/plainanswer.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <queue>

namespace taskfold::infer {

namespace {

constexpr std::size_t kRound = 12;  // branches that are read in little more time than one

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

// Where the answers of read nodes go.
struct Asked {
    std::size_t search = 0;
    std::vector<int> chain;
    double score = 0;
    std::vector<std::int64_t> path;  // with the chain's slots
    std::int64_t firstRow = 0;  // of the states
};

// Adds a branch's nodes to the tree that is read next, in the slots from `slot` on.
Asked askedOf(const LabelTrie& trie, std::size_t search, Branch&& branch, std::int64_t& slot, model::Tree& tree)
{
    Asked one{search, chainFrom(trie, branch.node), branch.score, std::move(branch.path), tree.size()};
    model::kernels::Segment segment;
    segment.begin = tree.size();
    segment.slot = slot;
    segment.position = static_cast<std::int64_t>(one.path.size());
    segment.firstRange = static_cast<std::int64_t>(tree.ranges.size());
    segment.ranges = model::addRanges(one.path, tree.ranges);
    for (const int node : one.chain) {
        tree.tokens.push_back(trie.nodes()[static_cast<std::size_t>(node)].token);
        tree.positions.push_back(static_cast<std::int64_t>(one.path.size()));
        tree.slots.push_back(slot);
        one.path.push_back(slot++);
    }
    segment.end = tree.size();
    tree.segments.push_back(segment);
    return one;
}

// What is read in the next round: the most promising branch of every search that is open. Where those are few, others that
// are nearest to their search's most promising one: reading the weights takes the time then, and a branch more nearly none.
std::vector<std::pair<std::size_t, Branch>> nextBranches(std::vector<Search>& searches)
{
    std::vector<std::pair<std::size_t, Branch>> next;
    std::priority_queue<std::pair<double, std::size_t>> others;  // how far behind, negative
    std::vector<double> first(searches.size());
    const auto takeTop = [&](std::size_t p) {
        next.emplace_back(p, searches[p].branches.top());
        searches[p].branches.pop();
        if (searches[p].open())
            others.emplace(searches[p].branches.top().score - first[p], p);
    };
    for (std::size_t p = 0; p < searches.size(); ++p) {
        if (!searches[p].open())
            continue;
        first[p] = searches[p].branches.top().score;
        takeTop(p);
    }
    while (next.size() < kRound && !others.empty()) {
        const std::size_t p = others.top().second;
        others.pop();
        takeTop(p);
    }
    return next;
}

// The searches of a batch, whose nodes are read together.
class Searches {
public:
    Searches(const Reader& reader, const LabelTrie& trie, std::size_t prompts)
        : m_net(*reader.net), m_adapter(reader.adapter), m_trie(trie), m_searches(prompts)
    {
    }

    /// The prompts; `store` holds the common beginning in its first slots.
    void begin(const model::Tree& prompt, std::int64_t common, model::Store& store)
    {
        std::vector<std::pair<std::int64_t, std::size_t>> ends;  // last node, prompt
        for (std::size_t p = 0; p < m_searches.size(); ++p)
            ends.emplace_back(prompt.nodeOf[p].back(), p);
        std::sort(ends.begin(), ends.end());
        std::vector<std::int64_t> wanted;
        std::vector<Asked> asked;
        for (const auto& [node, p] : ends) {
            if (wanted.empty() || wanted.back() != node)
                wanted.push_back(node);
            std::vector<std::int64_t> path(static_cast<std::size_t>(common));
            std::iota(path.begin(), path.end(), std::int64_t{0});
            for (const std::int64_t own : prompt.nodeOf[p])
                path.push_back(prompt.slots[static_cast<std::size_t>(own)]);
            asked.push_back({p, {0}, 0, std::move(path), static_cast<std::int64_t>(wanted.size()) - 1});
        }
        m_slot = common + prompt.size();
        take(asked, m_net.hidden(prompt, &store, wanted, m_adapter));
    }

    /// Reads on; false once every search has its label.
    bool round(model::Store& store)
    {
        model::Tree tree;
        std::vector<Asked> asked;
        for (auto& [p, branch] : nextBranches(m_searches))
            asked.push_back(askedOf(m_trie, p, std::move(branch), m_slot, tree));
        if (asked.empty())
            return false;
        tree.groupEnds = {tree.size()};
        std::vector<std::int64_t> wanted(static_cast<std::size_t>(tree.size()));
        std::iota(wanted.begin(), wanted.end(), std::int64_t{0});
        take(asked, m_net.hidden(tree, &store, wanted, m_adapter));
        return true;
    }

    std::vector<Best> found() const
    {
        std::vector<Best> best;
        for (const Search& search : m_searches)
            best.push_back(search.best);
        return best;
    }

private:
    const LabelTrie::Node& node(int index) const { return m_trie.nodes()[static_cast<std::size_t>(index)]; }

    void take(const std::vector<Asked>& asked, const torch::Tensor& states)
    {
        std::vector<model::Aim> aims;
        for (const Asked& one : asked)
            for (std::size_t i = 0; i < one.chain.size(); ++i)
                for (const int child : node(one.chain[i]).children)
                    aims.push_back({one.firstRow + static_cast<std::int64_t>(i), node(child).token, 0});
        const std::vector<double> logs = m_net.logProbabilities(states, aims);
        const double* log = logs.data();
        for (const Asked& one : asked)
            follow(one, log);
    }

    // The sums behind a branch's nodes: `log` goes over their children's.
    void follow(const Asked& one, const double*& log)
    {
        Search& search = m_searches[one.search];
        double score = one.score;
        for (std::size_t i = 0; i < one.chain.size(); ++i)
            for (const int child : node(one.chain[i]).children) {
                const double sum = score + *log++;
                if (node(child).children.empty())
                    search.offer(node(child).label, sum);
                else if (i + 1 == one.chain.size())
                    search.branches.push({sum, child, one.path});
                else
                    score = sum;
            }
    }

    model::PackedNet& m_net;
    model::Adapter* m_adapter;
    const LabelTrie& m_trie;
    std::vector<Search> m_searches;
    std::int64_t m_slot = 0;  // the first that is free
};

std::vector<Best> plainBest(const Reader& reader, std::span<const TokenRow> prompts, const LabelTrie& trie)
{
    std::vector<Best> best;
    for (const auto& scores : plainScored(reader.model, reader.adapter, prompts, trie)) {
        const auto most = std::max_element(scores.begin(), scores.end());
        best.push_back({static_cast<int>(most - scores.begin()), *most});
    }
    return best;
}

}  // namespace

std::vector<Best> Answerer::best(std::span<const TokenRow> prompts, const LabelTrie& trie)
{
    const torch::NoGradGuard noGrad;
    if (!m_reader.net)
        return plainBest(m_reader, prompts, trie);
    if (prompts.empty())
        return {};
    const model::Tree prompt = treeBehind(prompts);
    const auto common = static_cast<std::int64_t>(m_common.size());
    // Room for every node of every row; memory that is never written costs nothing.
    model::Store store = m_reader.net->emptyStore(
        common + prompt.size() + static_cast<std::int64_t>(prompts.size() * trie.nodes().size()));
    model::PackedNet::copySlots(m_prefix, 0, common, store, 0);
    Searches searches(m_reader, trie, prompts.size());
    searches.begin(prompt, common, store);
    while (searches.round(store)) { }
    return searches.found();
}

}  // namespace taskfold::infer
