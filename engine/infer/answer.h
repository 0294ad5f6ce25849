#pragma once

#include "engine/core/result.h"
#include "engine/model/packednet.h"
#include "engine/text/labeltrie.h"

#include <cstdint>
#include <memory>
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

/// How the next token is chosen. At temperature 0 the likeliest; else drawn, after what is unlikely was left out.
struct Sampling {
    int most = 64;  // new tokens
    double temperature = 0;
    int topK = 0;  // 0: all
    double topP = 1;
    std::uint64_t seed = 1;
    std::vector<std::int32_t> stops{};  // beside the model's own end tokens
};

struct Best {
    int label = 0;
    double logProbability = 0;
};

/// A model that is asked: by PackedNet where it runs, in the plain form elsewhere.
struct Reader {
    const model::Transformer& model;
    model::PackedNet* net = nullptr;
    model::Adapter* adapter = nullptr;
};

/// Answers many prompts that begin alike (a task's instruction): their common beginning is read once.
class Answerer {
public:
    /// `common`: tokens that every prompt begins with.
    Answerer(const Reader& reader, TokenRow common);

    /// Until an end token or `most` tokens. Cancelled between two tokens.
    Result<std::vector<Continuation>> continued(
        std::span<const TokenRow> prompts, const Sampling& sampling, const std::stop_token& stop);
    /// log p of every label after every prompt, summed over the label's own tokens: [prompt][label]. All labels are read in
    /// one pass as a tree; the head is asked at its inner nodes alone.
    std::vector<std::vector<double>> scored(std::span<const TokenRow> prompts, const LabelTrie& trie);
    /// The label whose sum is highest, exactly: a branch is left once it can't win any more, since a sum only falls.
    std::vector<Best> best(std::span<const TokenRow> prompts, const LabelTrie& trie);

private:
    model::Tree treeBehind(std::span<const TokenRow> prompts) const;

    Reader m_reader;
    TokenRow m_common;
    model::Store m_prefix;
};

/// The longest beginning that all prompts have in common and that leaves each at least one token.
TokenRow commonBeginning(std::span<const TokenRow> prompts);

/// Sum of log p of the tokens from `targetStart` on, one for each row.
struct Target {
    TokenRow tokens;
    std::size_t targetStart = 0;
};
std::vector<double> scoreTargets(const Reader& reader, std::span<const Target> rows);

}  // namespace taskfold::infer
