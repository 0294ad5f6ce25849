#include "engine/text/tokenizer.h"
#include "engine/text/tokenizerparts.h"
#include "engine/text/words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace taskfold {

namespace {

using nlohmann::json;
using Parts = Tokenizer::Parts;

constexpr std::int32_t kMostTokens = 4'000'000;

/// Ends the reading of a file with an error of this layer.
struct Refused {
    Error error;
};

[[noreturn]] void refuse(ErrorCode code, std::string what)
{
    throw Refused{{code, std::move(what)}};
}

json parsed(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream || !std::filesystem::is_regular_file(file))
        refuse(ErrorCode::Io, "can't read " + file.string());
    json value = json::parse(stream, nullptr, false);
    if (!value.is_object())
        refuse(ErrorCode::InvalidInput, file.string() + " isn't a JSON object");
    return value;
}

std::string typeOf(const json& value)
{
    return value.is_object() ? value.value("type", "") : std::string();
}

// The parts of a Sequence, or the one thing itself.
std::vector<json> sequence(const json& value, const char* list)
{
    if (value.is_null())
        return {};
    if (typeOf(value) == "Sequence")
        return value.at(list).get<std::vector<json>>();
    return {value};
}

void put(Parts& parts, const std::string& text, std::int32_t id)
{
    if (id < 0 || id >= kMostTokens)
        refuse(ErrorCode::InvalidInput, "token number " + std::to_string(id) + " is out of range");
    if (static_cast<std::size_t>(id) >= parts.texts.size())
        parts.texts.resize(static_cast<std::size_t>(id) + 1);
    std::string& place = parts.texts[static_cast<std::size_t>(id)];
    if (!place.empty() && place != text)
        refuse(ErrorCode::InvalidInput, "token number " + std::to_string(id) + " is given twice");
    place = text;
    parts.ids[text] = id;
}

std::int32_t idOf(const Parts& parts, const std::string& text)
{
    const auto found = parts.ids.find(text);
    if (found == parts.ids.end())
        refuse(ErrorCode::InvalidInput, "a merge names \"" + text + "\", which isn't in the vocabulary");
    return found->second;
}

void readMerges(Parts& parts, const json& merges)
{
    std::int32_t rank = 0;
    for (const json& merge : merges) {
        std::string left, right;
        if (merge.is_array() && merge.size() == 2) {
            left = merge[0].get<std::string>();
            right = merge[1].get<std::string>();
        } else {
            const auto text = merge.get<std::string>();
            const std::size_t gap = text.find(' ', 1);
            if (gap == std::string::npos)
                refuse(ErrorCode::InvalidInput, "merge \"" + text + "\" has no two parts");
            left = text.substr(0, gap);
            right = text.substr(gap + 1);
        }
        const std::uint64_t key = Parts::key(idOf(parts, left), idOf(parts, right));
        parts.merges.try_emplace(key, Parts::Merge{rank++, idOf(parts, left + right)});
    }
}

void readModel(Parts& parts, const json& model)
{
    const std::string type = model.value("type", "BPE");
    if (type != "BPE")
        refuse(ErrorCode::Unsupported, "tokenizer model " + type);
    for (const char* name : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) {
        const auto found = model.find(name);
        if (found != model.end() && !found->is_null() && *found != "" && *found != 0.0)
            refuse(ErrorCode::Unsupported, std::string("tokenizer setting ") + name);
    }
    for (const auto& [text, id] : model.at("vocab").items())
        put(parts, text, id.get<std::int32_t>());
    readMerges(parts, model.at("merges"));
    parts.byteFallback = model.value("byte_fallback", false);
    const auto unknown = model.find("unk_token");
    if (unknown != model.end() && unknown->is_string())
        parts.unknown = idOf(parts, unknown->get<std::string>());
}

void readNormalizer(Parts& parts, const json& normalizer)
{
    for (const json& part : sequence(normalizer, "normalizers")) {
        const std::string type = typeOf(part);
        if (type == "Prepend" && part.value("prepend", "") == "\xE2\x96\x81")
            parts.prefixSpace = true;
        else if (type == "Replace" && part.at("pattern").value("String", "") == " "
            && part.value("content", "") == "\xE2\x96\x81")
            parts.form = Parts::Form::SentencePiece;
        else
            refuse(ErrorCode::Unsupported, "tokenizer normaliser " + type);
    }
}

