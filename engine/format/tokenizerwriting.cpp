#include "engine/format/tokenizerwriting.h"

#include "engine/format/configvalues.h"
#include "engine/format/newfile.h"
#include "engine/format/pretokenizers.h"
#include "engine/format/printable.h"
#include "engine/format/spmmerges.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace taskfold {

namespace {

using nlohmann::json;
using namespace configvalues;

constexpr const char* kSpace = "\xE2\x96\x81";  // sentencepiece's mark for a space

json sequence(const char* list, json parts)
{
    return {{"type", "Sequence"}, {list, std::move(parts)}};
}

json replace(const char* from, const char* to)
{
    return {{"type", "Replace"}, {"pattern", {{"String", from}}}, {"content", to}};
}

json vocabularyJson(const Vocabulary& vocabulary)
{
    json ids = json::object();
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const std::string& text = vocabulary.tokens[i].text;
        if (text.empty())
            refuse("token " + std::to_string(i) + " is empty");
        if (!ids.emplace(text, i).second)
            refuseUnsupported("a tokenizer in which " + printable(text) + " stands twice");
    }
    return ids;
}

json addedJson(const Vocabulary& vocabulary)
{
    json added = json::array();
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        const TokenEntry& token = vocabulary.tokens[i];
        const bool special = token.kind == TokenKind::Control || token.kind == TokenKind::Unknown;
        if (special || token.kind == TokenKind::UserDefined)
            added.push_back({{"id", i}, {"content", token.text}, {"single_word", false}, {"lstrip", false},
                {"rstrip", false}, {"normalized", false}, {"special", special}});
    }
    return added;
}

const std::string& textOf(const Vocabulary& vocabulary, std::int32_t id, const char* what)
{
    if (id < 0 || static_cast<std::size_t>(id) >= vocabulary.tokens.size())
        refuse(std::string("the number of the ") + what + " token, " + std::to_string(id) + ", is out of range");
    return vocabulary.tokens[static_cast<std::size_t>(id)].text;
}

json postProcessor(const Vocabulary& vocabulary)
{
    json single = json::array(), pair = json::array(), tokens = json::object();
    const auto token = [&](std::int32_t id, const char* what, int type, json& into) {
        const std::string& text = textOf(vocabulary, id, what);
        into.push_back({{"SpecialToken", {{"id", text}, {"type_id", type}}}});
        tokens[text] = {{"id", text}, {"ids", {id}}, {"tokens", {text}}};
    };
    for (int part = 0; part < 2; ++part) {
        for (json* list : {&single, &pair}) {
            if (list == &single && part == 1)
                continue;
            if (vocabulary.addsBos && vocabulary.bos)
                token(*vocabulary.bos, "start", part, *list);
            list->push_back({{"Sequence", {{"id", part == 0 ? "A" : "B"}, {"type_id", part}}}});
            if (vocabulary.addsEos && vocabulary.eos)
                token(*vocabulary.eos, "end", part, *list);
        }
    }
    if (tokens.empty())
        return nullptr;
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", tokens}};
}

json modelJson(const Vocabulary& vocabulary, json merges)
{
    const bool pieces = vocabulary.form == Vocabulary::Form::SentencePiece;
    json unknown;
    if (pieces && vocabulary.unknown)
        unknown = textOf(vocabulary, *vocabulary.unknown, "unknown");
    const bool bytes = pieces && std::any_of(vocabulary.tokens.begin(), vocabulary.tokens.end(),
                           [](const TokenEntry& token) { return token.kind == TokenKind::Byte; });
    const bool ignores = !pieces && ignoresMerges(vocabulary.pre);
    return {{"type", "BPE"}, {"dropout", nullptr}, {"unk_token", unknown}, {"continuing_subword_prefix", nullptr},
        {"end_of_word_suffix", nullptr}, {"fuse_unk", pieces}, {"byte_fallback", bytes}, {"ignore_merges", ignores},
        {"vocab", vocabularyJson(vocabulary)}, {"merges", std::move(merges)}};
}

json tokenizerJson(const Vocabulary& vocabulary)
{
    json file{{"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr}, {"added_tokens", addedJson(vocabulary)},
        {"normalizer", nullptr}, {"pre_tokenizer", nullptr}, {"post_processor", postProcessor(vocabulary)}};
    if (vocabulary.form == Vocabulary::Form::ByteLevel) {
        if (!knowsPreTokenizer(vocabulary.pre))
            refuseUnsupported("tokenizer.ggml.pre " + printable(vocabulary.pre));
        if (normalises(vocabulary.pre))
            file["normalizer"] = {{"type", "NFC"}};
        file["pre_tokenizer"] = preTokenizerJson(vocabulary.pre);
        file["decoder"] = {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}};
        file["model"] = modelJson(vocabulary, vocabulary.merges);
        return file;
    }
    json normalizers = json::array(), decoders{replace(kSpace, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
    if (vocabulary.prefixSpace) {
        normalizers.push_back({{"type", "Prepend"}, {"prepend", kSpace}});
        decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
    }
    normalizers.push_back(replace(" ", kSpace));
    file["normalizer"] = sequence("normalizers", std::move(normalizers));
    file["decoder"] = sequence("decoders", std::move(decoders));
    file["model"] = modelJson(vocabulary, mergesOf(vocabulary));
    return file;
}

json settingsJson(const Vocabulary& vocabulary)
{
    const bool pieces = vocabulary.form == Vocabulary::Form::SentencePiece;
    json settings{{"tokenizer_class", "PreTrainedTokenizerFast"}, {"clean_up_tokenization_spaces", false},
        {"add_bos_token", vocabulary.addsBos}, {"add_eos_token", vocabulary.addsEos},
        {"model_input_names", {"input_ids", "attention_mask"}}};
    if (pieces)
        settings["add_prefix_space"] = vocabulary.prefixSpace;
    if (vocabulary.context > 0)
        settings["model_max_length"] = vocabulary.context;
    const auto put = [&](const char* name, const std::optional<std::int32_t>& id) {
        if (id)
            settings[name] = textOf(vocabulary, *id, name);
    };
    put("bos_token", vocabulary.bos);
    put("eos_token", vocabulary.eos);
    put("unk_token", vocabulary.unknown);
    put("pad_token", vocabulary.pad);
    if (!vocabulary.chatTemplate.empty())
        settings["chat_template"] = vocabulary.chatTemplate;
    return settings;
}

}  // namespace

Result<void> writeTokenizer(const Vocabulary& vocabulary, const std::filesystem::path& folder)
{
    try {
        const std::string file = tokenizerJson(vocabulary).dump(1), settings = settingsJson(vocabulary).dump(1);
        if (Result<void> written = writeWhole(folder / "tokenizer.json", file); !written)
            return written;
        return writeWhole(folder / "tokenizer_config.json", settings);
    } catch (const Refused& refused) {
        return Error(refused.error).within("tokenizer");
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string("tokenizer: ") + e.what()};
    }
}

}  // namespace taskfold
