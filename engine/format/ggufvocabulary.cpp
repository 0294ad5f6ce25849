#include "engine/format/ggufvocabulary.h"

#include "engine/format/configvalues.h"
#include "engine/format/pretokenizers.h"
#include "engine/format/printable.h"

#include <cmath>
#include <limits>

namespace taskfold {

namespace {

using namespace configvalues;

const std::string kPrefix = "tokenizer.ggml.";

// A list that goes along with the tokens: as long, or absent.
const GgufNumbers* alongside(const GgufFile& file, const char* name, std::size_t count)
{
    const std::string key = kPrefix + name;
    const GgufNumbers* numbers = file.numbers(key);
    if (numbers == nullptr && file.metadata().contains(key))
        refuse(key + " isn't a list of numbers");
    if (numbers != nullptr && numbers->size() != count)
        refuse(key + " has " + std::to_string(numbers->size()) + " entries for " + std::to_string(count) + " tokens");
    return numbers;
}

TokenKind kindOf(double number, std::size_t token)
{
    if (number != std::floor(number) || number < 1 || number > 6)
        refuse("token " + std::to_string(token) + " has the unknown kind " + std::to_string(number));
    return static_cast<TokenKind>(static_cast<int>(number));
}

std::optional<std::int32_t> idAt(const GgufFile& file, const char* name, std::size_t count)
{
    const std::string key = kPrefix + name;
    if (!file.metadata().contains(key))
        return {};
    const auto id = file.whole(key);
    if (!id || *id >= count) {
        // 2^32 - 1 is -1 there: none.
        if (id == std::numeric_limits<std::uint32_t>::max())
            return {};
        refuse(key + " isn't the number of a token");
    }
    return static_cast<std::int32_t>(*id);
}

void readTokens(Vocabulary& vocabulary, const GgufFile& file)
{
    const auto* texts = file.texts(kPrefix + "tokens");
    if (texts == nullptr || texts->empty())
        refuse("tokenizer.ggml.tokens is missing");
    const GgufNumbers* kinds = alongside(file, "token_type", texts->size());
    const GgufNumbers* scores = alongside(file, "scores", texts->size());
    if (vocabulary.form == Vocabulary::Form::SentencePiece && scores == nullptr)
        refuse("tokenizer.ggml.scores is missing");
    for (std::size_t i = 0; i < texts->size(); ++i) {
        const double score = scores != nullptr ? scores->at(i) : 0;
        if (std::isnan(score))
            refuse("token " + std::to_string(i) + " has no score");
        vocabulary.tokens.push_back({std::string((*texts)[i]), kinds != nullptr ? kindOf(kinds->at(i), i) : TokenKind::Normal,
            static_cast<float>(score)});
    }
}

Vocabulary read(const GgufFile& file)
{
    Vocabulary vocabulary;
    const std::string model(file.text(kPrefix + "model").value_or(""));
    if (model != "gpt2" && model != "llama")
        refuseUnsupported("tokenizer.ggml.model " + printable(model) + " (supported: gpt2, llama)");
    if (file.metadata().contains(kPrefix + "precompiled_charsmap"))
        refuseUnsupported("tokenizer.ggml.precompiled_charsmap");
    if (file.flag(kPrefix + "remove_extra_whitespaces").value_or(false))
        refuseUnsupported("tokenizer.ggml.remove_extra_whitespaces");
    const bool pieces = model == "llama";
    vocabulary.form = pieces ? Vocabulary::Form::SentencePiece : Vocabulary::Form::ByteLevel;
    vocabulary.pre = file.text(kPrefix + "pre").value_or("");
    if (!pieces && !knowsPreTokenizer(vocabulary.pre))
        refuseUnsupported("tokenizer.ggml.pre " + printable(vocabulary.pre));
    readTokens(vocabulary, file);
    if (!pieces) {
        const auto* merges = file.texts(kPrefix + "merges");
        if (merges == nullptr)
            refuse("tokenizer.ggml.merges is missing");
        vocabulary.merges.assign(merges->begin(), merges->end());
    }
    const std::size_t count = vocabulary.tokens.size();
    vocabulary.bos = idAt(file, "bos_token_id", count);
    vocabulary.eos = idAt(file, "eos_token_id", count);
    vocabulary.unknown = idAt(file, "unknown_token_id", count);
    vocabulary.pad = idAt(file, "padding_token_id", count);
    if (pieces && !vocabulary.unknown && count > 0 && vocabulary.tokens.front().kind == TokenKind::Unknown)
        vocabulary.unknown = 0;
    // Left out, sentencepiece vocabularies begin with the start token and a space, and byte-level ones don't.
    vocabulary.addsBos = file.flag(kPrefix + "add_bos_token").value_or(pieces) && vocabulary.bos.has_value();
    vocabulary.addsEos = file.flag(kPrefix + "add_eos_token").value_or(false) && vocabulary.eos.has_value();
    vocabulary.prefixSpace = pieces && file.flag(kPrefix + "add_space_prefix").value_or(true);
    vocabulary.chatTemplate = file.text("tokenizer.chat_template").value_or("");
    return vocabulary;
}

}  // namespace

Result<Vocabulary> vocabularyOf(const GgufFile& file)
{
    try {
        return read(file);
    } catch (const Refused& refused) {
        return refused.error;
    }
}

}  // namespace taskfold