void readPreTokenizer(Parts& parts, const json& preTokenizer)
{
    for (const json& part : sequence(preTokenizer, "pretokenizers")) {
        if (typeOf(part) != "ByteLevel" || !part.value("use_regex", true))
            refuse(ErrorCode::Unsupported, "pre-tokenizer " + typeOf(part));
        parts.prefixSpace = part.value("add_prefix_space", false);
    }
}

void readBytes(Parts& parts)
{
    parts.byteTokens.assign(256, -1);
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
        const std::string text
            = parts.form == Parts::Form::ByteLevel ? letterOf(static_cast<unsigned char>(byte)) : std::string(name);
        const auto found = parts.ids.find(text);
        if (found != parts.ids.end())
            parts.byteTokens[static_cast<std::size_t>(byte)] = found->second;
        else if (parts.form == Parts::Form::SentencePiece && parts.byteFallback)
            refuse(ErrorCode::InvalidInput, "the vocabulary has no token for byte " + text);
    }
}

std::optional<std::int32_t> namedToken(const Parts& parts, const json& settings, const char* name)
{
    const auto found = settings.find(name);
    if (found == settings.end() || found->is_null())
        return {};
    const std::string text = found->is_object() ? found->value("content", "") : found->get<std::string>();
    const auto id = parts.ids.find(text);
    return id == parts.ids.end() ? std::optional<std::int32_t>() : id->second;
}

// GPT-2's two files as one of the newer form.
json fromGpt2(const std::filesystem::path& folder)
{
    std::ifstream stream(folder / "merges.txt", std::ios::binary);
    if (!stream)
        refuse(ErrorCode::Io, "can't read " + (folder / "merges.txt").string());
    json merges = json::array();
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        if (!line.empty() && !line.starts_with("#version"))
            merges.push_back(line);
    }
    json vocabulary = parsed(folder / "vocab.json");
    json added = json::array();
    constexpr const char* kEnd = "<|endoftext|>";
    if (vocabulary.contains(kEnd))
        added.push_back({{"content", kEnd}, {"id", vocabulary[kEnd]}, {"special", true}});
    return {{"model", {{"type", "BPE"}, {"vocab", std::move(vocabulary)}, {"merges", std::move(merges)}}},
        {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}}, {"added_tokens", std::move(added)}};
}

Parts readParts(const std::filesystem::path& folder)
{
    const bool older = !std::filesystem::exists(folder / "tokenizer.json") && std::filesystem::exists(folder / "vocab.json");
    const json file = older ? fromGpt2(folder) : parsed(folder / "tokenizer.json");
    Parts parts;
    readNormalizer(parts, file.value("normalizer", json()));
    readModel(parts, file.at("model"));
    readPreTokenizer(parts, file.value("pre_tokenizer", json()));
    if (parts.form == Parts::Form::ByteLevel && file.value("pre_tokenizer", json()).is_null())
        refuse(ErrorCode::Unsupported, "a tokenizer without normaliser and pre-tokenizer");
    for (const json& added : file.value("added_tokens", json::array())) {
        parts.added.push_back({added.at("content"), added.at("id"), added.value("special", false)});
        if (parts.added.back().text.empty())
            refuse(ErrorCode::InvalidInput, "an added token is empty");
        put(parts, parts.added.back().text, parts.added.back().id);
    }
    std::stable_sort(parts.added.begin(), parts.added.end(),
        [](const auto& a, const auto& b) { return a.text.size() > b.text.size(); });
    readBytes(parts);
    if (std::filesystem::exists(folder / "tokenizer_config.json")) {
        const json settings = parsed(folder / "tokenizer_config.json");
        parts.bos = namedToken(parts, settings, "bos_token");
        parts.eos = namedToken(parts, settings, "eos_token");
        parts.addsBos = settings.value("add_bos_token", false) && parts.bos.has_value();
    }
    return parts;
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> openTokenizer(const std::filesystem::path& folder)
{
    try {
        return std::make_unique<Tokenizer>(readParts(folder));
    } catch (const Refused& refused) {
        return Error(refused.error).within("tokenizer in " + folder.string());
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, "tokenizer in " + folder.string() + ": " + e.what()};
    }
}

}  // namespace taskfold
