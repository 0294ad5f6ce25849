#include "engine/format/tokenizerreading.h"

#include "engine/format/configvalues.h"
#include "engine/format/pretokenizers.h"
#include "engine/format/printable.h"
#include "engine/format/strictjson.h"
#include "engine/format/wholefile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace taskfold {

namespace {

using nlohmann::json;
using namespace configvalues;

constexpr std::uint64_t kLargest = 256 << 20;
constexpr int kDepth = 32;
constexpr const char* kSpace = "\xE2\x96\x81";

json parsed(const std::filesystem::path& file)
{
    const Result<std::string> text = wholeFile(file, kLargest);
    if (!text)
        throw Refused{text.error()};
    Result<json> value = parseStrictly(*text, kDepth);
    if (!value)
        throw Refused{Error(value.error()).within(file.string())};
    return *std::move(value);
}

void put(Vocabulary& vocabulary, const std::string& text, const json& id, TokenKind kind)
{
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() >= vocabulary.tokens.size())
        refuseUnsupported("token " + printable(text) + " with a number outside the model's vocabulary");
    vocabulary.tokens[id.get<std::size_t>()] = {text, kind, 0};
}

void readTokens(Vocabulary& vocabulary, const json& file)
{
    const bool pieces = vocabulary.form == Vocabulary::Form::SentencePiece;
    for (const auto& [text, id] : file.at("model").at("vocab").items()) {
        const bool byte = pieces && text.size() == 6 && text.starts_with("<0x") && text.back() == '>';
        put(vocabulary, text, id, byte ? TokenKind::Byte : TokenKind::Normal);
    }
    for (const json& added : file.value("added_tokens", json::array()))
        put(vocabulary, added.at("content").get<std::string>(), added.at("id"),
            flagAt(added, "special", false) ? TokenKind::Control : TokenKind::UserDefined);
    // As convert_hf_to_gguf.py fills holes.
    for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i)
        if (vocabulary.tokens[i].text.empty())
            vocabulary.tokens[i] = {"[PAD" + std::to_string(i) + "]", TokenKind::Unused, 0};
}

std::pair<std::string, std::string> partsOf(const json& merge)
{
    if (merge.is_array() && merge.size() == 2)
        return {merge[0].get<std::string>(), merge[1].get<std::string>()};
    const auto text = merge.get<std::string>();
    const std::size_t gap = text.find(' ', 1);
    if (gap == std::string::npos)
        refuse("merge " + printable(text) + " has no two parts");
    return {text.substr(0, gap), text.substr(gap + 1)};
}

// Byte-level: as they are. Pieces: a token's score is the rank of the first merge that makes it, downwards; what no merge
// makes is worse than all.
void readMerges(Vocabulary& vocabulary, const json& merges)
{
    std::map<std::string, float> scores;
    float rank = 0;
    for (const json& merge : merges) {
        const auto [left, right] = partsOf(merge);
        if (vocabulary.form == Vocabulary::Form::ByteLevel)
            vocabulary.merges.push_back(left + " " + right);
        else
            scores.try_emplace(left + right, -(rank += 1));
    }
    for (TokenEntry& token : vocabulary.tokens) {
        const auto found = scores.find(token.text);
        if (found != scores.end())
            token.score = found->second;
        else if (token.kind == TokenKind::Normal || token.kind == TokenKind::UserDefined)
            token.score = -1e9F;
    }
}

std::vector<json> sequence(const json& value, const char* list)
{
    if (value.is_null())
        return {};
    if (wordAt(value, "type", "") == "Sequence")
        return value.at(list).get<std::vector<json>>();
    return {value};
}

bool isReplace(const json& part)
{
    return wordAt(part, "type", "") == "Replace" && part.at("pattern").value("String", "") == " " && wordAt(part, "content", "") == kSpace;
}

