#include "engine/infer/answer.h"

#include "engine/infer/plainanswer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <algorithm>

namespace taskfold::infer {

namespace {

using model::Aim;
using model::Tree;

// A node alone behind a path of slots.
void addNodes(Tree& tree, std::span<const std::int32_t> tokens, std::span<const std::int64_t> path, std::int64_t slot)
{
    model::kernels::Segment segment;
    segment.begin = tree.size();
    segment.slot = slot;
    segment.position = static_cast<std::int64_t>(path.size());
    segment.firstRange = static_cast<std::int64_t>(tree.ranges.size());
    segment.ranges = model::addRanges(path, tree.ranges);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        tree.tokens.push_back(tokens[i]);
        tree.positions.push_back(segment.position + static_cast<std::int64_t>(i));
        tree.slots.push_back(slot + static_cast<std::int64_t>(i));
    }
    segment.end = tree.size();
    tree.segments.push_back(segment);
}

void close(Tree& tree)
{
    tree.groupEnds = {tree.size()};
}

// Slots of a prompt: the common beginning's, then its own nodes' behind them.
std::vector<std::int64_t> pathOf(const Tree& tree, std::size_t row, std::size_t common)
{
    std::vector<std::int64_t> path(common);
    for (std::size_t i = 0; i < common; ++i)
        path[i] = static_cast<std::int64_t>(i);
    for (const std::int64_t node : tree.nodeOf[row])
        path.push_back(tree.slots[static_cast<std::size_t>(node)]);
    return path;
}

// The wanted nodes in order, each once, and where a row's node stands among them.
struct Wanted {
    std::vector<std::int64_t> nodes;

    explicit Wanted(std::vector<std::int64_t> all) : nodes(std::move(all))
    {
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    }
    std::int64_t place(std::int64_t node) const
    {
        return std::lower_bound(nodes.begin(), nodes.end(), node) - nodes.begin();
    }
};

std::vector<std::int64_t> lastNodes(const Tree& tree)
{
    std::vector<std::int64_t> last;
    for (const auto& nodes : tree.nodeOf)
        last.push_back(nodes.back());
    return last;
}

// Aims in the order of their nodes, which logProbabilities asks for; answers in the order given.
std::vector<double> logProbabilities(model::PackedNet& net, const torch::Tensor& states, const std::vector<Aim>& aims)
{
    std::vector<std::size_t> order(aims.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return aims[a].node < aims[b].node; });
    std::vector<Aim> sorted;
    for (const std::size_t i : order)
        sorted.push_back(aims[i]);
    const std::vector<double> found = net.logProbabilities(states, sorted);
    std::vector<double> values(aims.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        values[order[i]] = found[i];
    return values;
}

}  // namespace

TokenRow commonBeginning(std::span<const TokenRow> prompts)
{
    if (prompts.empty())
        return {};
    TokenRow common = prompts.front();
    for (const TokenRow& prompt : prompts) {
        std::size_t i = 0;
        while (i < common.size() && i + 1 < prompt.size() && common[i] == prompt[i])
            ++i;
        common.resize(i);
    }
    return common;
}

Answerer::Answerer(const Reader& reader, TokenRow common) : m_reader(reader), m_common(std::move(common))
{
    if (!reader.net) {
        m_common.clear();  // the plain form reads every prompt whole
        return;
    }
    if (m_common.empty())
        return;
    m_prefix = reader.net->emptyStore(static_cast<std::int64_t>(m_common.size()));
    Tree tree;
    addNodes(tree, m_common, {}, 0);
    close(tree);
    const std::vector<std::int64_t> last{tree.size() - 1};
    reader.net->hidden(tree, &m_prefix, last, reader.adapter);
}

// What the prompts have beyond the common beginning, behind it.
Tree Answerer::treeBehind(std::span<const TokenRow> prompts) const
{
    const auto common = static_cast<std::int64_t>(m_common.size());
    std::vector<std::span<const std::int32_t>> rows;
    for (const TokenRow& prompt : prompts)
        rows.push_back(std::span(prompt).subspan(m_common.size()));
    Tree tree = model::treeOf(rows);
    if (common == 0)
        return tree;
    std::vector<model::kernels::Range> ranges;
    for (auto& segment : tree.segments) {
        const std::int64_t first = segment.firstRange;
        segment.firstRange = static_cast<std::int64_t>(ranges.size());
        ranges.push_back({0, common});
        for (std::int64_t r = first; r < first + segment.ranges; ++r) {
            const auto& own = tree.ranges[static_cast<std::size_t>(r)];
            ranges.push_back({own.begin + common, own.end + common});
        }
        ++segment.ranges;
        segment.slot += common;
        segment.position += common;
    }
    tree.ranges = std::move(ranges);
    for (std::int64_t& slot : tree.slots)
        slot += common;
    for (std::int64_t& position : tree.positions)
        position += common;
    return tree;
}

