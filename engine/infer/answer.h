#pragma once

#include "engine/core/result.h"
#include "engine/model/transformer.h"
#include "engine/text/labeltrie.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

/// What a model answers to prompts. Rows of a batch may be of any length. Without gradient.
namespace taskfold::infer {

using TokenRow = std::vector<std::int32_t>;

struct Continuation {
    TokenRow tokens;  // the end token left out
    double logProbability = 0;
};

/// Greedy, until an end token or `most` tokens. Cancelled between two tokens.
Result<std::vector<Continuation>> continueGreedily(
    const model::Transformer& model, std::span<const TokenRow> prompts, int most, const std::stop_token& stop);

/// log p of every label after every prompt, summed over the label's own tokens: [prompt][label]. The whole tree is read in
/// one pass, each node seeing the prompt and its own ancestors, so that a shared prefix is computed once.
std::vector<std::vector<double>> scoreLabels(
    const model::Transformer& model, std::span<const TokenRow> prompts, const LabelTrie& trie);

/// Sum of log p of the tokens from `targetStart` on, one for each row.
struct Target {
    TokenRow tokens;
    std::size_t targetStart = 0;
};
std::vector<double> scoreTargets(const model::Transformer& model, std::span<const Target> rows);

}  // namespace taskfold::infer