void readForm(Vocabulary& vocabulary, const json& file)
{
    const json normalizer = file.value("normalizer", json()), pre = file.value("pre_tokenizer", json());
    vocabulary.prefixSpace = false;
    for (const json& part : sequence(normalizer, "normalizers")) {
        const std::string type = wordAt(part, "type", "");
        if (isReplace(part))
            vocabulary.form = Vocabulary::Form::SentencePiece;
        else if (type == "Prepend" && wordAt(part, "prepend", "") == kSpace)
            vocabulary.prefixSpace = true;
        else if (type != "NFC")
            refuseUnsupported("tokenizer normaliser " + printable(type) + " in a GGUF file");
    }
    if (!pre.is_null() && wordAt(pre, "type", "") == "Metaspace") {
        const std::string scheme = wordAt(pre, "prepend_scheme", flagAt(pre, "add_prefix_space", true) ? "always" : "never");
        vocabulary.form = Vocabulary::Form::SentencePiece;
        vocabulary.prefixSpace = scheme != "never";
        return;
    }
    if (vocabulary.form == Vocabulary::Form::SentencePiece)
        return;
    vocabulary.pre = preTokenizerName(pre, !normalizer.is_null());
    if (vocabulary.pre.empty())
        refuseUnsupported("a tokenizer whose way to cut texts llama.cpp has no name for");
}

std::optional<std::int32_t> named(const Vocabulary& vocabulary, const json& settings, const char* name)
{
    if (!isSet(settings, name))
        return {};
    const json& value = settings.at(name);
    const std::string text = value.is_object() ? wordAt(value, "content", "") : wordAt(settings, name, "");
    const auto found = std::find_if(
        vocabulary.tokens.begin(), vocabulary.tokens.end(), [&](const TokenEntry& t) { return t.text == text; });
    if (found == vocabulary.tokens.end())
        return {};
    return static_cast<std::int32_t>(found - vocabulary.tokens.begin());
}

// Whether the template puts this token before (or behind) a text.
bool adds(const json& file, const std::string& text, bool before)
{
    for (const json& part : sequence(file.value("post_processor", json()), "processors")) {
        if (wordAt(part, "type", "") != "TemplateProcessing" || part.at("single").empty())
            continue;
        const json& end = before ? part.at("single").front() : part.at("single").back();
        if (end.contains("SpecialToken") && wordAt(end.at("SpecialToken"), "id", "") == text)
            return true;
    }
    return false;
}

void readSettings(Vocabulary& vocabulary, const json& file, const std::filesystem::path& folder)
{
    std::error_code none;
    const json settings = std::filesystem::exists(folder / "tokenizer_config.json", none) ? parsed(folder / "tokenizer_config.json") : json::object();
    vocabulary.bos = named(vocabulary, settings, "bos_token");
    vocabulary.eos = named(vocabulary, settings, "eos_token");
    vocabulary.unknown = named(vocabulary, settings, "unk_token");
    vocabulary.pad = named(vocabulary, settings, "pad_token");
    const auto textOf = [&](const std::optional<std::int32_t>& id) { return id ? vocabulary.tokens[static_cast<std::size_t>(*id)].text : ""; };
    vocabulary.addsBos = vocabulary.bos && flagAt(settings, "add_bos_token", adds(file, textOf(vocabulary.bos), true));
    vocabulary.addsEos = vocabulary.eos && flagAt(settings, "add_eos_token", adds(file, textOf(vocabulary.eos), false));
    if (vocabulary.unknown && vocabulary.form == Vocabulary::Form::SentencePiece)
        vocabulary.tokens[static_cast<std::size_t>(*vocabulary.unknown)].kind = TokenKind::Unknown;
    if (isSet(settings, "chat_template") && settings.at("chat_template").is_string())
        vocabulary.chatTemplate = settings.at("chat_template").get<std::string>();
}

}  // namespace

Result<Vocabulary> readVocabulary(const std::filesystem::path& folder, int size)
{
    try {
        const json file = parsed(folder / "tokenizer.json");
        if (wordAt(file.at("model"), "type", "BPE") != "BPE")
            refuseUnsupported("tokenizer model " + printable(wordAt(file.at("model"), "type", "")) + " in a GGUF file");
        Vocabulary vocabulary;
        vocabulary.tokens.resize(static_cast<std::size_t>(size));
        readForm(vocabulary, file);
        readTokens(vocabulary, file);
        readMerges(vocabulary, file.at("model").at("merges"));
        readSettings(vocabulary, file, folder);
        return vocabulary;
    } catch (const Refused& refused) {
        return Error(refused.error).within("tokenizer");
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string("tokenizer: ") + e.what()};
    }
}

}  // namespace taskfold
