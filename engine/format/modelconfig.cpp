#include "engine/format/modelconfig.h"

#include "engine/format/configvalues.h"
#include "engine/format/printable.h"
#include "engine/format/ropeconfig.h"
#include "engine/format/strictjson.h"
#include "engine/format/wholefile.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace taskfold {

namespace {

using nlohmann::json;
using namespace configvalues;
using namespace std::string_view_literals;

constexpr int kDepth = 16;
constexpr std::uint64_t kLargestFile = 4 << 20;

// The largest sizes: no product of two of them overflows, and the largest models there are have a twentieth of them.
constexpr std::int64_t kMostLayers = 1000;
constexpr std::int64_t kMostHeads = 1 << 14;
constexpr std::int64_t kLargestSize = 1 << 20;
constexpr std::int64_t kLargestVocabulary = 1 << 24;

// What is read below.
constexpr std::array kRead{"model_type"sv, "hidden_size"sv, "num_hidden_layers"sv, "num_attention_heads"sv,
    "num_key_value_heads"sv, "head_dim"sv, "intermediate_size"sv, "vocab_size"sv, "max_position_embeddings"sv,
    "rms_norm_eps"sv, "rope_theta"sv, "rope_scaling"sv, "rope_parameters"sv, "tie_word_embeddings"sv,
    "attention_bias"sv, "sliding_window"sv, "use_sliding_window"sv, "max_window_layers"sv, "layer_types"sv,
    "bos_token_id"sv, "eos_token_id"sv, "pad_token_id"sv, "hidden_act"sv, "partial_rotary_factor"sv,
    "pretraining_tp"sv};

// What changes no logit and no loss: names, storage, how to generate by default, training of the original, classifiers.
constexpr std::array kHarmless{"architectures"sv, "transformers_version"sv, "torch_dtype"sv, "dtype"sv, "use_cache"sv,
    "initializer_range"sv, "attention_dropout"sv, "name_or_path"sv, "is_llama_config"sv, "transformers.js_config"sv,
    "unsloth_fixed"sv, "unsloth_version"sv, "return_dict"sv, "output_hidden_states"sv, "output_attentions"sv,
    "torchscript"sv, "use_bfloat16"sv, "chunk_size_feed_forward"sv, "is_decoder"sv, "max_length"sv, "min_length"sv,
    "do_sample"sv, "early_stopping"sv, "num_beams"sv, "num_beam_groups"sv, "diversity_penalty"sv, "temperature"sv,
    "top_k"sv, "top_p"sv, "typical_p"sv, "repetition_penalty"sv, "length_penalty"sv, "no_repeat_ngram_size"sv,
    "encoder_no_repeat_ngram_size"sv, "num_return_sequences"sv, "output_scores"sv, "return_dict_in_generate"sv,
    "bad_words_ids"sv, "suppress_tokens"sv, "begin_suppress_tokens"sv, "finetuning_task"sv, "id2label"sv,
    "label2id"sv, "num_labels"sv, "tokenizer_class"sv, "sep_token_id"sv, "unk_token_id"sv, "cls_token_id"sv, "decoder_start_token_id"sv,
    "task_specific_params"sv, "problem_type"sv, "gradient_checkpointing"sv, "attn_implementation"sv, "license"sv,
    "max_sequence_length"sv, "model_max_length"sv, "neftune_noise_alpha"sv};

void refuseOthers(const json& value)
{
    std::vector<std::string_view> known(kRead.begin(), kRead.end());
    known.insert(known.end(), kHarmless.begin(), kHarmless.end());
    refuseUnknown(value, known);
    const std::string act = wordAt(value, "hidden_act", "silu");
    if (act != "silu")
        refuseUnsupported("hidden_act " + printable(act));
    if (positiveAt(value, "partial_rotary_factor", 1) != 1)
        refuseUnsupported("partial_rotary_factor");
}

// Transformers 4 has rope_theta and rope_scaling; transformers 5 puts both into rope_parameters.
void readRotary(ModelConfig& config, const json& value)
{
    config.ropeTheta = positiveAt(value, "rope_theta", 10000);
    if (isSet(value, "rope_scaling"))
        config.ropeScaling = ropeScalingOf(value.at("rope_scaling"), config.context);
    if (isSet(value, "rope_parameters")) {
        const json& parameters = value.at("rope_parameters");
        config.ropeScaling = ropeScalingOf(parameters, config.context);
        config.ropeTheta = positiveAt(parameters, "rope_theta", config.ropeTheta);
    }
    if (config.ropeScaling.kind == RopeScaling::Kind::Yarn && config.ropeTheta <= 1)
        refuse("rope_theta must be above 1");
}

// By layer, for the families that name a first layer with a window or list the kinds.
std::vector<int> windowsOf(const json& value, int layers, int window)
{
    const auto first = wholeAt(value, "max_window_layers", 0, std::numeric_limits<int>::max(), 28);
    std::vector<int> windows(static_cast<std::size_t>(layers), 0);
    for (int i = 0; i < layers; ++i)
        windows[static_cast<std::size_t>(i)] = i >= first ? window : 0;
    if (!isSet(value, "layer_types"))
        return windows;
    const json& kinds = value.at("layer_types");
    if (!kinds.is_array() || kinds.size() != static_cast<std::size_t>(layers))
        refuse("layer_types doesn't have one kind for each layer");
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const bool full = kinds[i] == "full_attention";
        if (!full && kinds[i] != "sliding_attention")
            refuseUnsupported("layer_types: " + kinds[i].dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 60));
        if (!full && window == 0)
            refuse("layer_types asks for sliding_attention, but there is no sliding_window");
        windows[i] = full ? 0 : window;
    }
    return windows;
}

