#pragma once

#include "engine/core/result.h"
#include "engine/core/row.h"
#include "engine/core/task.h"
#include "engine/text/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The one prompt of training, evaluation and serving (method.md 2):
/// "<instruction>\n<input>\n", then target and end token; without instruction its line is left out.
/// Names of special tokens in a row are only letters.
namespace taskfold {

struct Rendered {
    std::vector<std::int32_t> tokens;
    std::size_t targetStart
        = 0;  // of the first token that counts in the loss; tokens.size() for a prompt alone
    std::size_t truncatedTokens = 0;  // taken from the middle of the input
};

/// Start token (where the tokenizer says so), prompt, target, end token; at most `context` tokens. Too long:
/// the middle of the input goes. InvalidInput when instruction and target alone don't fit.
Result<Rendered> render(const Tokenizer& tokenizer, const Task& task, const Row& row, int context);

/// Tokens of every row beside its input's and its target's own: with these, the target's must be less than the context.
std::size_t fixedTokens(const Tokenizer& tokenizer, const Task& task);

/// The prompt alone, at most `context - room` tokens: `room` are for the answer.
Result<Rendered> promptOnly(
    const Tokenizer& tokenizer, const Task& task, std::string_view input, int context, int room);

/// The prompt as text, as it is tokenised when it isn't too long.
std::string promptText(const Task& task, std::string_view input);

/// Changes when the form of the prompt does. Lies in every checkpoint's metadata.
std::string templateHash();

}  // namespace taskfold