Chooser chooserOf(const Sampling& sampling)
{
    if (sampling.temperature <= 0)
        return [](const torch::Tensor& logits, int) {
            auto [value, chosen] = torch::log_softmax(logits.to(torch::kFloat32), -1).max(-1);
            return std::pair(value, chosen);
        };
    return [sampling](const torch::Tensor& logits, int step) {
        const auto logs = torch::log_softmax(logits.to(torch::kFloat32).cpu() / sampling.temperature, -1);
        auto p = logs.exp();
        if (sampling.topK > 0 && sampling.topK < p.size(-1)) {
            const auto least = std::get<0>(p.topk(sampling.topK, -1)).narrow(-1, sampling.topK - 1, 1);
            p = p.masked_fill(p.lt(least), 0);
        }
        if (sampling.topP < 1) {
            const auto [sorted, order] = p.sort(-1, true);
            const auto before = sorted.cumsum(-1) - sorted;  // what is likelier; the likeliest always stays
            p = torch::zeros_like(p).scatter(-1, order, sorted.masked_fill(before.ge(sampling.topP * sorted.sum(-1, true)), 0));
        }
        auto generator = torch::make_generator<at::CPUGeneratorImpl>(
            sampling.seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(step));
        const auto chosen = torch::multinomial(p, 1, false, generator);
        const auto value = torch::log_softmax(logits.to(torch::kFloat32).cpu(), -1).gather(-1, chosen).squeeze(-1);
        return std::pair(value.to(logits.device()), chosen.squeeze(-1).to(logits.device()));
    };
}

Result<std::vector<Continuation>> Answerer::continued(
    std::span<const TokenRow> prompts, const Sampling& sampling, const std::stop_token& stop)
{
    const torch::NoGradGuard noGrad;
    const ModelConfig& config = m_reader.model.config();
    std::vector<std::int32_t> stops = config.eos;
    stops.insert(stops.end(), sampling.stops.begin(), sampling.stops.end());
    const Chooser choose = chooserOf(sampling);
    if (!m_reader.net)
        return plainContinued(m_reader.model, m_reader.adapter, prompts, choose, stops, sampling.most, stop);
    std::vector<Continuation> answers(prompts.size());
    if (prompts.empty() || sampling.most <= 0)
        return answers;
    model::PackedNet& net = *m_reader.net;
    Tree tree = treeBehind(prompts);
    const auto common = static_cast<std::int64_t>(m_common.size());
    std::int64_t slot = common + tree.size();
    model::Store store = net.emptyStore(slot + static_cast<std::int64_t>(prompts.size()) * sampling.most);
    model::PackedNet::copySlots(m_prefix, 0, common, store, 0);
    struct Open {
        std::size_t row;
        std::vector<std::int64_t> path;
        std::int64_t next;  // slot
    };
    std::vector<Open> open;
    for (std::size_t r = 0; r < prompts.size(); ++r) {
        open.push_back({r, pathOf(tree, r, m_common.size()), slot});
        slot += sampling.most;
    }
    const Wanted wanted(lastNodes(tree));
    std::vector<std::int64_t> places;
    for (const std::int64_t node : lastNodes(tree))
        places.push_back(wanted.place(node));
    torch::Tensor logits = net.logits(net.hidden(tree, &store, wanted.nodes, m_reader.adapter));
    logits = logits.index_select(0, torch::tensor(places, torch::kLong));
    for (int step = 0;; ++step) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const auto [values, chosen] = choose(logits, step);
        Tree next;
        std::vector<Open> still;
        for (std::size_t i = 0; i < open.size(); ++i) {
            Open& row = open[i];
            const auto token = static_cast<std::int32_t>(chosen[static_cast<std::int64_t>(i)].item<std::int64_t>());
            Continuation& answer = answers[row.row];
            answer.logProbability += values[static_cast<std::int64_t>(i)].item<float>();
            if (std::find(stops.begin(), stops.end(), token) != stops.end())
                continue;
            answer.tokens.push_back(token);
            if (step + 1 == sampling.most || row.path.size() >= static_cast<std::size_t>(config.context))
                continue;
            addNodes(next, {&token, 1}, row.path, row.next);
            row.path.push_back(row.next++);
            still.push_back(std::move(row));
        }
        if (still.empty())
            return answers;
        close(next);
        open = std::move(still);
        std::vector<std::int64_t> all(static_cast<std::size_t>(next.size()));
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<std::int64_t>(i);
        logits = net.logits(net.hidden(next, &store, all, m_reader.adapter));
    }
}