void readWindows(ModelConfig& config, const json& value)
{
    constexpr auto kMost = std::numeric_limits<int>::max();
    if (config.modelType == "llama") {
        if (isSet(value, "sliding_window"))
            refuseUnsupported("sliding_window in a llama");
    } else if (config.modelType == "mistral") {
        // Left out, it is 4096; null means none.
        const bool none = value.contains("sliding_window") && value.at("sliding_window").is_null();
        const auto window = none ? 0 : wholeAt(value, "sliding_window", 1, kMost, 4096);
        config.slidingWindow.assign(static_cast<std::size_t>(config.layers), static_cast<int>(window));
    } else {
        const bool none = !flagAt(value, "use_sliding_window", false)
            || (value.contains("sliding_window") && value.at("sliding_window").is_null());
        const auto window = none ? 0 : wholeAt(value, "sliding_window", 1, kMost, 4096);
        config.slidingWindow = windowsOf(value, config.layers, static_cast<int>(window));
    }
    const bool sliding = std::any_of(config.slidingWindow.begin(), config.slidingWindow.end(), [](int w) { return w > 0; });
    if (!sliding)
        config.slidingWindow.clear();
    if (config.modelType == "llama" || config.modelType == "mistral")
        for (const json& kind : isSet(value, "layer_types") ? value.at("layer_types") : json::array())
            if (kind != (sliding ? "sliding_attention" : "full_attention"))
                refuseUnsupported("layer_types in a " + config.modelType);
}

// Older files say -1 for none. What is outside the vocabulary can be neither read nor written.
std::optional<std::int32_t> tokenAt(const json& value, int vocabulary)
{
    if (!value.is_number_integer())
        refuse("a token's number isn't a whole number");
    const auto token = value.get<std::int64_t>();
    if (value.is_number_unsigned() && value.get<std::uint64_t>() >= static_cast<std::uint64_t>(vocabulary))
        return {};
    return token >= 0 && token < vocabulary ? std::optional(static_cast<std::int32_t>(token)) : std::nullopt;
}

std::vector<std::int32_t> tokensAt(const json& value, std::string_view name, int vocabulary)
{
    std::vector<std::int32_t> tokens;
    if (!isSet(value, name))
        return tokens;
    const json& one = value.at(std::string(name));
    for (const json& each : one.is_array() ? one : json::array({one}))
        if (const auto token = tokenAt(each, vocabulary))
            tokens.push_back(*token);
    return tokens;
}

void readTokens(ModelConfig& config, const json& value)
{
    const auto first = [&](std::string_view name) -> std::optional<std::int32_t> {
        const auto tokens = tokensAt(value, name, config.vocabulary);
        return tokens.empty() ? std::nullopt : std::optional(tokens.front());
    };
    config.bos = first("bos_token_id");
    config.pad = first("pad_token_id");
    config.eos = tokensAt(value, "eos_token_id", config.vocabulary);
}

