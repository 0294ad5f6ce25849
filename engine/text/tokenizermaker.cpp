#include "engine/text/tokenizerstate.h"

#include <algorithm>

namespace taskfold {

namespace {

using Parts = Tokenizer::Parts;
using State = Tokenizer::State;

// A vocabulary may have holes, but not so many that one number makes us ask for gigabytes.
std::int64_t mostTokens(const Parts& parts)
{
    return static_cast<std::int64_t>(parts.vocabulary.size() + parts.added.size()) * 2 + 65536;
}

std::string shown(const std::string& text)
{
    return "\"" + text.substr(0, 80) + "\"";
}

Error wrong(std::string what)
{
    return {ErrorCode::InvalidInput, std::move(what)};
}

Result<void> makeRoom(State& state, const Parts& parts)
{
    std::int64_t size = 0;
    const auto see = [&](std::int32_t id) {
        size = id < 0 ? mostTokens(parts) + 1 : std::max<std::int64_t>(size, std::int64_t{id} + 1);
        return size <= mostTokens(parts);
    };
    for (const auto& [text, id] : parts.vocabulary)
        if (!see(id))
            return wrong("token number " + std::to_string(id) + " of " + shown(text) + " is out of range");
    for (const AddedToken& added : parts.added)
        if (!see(added.id))
            return wrong("token number " + std::to_string(added.id) + " of " + shown(added.text) + " is out of range");
    state.texts.resize(static_cast<std::size_t>(size));
    state.special.resize(static_cast<std::size_t>(size));
    return {};
}

Result<void> takeVocabulary(State& state, const Parts& parts)
{
    std::vector<bool> taken(state.texts.size());
    for (const auto& [text, id] : parts.vocabulary) {
        const auto place = static_cast<std::size_t>(id);
        if (taken[place])
            return wrong("token number " + std::to_string(id) + " is given twice: to " + shown(state.texts[place]) + " and " + shown(text));
        taken[place] = true;
        state.texts[place] = text;
        state.vocabulary.emplace(state.texts[place], id);
    }
    return {};
}

// Added tokens of the vocabulary keep its numbers; others are numbered behind it, one after the other. The package reads a
// file so, whatever it says: where the two differ, programs would disagree about a text's tokens.
Result<void> takeAdded(State& state, const Parts& parts)
{
    const auto known = static_cast<std::int32_t>(state.vocabulary.size());
    std::int32_t highest = -1;
    for (const AddedToken& added : parts.added) {
        if (added.text.empty())
            return wrong("an added token is empty");
        if (state.added.contains(added.text))
            return wrong("the added token " + shown(added.text) + " is given twice");
        const auto found = state.vocabulary.find(added.text);
        const std::int32_t expected = found != state.vocabulary.end() ? found->second : std::max(highest + 1, known);
        if (expected != added.id)
            return wrong("the added token " + shown(added.text) + " has number " + std::to_string(added.id) + ", but its place makes it "
                + std::to_string(expected));
        highest = std::max(highest, added.id);
        const auto place = static_cast<std::size_t>(added.id);
        if (found == state.vocabulary.end() && !state.texts[place].empty())
            return wrong("token number " + std::to_string(added.id) + " is given twice");
        if (found == state.vocabulary.end())
            state.texts[place] = added.text;
        state.added.emplace(state.texts[place], added.id);
        state.special[place] = added.special;
    }
    return {};
}

// What is searched for in the normalised text is normalised itself.
void shareOut(State& state, const Parts& parts)
{
    std::vector<AddedToken> raw, normalised;
    for (AddedToken added : parts.added) {
        std::string text;
        if (added.normalised && !state.rules.normaliser.leaves(added.text, TextPart::Whole, text))
            added.text = text;
        (added.normalised ? normalised : raw).push_back(added);
    }
    state.rules.rawAdded = raw.empty() ? AddedTokens() : AddedTokens(std::move(raw));
    state.rules.normalisedAdded = normalised.empty() ? AddedTokens() : AddedTokens(std::move(normalised));
}

// How much longer a text may get before it is split into tokens, of which each has a byte at least (largest expansion factors:
// Unicode's FAQ on normalisation).
void boundGrowth(State& state, const Parts& parts)
{
    using Kind = NormaliserStep::Kind;
    state.growth = 1;
    state.growthOnce = 0;
    const auto grow = [&](std::size_t factor, std::size_t once) {
        state.growth *= factor;
        state.growthOnce = state.growthOnce * factor + once;
    };
    for (const NormaliserStep& step : parts.normaliser) {
        if (step.kind == Kind::Nfc || step.kind == Kind::Nfd || step.kind == Kind::Lowercase)
            grow(3, 0);
        else if (step.kind == Kind::Nfkc || step.kind == Kind::Nfkd)
            grow(11, 0);
        else if (step.kind == Kind::Prepend)
            grow(1, step.by.size());
        else if (step.kind == Kind::Replace || step.kind == Kind::ReplaceSpaceRuns)
            grow(std::max<std::size_t>(1, step.by.size()), step.by.size());
    }
    for (const SplitStep& step : parts.splits)
        if (step.kind == SplitStep::Kind::PrefixSpace || step.kind == SplitStep::Kind::Metaspace)
            grow(std::max<std::size_t>(1, step.text.size()), std::max<std::size_t>(1, step.text.size()));
}

std::optional<std::int32_t> numberOf(const State& state, const std::string& text)
{
    for (const BpeModel::Vocabulary* known : {&state.added, &state.vocabulary})
        if (const auto found = known->find(text); found != known->end() && !text.empty())
            return found->second;
    return {};
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> makeTokenizer(Tokenizer::Parts parts)
{
    auto state = std::make_unique<State>();
    for (const auto step : {makeRoom, takeVocabulary, takeAdded})
        if (Result<void> done = step(*state, parts); !done)
            return std::move(done).error();
    Result<BpeModel> model = BpeModel::of(parts, state->vocabulary);
    if (!model)
        return std::move(model).error();
    state->rules.model = *std::move(model);
    state->rules.normaliser = Normaliser(parts.normaliser);
    state->rules.splits = parts.splits;
    state->rules.special = state->special;
    shareOut(*state, parts);
    boundGrowth(*state, parts);
    state->decoder = parts.decoder;
    state->bos = numberOf(*state, parts.bos);
    state->eos = numberOf(*state, parts.eos);
    state->addsBos = parts.addsBos && state->bos.has_value();
    return std::make_unique<Tokenizer>(std::move(state));
}

}  // namespace taskfold
