#include "engine/text/jsonreading.h"

#include "engine/text/utf8.h"

#include <nlohmann/json.hpp>

namespace taskfold::reading {

namespace {

using nlohmann::json;
using Parts = Tokenizer::Parts;

constexpr int kDeepest = 8;

SplitBehaviour behaviourOf(const std::string& word)
{
    if (word == "Removed")
        return SplitBehaviour::Removed;
    if (word == "Isolated")
        return SplitBehaviour::Isolated;
    if (word == "MergedWithPrevious")
        return SplitBehaviour::MergedWithPrevious;
    if (word == "MergedWithNext")
        return SplitBehaviour::MergedWithNext;
    if (word == "Contiguous")
        return SplitBehaviour::Contiguous;
    refuse(ErrorCode::Unsupported, "split behaviour " + word);
}

// The patterns we know cover a text wholly, so "keep the matches" and "cut at them" are one.
SplitStep splitOf(const json& part)
{
    SplitStep step;
    const bool invert = part.value("invert", false);
    step.behaviour = behaviourOf(part.at("behavior"));
    const json& pattern = part.at("pattern");
    if (pattern.contains("String")) {
        step.kind = SplitStep::Kind::Literal;
        step.text = textOf(pattern, "Split");
        if (invert)
            refuse(ErrorCode::Unsupported, "pre-tokenizer Split with invert");
        return step;
    }
    const std::string expression = pattern.at("Regex");
    const std::optional<Pattern> known = patternOf(expression);
    const bool keepsAll = step.behaviour == SplitBehaviour::Isolated || (step.behaviour == SplitBehaviour::Removed && invert);
    if (!known || !keepsAll)
        refuse(ErrorCode::Unsupported, "pre-tokenizer pattern " + expression);
    step.pattern = *known;
    return step;
}

void readByteLevel(Parts& parts, const json& part)
{
    parts.byteLevel = true;
    if (part.at("add_prefix_space").get<bool>())
        parts.splits.push_back({SplitStep::Kind::PrefixSpace});
    if (part.value("use_regex", true))
        parts.splits.push_back({SplitStep::Kind::Pattern});
}

std::string oneCharacter(const json& text, const char* what)
{
    const std::string character = text.get<std::string>();
    if (character.empty() || characterBytes(character, 0) != character.size())
        refuse(ErrorCode::InvalidInput, std::string(what) + " isn't one character");
    return character;
}

PrefixScheme schemeOf(const json& part)
{
    const std::string word = part.value("prepend_scheme", part.value("add_prefix_space", true) ? "always" : "never");
    if (word != "always" && word != "first" && word != "never")
        refuse(ErrorCode::Unsupported, "prepend scheme " + word);
    return word == "always" ? PrefixScheme::Always : word == "first" ? PrefixScheme::First : PrefixScheme::Never;
}

NormaliserStep normaliserOf(const json& part)
{
    using Kind = NormaliserStep::Kind;
    const std::string type = typeOf(part);
    constexpr std::pair<const char*, Kind> kPlain[]
        = {{"NFC", Kind::Nfc}, {"NFD", Kind::Nfd}, {"NFKC", Kind::Nfkc}, {"NFKD", Kind::Nfkd}, {"Lowercase", Kind::Lowercase}};
    for (const auto& [name, kind] : kPlain)
        if (type == name)
            return {kind};
    NormaliserStep step;
    if (type == "Strip") {
        step.kind = Kind::Strip;
        step.left = part.at("strip_left");
        step.right = part.at("strip_right");
    } else if (type == "Prepend") {
        step.kind = Kind::Prepend;
        step.by = part.at("prepend");
    } else if (type == "Replace") {
        const json& pattern = part.at("pattern");
        const bool spaces = pattern.value("Regex", "") == " {2,}";
        step.kind = spaces ? Kind::ReplaceSpaceRuns : Kind::Replace;
        step.what = spaces ? " " : textOf(pattern, "normaliser Replace");
        step.by = part.at("content");
    } else {
        refuse(ErrorCode::Unsupported, "normaliser " + type);
    }
    return step;
}

}  // namespace

void refuse(ErrorCode code, std::string what)
{
    throw Refused{{code, std::move(what)}};
}

std::string typeOf(const json& component)
{
    return component.is_object() ? component.value("type", "") : std::string();
}

std::vector<json> sequence(const json& component, const char* list, int depth)
{
    if (component.is_null())
        return {};
    if (typeOf(component) != "Sequence")
        return {component};
    if (depth == kDeepest)
        refuse(ErrorCode::Unsupported, std::string("sequences within sequences of ") + list);
    std::vector<json> all;
    for (const json& part : component.at(list))
        for (json& inner : sequence(part, list, depth + 1))
            all.push_back(std::move(inner));
    return all;
}

std::string textOf(const json& pattern, const char* kind)
{
    if (pattern.contains("Regex"))
        refuse(ErrorCode::Unsupported, std::string(kind) + " pattern " + pattern["Regex"].dump());
    const std::string text = pattern.at("String");
    if (text.empty())
        refuse(ErrorCode::Unsupported, std::string(kind) + " of an empty text");
    return text;
}

void readNormaliser(Parts& parts, const json& normaliser)
{
    for (const json& part : sequence(normaliser, "normalizers"))
        parts.normaliser.push_back(normaliserOf(part));
}

void readPreTokenizer(Parts& parts, const json& preTokenizer)
{
    for (const json& part : sequence(preTokenizer, "pretokenizers")) {
        const std::string type = typeOf(part);
        if (parts.byteLevel)
            refuse(ErrorCode::Unsupported, "pre-tokenizer " + type + " after ByteLevel");
        SplitStep step;
        if (type == "ByteLevel") {
            readByteLevel(parts, part);
            continue;
        }
        if (type == "Split") {
            step = splitOf(part);
        } else if (type == "Digits") {
            step.kind = part.value("individual_digits", false) ? SplitStep::Kind::Digits : SplitStep::Kind::DigitRuns;
        } else if (type == "Metaspace") {
            step.kind = SplitStep::Kind::Metaspace;
            step.text = oneCharacter(part.at("replacement"), "the replacement of Metaspace");
            step.scheme = schemeOf(part);
            step.split = part.value("split", true);
        } else {
            refuse(ErrorCode::Unsupported, "pre-tokenizer " + type);
        }
        parts.splits.push_back(step);
    }
}

void readDecoder(Parts& parts, const json& decoder)
{
    using Kind = DecoderStep::Kind;
    for (const json& part : sequence(decoder, "decoders")) {
        const std::string type = typeOf(part);
        DecoderStep step;
        if (type == "ByteLevel") {
            step.kind = Kind::ByteLevel;
        } else if (type == "ByteFallback") {
            step.kind = Kind::ByteFallback;
        } else if (type == "Fuse") {
            step.kind = Kind::Fuse;
        } else if (type == "Strip") {
            step.kind = Kind::Strip;
            step.what = oneCharacter(part.at("content"), "what the decoder strips");
            step.start = std::clamp(part.value("start", 0), 0, 1000);
            step.stop = std::clamp(part.value("stop", 0), 0, 1000);
        } else if (type == "Replace") {
            step.kind = Kind::Replace;
            step.what = textOf(part.at("pattern"), "decoder Replace");
            step.by = part.at("content");
        } else if (type == "Metaspace") {
            step.kind = Kind::Metaspace;
            step.what = oneCharacter(part.at("replacement"), "the replacement of Metaspace");
            step.dropsFirst = schemeOf(part) != PrefixScheme::Never;
        } else {
            refuse(ErrorCode::Unsupported, "decoder " + type);
        }
        parts.decoder.push_back(step);
    }
}

}  // namespace taskfold::reading