void readFamily(ModelConfig& config, const json& value)
{
    const std::string& type = config.modelType;
    const bool bias = flagAt(value, "attention_bias", false);
    if (type == "llama" || type == "qwen3")
        config.attentionBias = config.outputBias = bias;
    else if (type == "qwen2")
        config.attentionBias = true;
    else if (bias)
        refuseUnsupported("attention_bias in a mistral");
    config.qkNorm = type == "qwen3";
}

void readSizes(ModelConfig& config, const json& value)
{
    const auto size = [&](std::string_view name, std::int64_t most, std::int64_t least = 1) {
        return static_cast<int>(wholeAt(value, name, least, most));
    };
    config.hidden = size("hidden_size", kLargestSize);
    config.layers = size("num_hidden_layers", kMostLayers);
    config.heads = size("num_attention_heads", kMostHeads);
    config.feedForward = size("intermediate_size", kLargestSize);
    config.vocabulary = size("vocab_size", kLargestVocabulary);
    config.context = size("max_position_embeddings", kLargestVocabulary, 2);
    // Left out, each family has a number of its own; null means as many as heads.
    const int usual = config.modelType == "llama" ? config.heads : config.modelType == "mistral" ? 8 : 32;
    config.keyValueHeads = static_cast<int>(wholeAt(value, "num_key_value_heads", 1, kMostHeads,
        value.contains("num_key_value_heads") ? config.heads : usual));
    const int share = config.modelType == "qwen3" ? 128 : config.hidden / config.heads;
    config.headSize = static_cast<int>(wholeAt(value, "head_dim", 1, kMostHeads, share));
    if (config.headSize < 2 || config.headSize % 2 != 0 || config.heads % config.keyValueHeads != 0)
        refuse("hidden_size, head_dim and the numbers of heads don't fit together");
}

ModelConfig configFrom(const json& value)
{
    ModelConfig config;
    config.modelType = wordAt(value, "model_type", "");
    if (config.modelType != "llama" && config.modelType != "mistral" && config.modelType != "qwen2" && config.modelType != "qwen3")
        refuseUnsupported("model_type " + printable(config.modelType) + " (supported: llama, mistral, qwen2, qwen3)");
    refuseOthers(value);
    readSizes(config, value);
    config.normEpsilon = positiveAt(value, "rms_norm_eps", 1e-6);
    config.tiedHead = flagAt(value, "tie_word_embeddings", false);
    readFamily(config, value);
    readRotary(config, value);
    readWindows(config, value);
    readTokens(config, value);
    return config;
}

// The reader's exceptions end here; `what` is the file's name.
template <typename Work>
auto guarded(const char* what, const Work& work) -> Result<decltype(work())>
{
    try {
        return work();
    } catch (const Refused& refused) {
        return Error(refused.error).within(what);
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, std::string(what) + ": " + e.what()};
    }
}

}  // namespace

Result<ModelConfig> parseModelConfig(std::string_view text)
{
    const Result<json> value = parseStrictly(text, kDepth);
    if (!value)
        return Error(value.error()).within("config.json");
    return guarded("config.json", [&] { return configFrom(*value); });
}

Result<ModelConfig> readModelConfig(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "config.json";
    if (!std::filesystem::is_regular_file(file))
        return Error{ErrorCode::NotFound, "there is no model in " + folder.string() + ": config.json is missing"};
    const Result<std::string> text = wholeFile(file, kLargestFile);
    if (!text)
        return text.error();
    Result<ModelConfig> config = parseModelConfig(*text);
    if (!config)
        return std::move(config).error().within(folder.string());
    const std::filesystem::path generation = folder / "generation_config.json";
    if (!std::filesystem::is_regular_file(generation))
        return config;
    const Result<std::string> settings = wholeFile(generation, kLargestFile);
    if (!settings)
        return settings.error();
    const Result<json> value = parseStrictly(*settings, kDepth);
    if (!value)
        return Error(value.error()).within(generation.string());
    const auto eos = guarded("generation_config.json", [&] { return tokensAt(*value, "eos_token_id", config->vocabulary); });
    if (!eos)
        return Error(eos.error()).within(folder.string());
    if (!eos->empty())
        config->eos = *eos;
    return config;
}

}  // namespace taskfold