std::vector<std::vector<double>> Answerer::scored(std::span<const TokenRow> prompts, const LabelTrie& trie)
{
    const torch::NoGradGuard noGrad;
    if (!m_reader.net)
        return plainScored(m_reader.model, m_reader.adapter, prompts, trie);
    std::vector<std::vector<double>> scores(prompts.size(), std::vector<double>(static_cast<std::size_t>(trie.labels()), 0));
    if (prompts.empty())
        return scores;
    // Every prompt with every label but its last token: as a tree each beginning stands there once.
    std::vector<TokenRow> rows;
    for (const TokenRow& prompt : prompts)
        for (int label = 0; label < trie.labels(); ++label) {
            rows.push_back(prompt);
            rows.back().insert(rows.back().end(), trie.tokens(label).begin(), trie.tokens(label).end() - 1);
        }
    const Tree tree = treeBehind(rows);
    const auto common = static_cast<std::int64_t>(m_common.size());
    model::Store store = m_reader.net->emptyStore(common + tree.size());
    model::PackedNet::copySlots(m_prefix, 0, common, store, 0);
    std::vector<std::int64_t> asked;
    std::vector<Aim> aims;
    std::vector<double*> sums;
    std::size_t row = 0;
    for (std::size_t p = 0; p < prompts.size(); ++p)
        for (int label = 0; label < trie.labels(); ++label, ++row) {
            const auto& tokens = trie.tokens(label);
            const auto& nodes = tree.nodeOf[row];
            for (std::size_t i = 0; i < tokens.size(); ++i) {
                const std::int64_t node = nodes[nodes.size() - tokens.size() + i];
                asked.push_back(node);
                aims.push_back({node, tokens[i], 0});
                sums.push_back(&scores[p][static_cast<std::size_t>(label)]);
            }
        }
    const Wanted wanted(std::move(asked));
    for (Aim& aim : aims)
        aim.node = wanted.place(aim.node);
    const torch::Tensor states = m_reader.net->hidden(tree, &store, wanted.nodes, m_reader.adapter);
    const std::vector<double> logs = logProbabilities(*m_reader.net, states, aims);
    for (std::size_t i = 0; i < logs.size(); ++i)
        *sums[i] += logs[i];
    return scores;
}

std::vector<double> scoreTargets(const Reader& reader, std::span<const Target> rows)
{
    const torch::NoGradGuard noGrad;
    if (!reader.net)
        return plainTargets(reader.model, reader.adapter, rows);
    std::vector<std::span<const std::int32_t>> read;
    for (const Target& row : rows)
        read.push_back(std::span(row.tokens).first(row.tokens.empty() ? 0 : row.tokens.size() - 1));
    const Tree tree = model::treeOf(read);
    std::vector<Aim> aims;
    std::vector<std::size_t> owners;
    for (std::size_t r = 0; r < rows.size(); ++r)
        for (std::size_t i = std::max<std::size_t>(rows[r].targetStart, 1); i < rows[r].tokens.size(); ++i) {
            aims.push_back({tree.nodeOf[r][i - 1], rows[r].tokens[i], 0});
            owners.push_back(r);
        }
    const std::vector<model::Adapter*> adapters(reader.adapter ? 1 : 0, reader.adapter);
    const std::vector<double> losses = reader.net->losses(tree, aims, adapters, false);
    std::vector<double> sums(rows.size(), 0);
    for (std::size_t i = 0; i < losses.size(); ++i)
        sums[owners[i]] -= losses[i];
    return sums;
}

}  // namespace taskfold::infer
