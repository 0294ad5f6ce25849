#include "engine/infer/plainanswer.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::infer {

namespace {

/// Prompts read once, padded at their ends.
struct Prefix {
    model::Cache cache;
    torch::Tensor lengths;  // [rows]
    torch::Tensor seen;  // [rows, columns] true where a token is
    torch::Tensor last;  // [rows, vocabulary]: logits after the last token
};

Prefix readPrompts(const model::Transformer& model, const model::Adapter* adapter, std::span<const TokenRow> prompts, std::int64_t room)
{
    const auto rows = static_cast<std::int64_t>(prompts.size());
    std::size_t longest = 1;
    for (const TokenRow& prompt : prompts)
        longest = std::max(longest, prompt.size());
    torch::Tensor tokens = torch::zeros({rows, static_cast<std::int64_t>(longest)}, torch::kLong);
    std::vector<std::int64_t> lengths;
    auto cells = tokens.accessor<std::int64_t, 2>();
    for (std::int64_t r = 0; r < rows; ++r) {
        const TokenRow& prompt = prompts[static_cast<std::size_t>(r)];
        for (std::size_t i = 0; i < prompt.size(); ++i)
            cells[r][static_cast<std::int64_t>(i)] = prompt[i];
        lengths.push_back(static_cast<std::int64_t>(std::max<std::size_t>(prompt.size(), 1)));
    }
    Prefix prefix;
    const auto columns = static_cast<std::int64_t>(longest);
    prefix.lengths = torch::tensor(lengths, torch::kLong).to(model.device());
    const auto order = torch::arange(columns, torch::TensorOptions(torch::kLong).device(model.device()));
    prefix.seen = order.unsqueeze(0).lt(prefix.lengths.unsqueeze(1));
    prefix.cache = model.emptyCache(rows, columns + room);
    const auto positions = order.unsqueeze(0).expand({rows, columns}).contiguous();
    const auto hidden = model.hidden(tokens.to(model.device()), positions, {}, prefix.cache, adapter);
    const auto ends = (prefix.lengths - 1).view({rows, 1, 1}).expand({rows, 1, hidden.size(2)});
    prefix.last = model.logits(hidden.gather(1, ends).squeeze(1));
    return prefix;
}

// Notes the chosen tokens; says whether any row goes on.
bool note(const std::vector<std::int32_t>& stops, const torch::Tensor& chosen, const torch::Tensor& logProbability,
    std::vector<Continuation>& answers, std::vector<bool>& done)
{
    const torch::Tensor tokens = chosen.cpu();
    const torch::Tensor values = logProbability.cpu();
    bool open = false;
    for (std::size_t r = 0; r < answers.size(); ++r) {
        if (done[r])
            continue;
        const auto row = static_cast<std::int64_t>(r);
        const auto token = tokens[row].item<std::int64_t>();
        answers[r].logProbability += values[row].item<float>();
        if (std::find(stops.begin(), stops.end(), static_cast<std::int32_t>(token)) != stops.end()) {
            done[r] = true;
            continue;
        }
        answers[r].tokens.push_back(static_cast<std::int32_t>(token));
        open = true;
    }
    return open;
}

// The tree's inner nodes but the root, in the trie's order: what is fed.
std::vector<int> fedNodes(const LabelTrie& trie)
{
    std::vector<int> fed;
    for (std::size_t i = 1; i < trie.nodes().size(); ++i) {
        if (!trie.nodes()[i].children.empty())
            fed.push_back(static_cast<int>(i));
    }
    return fed;
}

// [fed, fed]: a node sees itself and its ancestors.
torch::Tensor ancestry(const LabelTrie& trie, const std::vector<int>& fed)
{
    const auto count = static_cast<std::int64_t>(fed.size());
    std::vector<std::int64_t> placeOf(trie.nodes().size(), -1);
    for (std::size_t i = 0; i < fed.size(); ++i)
        placeOf[static_cast<std::size_t>(fed[i])] = static_cast<std::int64_t>(i);
    torch::Tensor mask = torch::zeros({count, count}, torch::kBool);
    auto cells = mask.accessor<bool, 2>();
    for (std::int64_t i = 0; i < count; ++i) {
        for (int node = fed[static_cast<std::size_t>(i)]; node > 0;
             node = trie.nodes()[static_cast<std::size_t>(node)].parent)
            cells[i][placeOf[static_cast<std::size_t>(node)]] = true;
    }
    return mask;
}

// Logits at the fed nodes: [rows, fed, vocabulary].
torch::Tensor readTree(
    const model::Transformer& model, const model::Adapter* adapter, Prefix& prefix, const LabelTrie& trie, const std::vector<int>& fed)
{
    const auto rows = prefix.lengths.size(0);
    const auto count = static_cast<std::int64_t>(fed.size());
    std::vector<std::int64_t> tokens, depths;
    for (const int node : fed) {
        tokens.push_back(trie.nodes()[static_cast<std::size_t>(node)].token);
        depths.push_back(trie.nodes()[static_cast<std::size_t>(node)].depth - 1);
    }
    const auto device = model.device();
    const auto tokenRow = torch::tensor(tokens, torch::kLong).to(device).unsqueeze(0).expand({rows, count});
    const auto positions = prefix.lengths.unsqueeze(1) + torch::tensor(depths, torch::kLong).to(device).unsqueeze(0);
    const auto tree = ancestry(trie, fed).to(device).unsqueeze(0).expand({rows, count, count});
    const auto prompt = prefix.seen.unsqueeze(1).expand({rows, count, prefix.seen.size(1)});
    const auto mask = torch::cat({prompt, tree}, 2).unsqueeze(1);
    return model.logits(
        model.hidden(tokenRow.contiguous(), positions.clamp_max(model.config().context - 1), mask, prefix.cache, adapter));
}

}  // namespace

