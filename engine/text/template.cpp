#include "engine/text/template.h"

#include "engine/core/hash.h"

#include <algorithm>

namespace taskfold {

namespace {

struct Pieces {
    std::vector<std::int32_t> before, input, after;
};

Pieces piecesOf(const Tokenizer& tokenizer, const Task& task, std::string_view input)
{
    Pieces pieces;
    if (tokenizer.addsBos() && tokenizer.bos())
        pieces.before.push_back(*tokenizer.bos());
    const auto append = [](std::vector<std::int32_t>& to, const std::vector<std::int32_t>& more) {
        to.insert(to.end(), more.begin(), more.end());
    };
    if (task.instruction.empty()) {
        append(pieces.input, tokenizer.encode(input, SpecialTokens::AsText));
    } else {
        append(pieces.before, tokenizer.encode(task.instruction + "\n", SpecialTokens::AsText));
        append(pieces.input, tokenizer.encodeContinuation(input, SpecialTokens::AsText));
    }
    pieces.after = tokenizer.encodeContinuation("\n", SpecialTokens::AsText);
    return pieces;
}

// Joins the prompt's pieces into at most `most` tokens: the middle of the input goes.
Result<Rendered> joined(Pieces pieces, const Task& task, std::size_t most)
{
    const std::size_t fixed = pieces.before.size() + pieces.after.size();
    if (fixed >= most)
        return Error{ErrorCode::InvalidInput,
            "instruction and target of task " + task.name + " leave no room for an input in the context"};
    Rendered rendered;
    const std::size_t room = most - fixed;
    rendered.tokens = std::move(pieces.before);
    if (pieces.input.size() > room) {
        rendered.truncatedTokens = pieces.input.size() - room;
        const auto head = static_cast<std::ptrdiff_t>((room + 1) / 2);
        const auto tail = static_cast<std::ptrdiff_t>(room / 2);
        rendered.tokens.insert(rendered.tokens.end(), pieces.input.begin(), pieces.input.begin() + head);
        rendered.tokens.insert(rendered.tokens.end(), pieces.input.end() - tail, pieces.input.end());
    } else {
        rendered.tokens.insert(rendered.tokens.end(), pieces.input.begin(), pieces.input.end());
    }
    rendered.tokens.insert(rendered.tokens.end(), pieces.after.begin(), pieces.after.end());
    rendered.targetStart = rendered.tokens.size();
    return rendered;
}

}  // namespace

Result<Rendered> render(const Tokenizer& tokenizer, const Task& task, const Row& row, int context)
{
    std::vector<std::int32_t> target = tokenizer.encodeContinuation(row.target, SpecialTokens::AsText);
    if (tokenizer.eos())
        target.push_back(*tokenizer.eos());
    if (target.size() >= static_cast<std::size_t>(context))
        return Error{ErrorCode::InvalidInput, "the target is longer than the context"};
    Result<Rendered> rendered = joined(
        piecesOf(tokenizer, task, row.input), task, static_cast<std::size_t>(context) - target.size());
    if (rendered)
        rendered->tokens.insert(rendered->tokens.end(), target.begin(), target.end());
    return rendered;
}

std::size_t fixedTokens(const Tokenizer& tokenizer, const Task& task)
{
    const Pieces pieces = piecesOf(tokenizer, task, {});
    return pieces.before.size() + pieces.after.size() + (tokenizer.eos() ? 1 : 0);
}

Result<Rendered> promptOnly(
    const Tokenizer& tokenizer, const Task& task, std::string_view input, int context, int room)
{
    return joined(
        piecesOf(tokenizer, task, input), task, static_cast<std::size_t>(std::max(0, context - room)));
}

std::string promptText(const Task& task, std::string_view input)
{
    std::string text = task.instruction.empty() ? std::string() : task.instruction + "\n";
    text += input;
    return text + "\n";
}

std::string templateHash()
{
    return sha256("start? instruction? \\n input \\n | target end; pieces tokenised apart; middle of input goes");
}

}  // namespace taskfold
