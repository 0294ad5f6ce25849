#include "engine/format/pretokenizers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace taskfold {

namespace {

using nlohmann::json;

// Llama 3's, Qwen2's: from the tokenizer.json files of their releases.
constexpr const char* kLlama3 = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2 = R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

enum class Cut { Gpt2, Digits, Llama3, Qwen2 };

struct PreTokenizer {
    std::string_view name;  // llama.cpp's tokenizer.ggml.pre
    Cut cut;
};

constexpr std::array kPreTokenizers{PreTokenizer{"gpt-2", Cut::Gpt2}, PreTokenizer{"phi-2", Cut::Gpt2},
    PreTokenizer{"smollm", Cut::Digits}, PreTokenizer{"starcoder", Cut::Digits}, PreTokenizer{"refact", Cut::Digits},
    PreTokenizer{"command-r", Cut::Digits}, PreTokenizer{"llama-bpe", Cut::Llama3}, PreTokenizer{"llama3", Cut::Llama3},
    PreTokenizer{"llama-v3", Cut::Llama3}, PreTokenizer{"qwen2", Cut::Qwen2}, PreTokenizer{"deepseek-r1-qwen", Cut::Qwen2}};

const PreTokenizer* find(const std::string& pre)
{
    const auto found = std::find_if(
        kPreTokenizers.begin(), kPreTokenizers.end(), [&](const PreTokenizer& p) { return p.name == pre; });
    return found == kPreTokenizers.end() ? nullptr : &*found;
}

json byteLevel(bool useRegex)
{
    return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", useRegex}};
}

json split(const char* pattern)
{
    return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

json sequence(const char* list, json parts)
{
    return {{"type", "Sequence"}, {list, std::move(parts)}};
}

json preTokenizerOf(Cut cut)
{
    switch (cut) {
    case Cut::Gpt2: return byteLevel(true);
    case Cut::Digits:
        return sequence("pretokenizers", {{{"type", "Digits"}, {"individual_digits", true}}, byteLevel(true)});
    case Cut::Llama3: return sequence("pretokenizers", {split(kLlama3), byteLevel(false)});
    case Cut::Qwen2: return sequence("pretokenizers", {split(kQwen2), byteLevel(false)});
    }
    return nullptr;
}

// What a pre-tokenizer does, without what it doesn't: defaults that may be left out.
json plain(const json& value)
{
    if (!value.is_object())
        return value;
    const std::string type = value.value("type", "");
    if (type == "Sequence" && value.contains("pretokenizers") && value.at("pretokenizers").is_array()) {
        json parts = json::array();
        for (const json& part : value.at("pretokenizers"))
            parts.push_back(plain(part));
        return parts.size() == 1 ? parts.front() : sequence("pretokenizers", std::move(parts));
    }
    json copy = value;
    if (type == "ByteLevel") {
        copy["trim_offsets"] = true;  // only for places in the text
        copy["use_regex"] = value.value("use_regex", true);
        copy["add_prefix_space"] = value.value("add_prefix_space", true);
    }
    if (type == "Split")
        copy["invert"] = value.value("invert", false);
    return copy;
}

}  // namespace

bool knowsPreTokenizer(const std::string& pre)
{
    return find(pre) != nullptr;
}

json preTokenizerJson(const std::string& pre)
{
    return preTokenizerOf(find(pre)->cut);
}

bool normalises(const std::string& pre)
{
    return find(pre)->cut == Cut::Qwen2;
}

bool ignoresMerges(const std::string& pre)
{
    return find(pre)->cut == Cut::Llama3;
}

std::string preTokenizerName(const json& value, bool normalised)
{
    const json wanted = plain(value);
    for (const PreTokenizer& known : kPreTokenizers)
        if (preTokenizerOf(known.cut) == wanted && (known.cut == Cut::Qwen2) == normalised)
            return std::string(known.name);
    return {};
}

}  // namespace taskfold