Result<std::vector<Continuation>> plainContinued(const model::Transformer& model, const model::Adapter* adapter,
    std::span<const TokenRow> prompts, const Chooser& choose, const std::vector<std::int32_t>& stops, int most,
    const std::stop_token& stop)
{
    const torch::NoGradGuard noGrad;
    std::vector<Continuation> answers(prompts.size());
    if (prompts.empty() || most <= 0)
        return answers;
    Prefix prefix = readPrompts(model, adapter, prompts, most);
    std::vector<bool> done(prompts.size(), false);
    torch::Tensor logits = prefix.last;
    torch::Tensor seen = prefix.seen;
    for (int step = 0;; ++step) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const auto [value, chosen] = choose(logits, step);
        if (!note(stops, chosen, value, answers, done) || step + 1 == most)
            return answers;
        const auto positions = (prefix.lengths + step).unsqueeze(1);
        if (positions.max().item<std::int64_t>() >= model.config().context)
            return answers;  // the model's context is full
        seen = torch::cat({seen, torch::ones_like(seen.narrow(1, 0, 1))}, 1);
        const auto mask = seen.unsqueeze(1).unsqueeze(1);
        logits = model.logits(model.hidden(chosen.unsqueeze(1), positions, mask, prefix.cache, adapter)).squeeze(1);
    }
}

std::vector<std::vector<double>> plainScored(
    const model::Transformer& model, const model::Adapter* adapter, std::span<const TokenRow> prompts, const LabelTrie& trie)
{
    const torch::NoGradGuard noGrad;
    if (prompts.empty())
        return {};
    const std::vector<int> fed = fedNodes(trie);
    Prefix prefix = readPrompts(model, adapter, prompts, static_cast<std::int64_t>(fed.size()));
    torch::Tensor logs = torch::log_softmax(prefix.last, -1).unsqueeze(1);  // [rows, 1 + fed, vocabulary]
    if (!fed.empty())
        logs = torch::cat({logs, torch::log_softmax(readTree(model, adapter, prefix, trie, fed), -1)}, 1);
    // One number for each node but the root: log p of its token after its parent.
    std::vector<std::int64_t> placeOf(trie.nodes().size(), 0);
    for (std::size_t i = 0; i < fed.size(); ++i)
        placeOf[static_cast<std::size_t>(fed[i])] = static_cast<std::int64_t>(i + 1);
    std::vector<std::int64_t> flat;
    const std::int64_t vocabulary = logs.size(2);
    for (std::size_t i = 1; i < trie.nodes().size(); ++i) {
        const auto& node = trie.nodes()[i];
        flat.push_back(placeOf[static_cast<std::size_t>(node.parent)] * vocabulary + node.token);
    }
    const auto wanted = torch::tensor(flat, torch::kLong).to(model.device());
    const auto edges = logs.flatten(1).index_select(1, wanted).to(torch::kFloat64).cpu().contiguous();
    const auto cells = edges.accessor<double, 2>();
    std::vector<std::vector<double>> scores(
        prompts.size(), std::vector<double>(static_cast<std::size_t>(trie.labels()), 0));
    std::vector<double> sums(trie.nodes().size(), 0);
    for (std::size_t r = 0; r < prompts.size(); ++r) {
        for (std::size_t i = 1; i < trie.nodes().size(); ++i) {
            const auto& node = trie.nodes()[i];
            sums[i] = sums[static_cast<std::size_t>(node.parent)]
                + cells[static_cast<std::int64_t>(r)][static_cast<std::int64_t>(i - 1)];
            if (node.label >= 0)
                scores[r][static_cast<std::size_t>(node.label)] = sums[i];
        }
    }
    return scores;
}

std::vector<double> plainTargets(
    const model::Transformer& model, const model::Adapter* adapter, std::span<const Target> rows)
{
    const torch::NoGradGuard noGrad;
    std::vector<double> sums(rows.size(), 0);
    std::vector<std::span<const std::int32_t>> spans;
    std::vector<std::int64_t> places, targets, owners;
    std::int64_t offset = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        spans.emplace_back(rows[r].tokens);
        for (std::size_t i = std::max<std::size_t>(rows[r].targetStart, 1); i < rows[r].tokens.size(); ++i) {
            places.push_back(offset + static_cast<std::int64_t>(i) - 1);
            targets.push_back(rows[r].tokens[i]);
            owners.push_back(static_cast<std::int64_t>(r));
        }
        offset += static_cast<std::int64_t>(rows[r].tokens.size());
    }
    if (places.empty())
        return sums;
    const model::Packed packed = model::pack(spans, model.device());
    const auto hidden = model.hidden(packed, adapter).index_select(0, torch::tensor(places, torch::kLong).to(model.device()));
    const auto logs = torch::log_softmax(model.logits(hidden), -1)
                          .gather(1, torch::tensor(targets, torch::kLong).to(model.device()).unsqueeze(1))
                          .to(torch::kFloat64)
                          .cpu();
    const auto cells = logs.accessor<double, 2>();
    for (std::size_t i = 0; i < owners.size(); ++i)
        sums[static_cast<std::size_t>(owners[i])] += cells[static_cast<std::int64_t>(i)][0];
    return sums;
}

}  // namespace taskfold::infer
