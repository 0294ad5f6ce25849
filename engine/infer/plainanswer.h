#pragma once

#include "engine/infer/answer.h"

#include <torch/types.h>

#include <functional>
#include <utility>

/// The same answers in the plain form: padded, with a cache by row, on any device.
namespace taskfold::infer {

/// Logits [rows, vocabulary] of the step that goes from 0 -> log p and number of each row's next token.
using Chooser = std::function<std::pair<torch::Tensor, torch::Tensor>(const torch::Tensor& logits, int step)>;
Chooser chooserOf(const Sampling& sampling);

Result<std::vector<Continuation>> plainContinued(const model::Transformer& model, const model::Adapter* adapter,
    std::span<const TokenRow> prompts, const Chooser& choose, const std::vector<std::int32_t>& stops, int most,
    const std::stop_token& stop);
std::vector<std::vector<double>> plainScored(const model::Transformer& model, const model::Adapter* adapter,
    std::span<const TokenRow> prompts, const LabelTrie& trie);
std::vector<double> plainTargets(
    const model::Transformer& model, const model::Adapter* adapter, std::span<const Target> rows);

}  // namespace taskfold::infer
