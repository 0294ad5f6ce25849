#include "engine/text/jsonreading.h"

#include "engine/text/tokenizerfiles.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace taskfold::reading {

namespace {

using nlohmann::json;
using Parts = Tokenizer::Parts;

std::int32_t numberOf(const json& id, const std::string& text)
{
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int32_t>::max()})
        refuse(ErrorCode::InvalidInput, "the number of token \"" + text.substr(0, 80) + "\" isn't one: " + id.dump().substr(0, 40));
    return id.get<std::int32_t>();
}

std::pair<std::string, std::string> partsOfMerge(const std::string& text)
{
    const std::size_t gap = text.find(' ');
    if (gap == std::string::npos || text.find(' ', gap + 1) != std::string::npos)
        refuse(ErrorCode::InvalidInput, "merge \"" + text.substr(0, 80) + "\" hasn't two parts");
    return {text.substr(0, gap), text.substr(gap + 1)};
}

std::pair<std::string, std::string> mergeOf(const json& merge)
{
    if (merge.is_array() && merge.size() == 2)
        return {merge[0].get<std::string>(), merge[1].get<std::string>()};
    return partsOfMerge(merge.get<std::string>());
}

bool isSet(const json& model, const char* name)
{
    const auto found = model.find(name);
    return found != model.end() && !found->is_null() && *found != "";
}

AddedToken addedOf(const json& added)
{
    AddedToken token;
    token.text = added.at("content");
    token.id = numberOf(added.at("id"), token.text);
    token.special = added.value("special", false);
    token.singleWord = added.value("single_word", false);
    token.leftStrip = added.value("lstrip", false);
    token.rightStrip = added.value("rstrip", false);
    token.normalised = added.value("normalized", !token.special);
    if (token.text.size() > 1024)
        refuse(ErrorCode::Unsupported, "an added token of more than 1,024 bytes");
    return token;
}

json parsed(std::string_view text)
{
    json value = json::parse(text.begin(), text.end(), nullptr, false);
    if (value.is_discarded())
        refuse(ErrorCode::InvalidInput, "it isn't JSON");
    if (!value.is_object())
        refuse(ErrorCode::InvalidInput, "it isn't a JSON object");
    return value;
}

json componentOf(const json& file, const char* name)
{
    const auto found = file.find(name);
    return found == file.end() ? json() : *found;
}

}  // namespace

void readModel(Parts& parts, const json& model)
{
    const std::string type = model.value("type", model.contains("merges") ? "BPE" : "WordPiece");
    if (type != "BPE")
        refuse(ErrorCode::Unsupported, "tokenizer model " + type);
    for (const char* name : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (isSet(model, name))
            refuse(ErrorCode::Unsupported, std::string("tokenizer setting ") + name);
    for (const auto& [text, id] : model.at("vocab").items())
        parts.vocabulary.emplace_back(text, numberOf(id, text));
    for (const json& merge : model.at("merges")) {
        if (merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version"))
            continue;
        parts.merges.push_back(mergeOf(merge));
        if (parts.merges.back().first.empty() || parts.merges.back().second.empty())
            refuse(ErrorCode::InvalidInput, "a merge has an empty part");
    }
    parts.byteFallback = isSet(model, "byte_fallback") && model["byte_fallback"].get<bool>();
    parts.fuseUnknown = isSet(model, "fuse_unk") && model["fuse_unk"].get<bool>();
    parts.ignoreMerges = isSet(model, "ignore_merges") && model["ignore_merges"].get<bool>();
    if (isSet(model, "unk_token"))
        parts.unknown = model["unk_token"].get<std::string>();
}

// Which tokens the model's makers put around a text.
void readPostProcessor(Parts& parts, const json& processor)
{
    for (const json& part : sequence(processor, "processors")) {
        if (typeOf(part) != "TemplateProcessing")
            continue;
        bool before = true;
        for (const json& piece : part.at("single")) {
            before = before && !piece.contains("Sequence");
            if (piece.contains("SpecialToken"))
                (before ? parts.bos : parts.eos) = piece["SpecialToken"].at("id").get<std::string>();
        }
        parts.addsBos = !parts.bos.empty();
    }
}

Parts partsOf(std::string_view text)
{
    const json file = parsed(text);
    Parts parts;
    readModel(parts, file.at("model"));
    readNormaliser(parts, componentOf(file, "normalizer"));
    readPreTokenizer(parts, componentOf(file, "pre_tokenizer"));
    readDecoder(parts, componentOf(file, "decoder"));
    readPostProcessor(parts, componentOf(file, "post_processor"));
    const json added = componentOf(file, "added_tokens");
    if (!added.is_null() && !added.is_array())
        refuse(ErrorCode::InvalidInput, "its added tokens aren't a list");
    for (const json& token : added)
        parts.added.push_back(addedOf(token));
    return parts;
}

Parts partsOfGpt2(std::string_view vocabulary, std::string_view merges)
{
    Parts parts;
    const json numbers = parsed(vocabulary);
    for (const auto& [token, id] : numbers.items())
        parts.vocabulary.emplace_back(token, numberOf(id, token));
    while (!merges.empty()) {
        std::string line(merges.substr(0, merges.find('\n')));
        merges.remove_prefix(std::min(merges.size(), line.size() + 1));
        if (line.ends_with('\r'))
            line.pop_back();
        if (!line.empty() && !line.starts_with("#version"))
            parts.merges.push_back(partsOfMerge(line));
    }
    parts.byteLevel = true;
    parts.splits.push_back({SplitStep::Kind::Pattern});
    parts.decoder.push_back({DecoderStep::Kind::ByteLevel});
    constexpr const char* kEnd = "<|endoftext|>";
    for (const auto& [token, id] : parts.vocabulary)
        if (token == kEnd) {
            parts.added.push_back({kEnd, id, true});
            parts.bos = parts.eos = kEnd;
        }
    return parts;
}

void readSettings(Parts& parts, std::string_view text)
{
    const json settings = parsed(text);
    const auto named = [&](const char* name, std::string& token) {
        const auto found = settings.find(name);
        if (found != settings.end() && !found->is_null())
            token = found->is_object() ? found->value("content", "") : found->get<std::string>();
    };
    named("bos_token", parts.bos);
    named("eos_token", parts.eos);
    const auto adds = settings.find("add_bos_token");
    if (adds != settings.end() && adds->is_boolean())
        parts.addsBos = adds->get<bool>();
}

}  // namespace taskfold::reading
