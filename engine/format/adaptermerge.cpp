#include "engine/format/adaptermerge.h"

#include "engine/format/configvalues.h"
#include "engine/format/printable.h"
#include "engine/format/quantised.h"
#include "engine/format/strictjson.h"
#include "engine/format/wholefile.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>

namespace taskfold {

namespace {

using nlohmann::json;
using namespace configvalues;

constexpr std::uint64_t kLargestFile = 4 << 20;

struct Settings {
    double alpha = 0;
    bool rankStabilised = false;
    bool dora = false;
};

Settings settingsOf(const json& value)
{
    if (wordAt(value, "peft_type", "") != "LORA")
        refuseUnsupported("an adapter of type " + printable(wordAt(value, "peft_type", "")));
    if (wordAt(value, "bias", "none") != "none")
        refuseUnsupported("an adapter with biases");
    for (const char* name : {"fan_in_fan_out", "lora_bias", "megatron_config", "modules_to_save", "alpha_pattern", "layer_replication",
             "trainable_token_indices", "use_qalora"})
        if (isSet(value, name) && value.at(name) != false && !(value.at(name).is_structured() && value.at(name).empty()))
            refuseUnsupported(std::string("an adapter with ") + name);
    return {positiveAt(value, "lora_alpha"), flagAt(value, "use_rslora", false), flagAt(value, "use_dora", false)};
}

std::vector<float> numbersOf(const TensorView& tensor)
{
    std::vector<float> numbers(static_cast<std::size_t>(tensor.elements()));
    dequantise(tensor.dtype == Dtype::F16 ? Quantisation::F16 : tensor.dtype == Dtype::BF16 ? Quantisation::BF16 : Quantisation::F32,
        tensor.bytes, numbers);
    return numbers;
}

/// What is added to one linear layer.
struct Delta {
    std::vector<float> a, b, length;  // [rank, in], [out, rank], [out] or empty
    std::size_t rank = 0;
    float scale = 0;

    // One row of the merged matrix, in place of the base's.
    void addTo(std::span<float> row, std::size_t at) const
    {
        for (std::size_t k = 0; k < rank; ++k) {
            const float factor = scale * b[at * rank + k];
            const float* from = a.data() + k * row.size();
            for (std::size_t i = 0; i < row.size(); ++i)
                row[i] += factor * from[i];
        }
        if (length.empty())
            return;
        double sum = 0;
        for (const float number : row)
            sum += static_cast<double>(number) * number;
        const auto stretch = static_cast<float>(length[at] / std::sqrt(sum));
        for (float& number : row)
            number *= stretch;
    }
};

bool isFloat(const TensorView& tensor)
{
    return tensor.dtype == Dtype::F32 || tensor.dtype == Dtype::F16 || tensor.dtype == Dtype::BF16;
}

// The parts of every layer's adapter, by the layer's name in the base: "model.layers.0.self_attn.q_proj".
std::map<std::string, std::map<std::string, const TensorView*>> partsOf(const Safetensors& adapter)
{
    constexpr std::string_view kPrefix = "base_model.model.";
    std::map<std::string, std::map<std::string, const TensorView*>> layers;
    for (const TensorView& tensor : adapter.tensors()) {
        std::string name = tensor.name;
        if (name.ends_with(".weight"))
            name.resize(name.size() - 7);
        const std::size_t dot = name.rfind('.');
        const std::string part = dot == std::string::npos ? name : name.substr(dot + 1);
        const bool known = part == "lora_A" || part == "lora_B" || part == "lora_magnitude_vector";
        if (!name.starts_with(kPrefix) || !known || !isFloat(tensor))
            refuseUnsupported("tensor " + printable(tensor.name) + " in an adapter");
        layers[name.substr(kPrefix.size(), dot - kPrefix.size())][part] = &tensor;
    }
    return layers;
}

Delta deltaOf(const std::string& layer, const std::map<std::string, const TensorView*>& parts, const TensorView& base, const Settings& settings)
{
    if (!parts.contains("lora_A") || !parts.contains("lora_B") || parts.contains("lora_magnitude_vector") != settings.dora)
        refuse("the adapter of " + layer + " isn't whole");
    const TensorView &a = *parts.at("lora_A"), &b = *parts.at("lora_B");
    const bool fits = a.shape.size() == 2 && b.shape.size() == 2 && base.shape.size() == 2 && a.shape[0] == b.shape[1] && a.shape[0] > 0
        && a.shape[1] == base.shape[1] && b.shape[0] == base.shape[0];
    if (!fits || (settings.dora && parts.at("lora_magnitude_vector")->elements() != base.shape[0]))
        refuse("the adapter of " + layer + " doesn't have the base's sizes");
    Delta delta{numbersOf(a), numbersOf(b), {}, static_cast<std::size_t>(a.shape[0]), 0};
    const auto rank = static_cast<double>(delta.rank);
    delta.scale = static_cast<float>(settings.alpha / (settings.rankStabilised ? std::sqrt(rank) : rank));
    if (settings.dora)
        delta.length = numbersOf(*parts.at("lora_magnitude_vector"));
    return delta;
}

TensorSource sourceOf(const NamedShape& wanted, const TensorView& base, std::shared_ptr<const Delta> delta)
{
    TensorSource source{wanted.name, delta ? Dtype::F32 : base.dtype, wanted.shape, {}};
    const std::size_t stride = base.bytes.size() / static_cast<std::size_t>(wanted.shape.front());
    const auto width = static_cast<std::size_t>(source.rowBytes());
    const Dtype dtype = base.dtype;
    const std::span<const std::byte> bytes = base.bytes;
    source.rows = [=](std::int64_t from, std::span<std::byte> out) {
        std::vector<float> row(delta ? width / sizeof(float) : 0);
        for (std::size_t at = 0; at < out.size(); at += width, ++from) {
            const auto packed = bytes.subspan(static_cast<std::size_t>(from) * stride, stride);
            if (!delta) {
                std::memcpy(out.data() + at, packed.data(), width);
                continue;
            }
            const Quantisation type = dtype == Dtype::F16 ? Quantisation::F16 : dtype == Dtype::BF16 ? Quantisation::BF16 : Quantisation::F32;
            dequantise(type, packed, row);
            delta->addTo(row, static_cast<std::size_t>(from));
            std::memcpy(out.data() + at, row.data(), width);
        }
    };
    return source;
}

Result<json> readConfig(const std::filesystem::path& folder)
{
    const Result<std::string> text = wholeFile(folder / "adapter_config.json", kLargestFile);
    if (!text)
        return text.error();
    Result<json> value = parseStrictly(*text, 16);
    if (!value)
        return Error(value.error()).within((folder / "adapter_config.json").string());
    return value;
}

std::vector<TensorSource> merged(
    const Safetensors& base, const ModelConfig& config, const Safetensors& adapter, const std::filesystem::path& folder)
{
    const Result<json> value = readConfig(folder);
    if (!value)
        throw Refused{value.error()};
    const Settings settings = settingsOf(*value);
    auto layers = partsOf(adapter);
    std::vector<TensorSource> sources;
    for (const NamedShape& wanted : tensorsOf(config)) {
        const TensorView* tensor = base.find(wanted.name);
        if (tensor == nullptr || tensor->shape != wanted.shape)
            refuse("tensor " + wanted.name + " of the base is missing, or has another shape");
        std::shared_ptr<const Delta> delta;
        if (const auto found = layers.find(wanted.name.substr(0, wanted.name.rfind('.'))); found != layers.end() && wanted.name.ends_with(".weight")) {
            if (!isFloat(*tensor))
                refuseUnsupported("tensor " + wanted.name + " of type " + std::string(wordOf(tensor->dtype)) + " under an adapter");
            delta = std::make_shared<Delta>(deltaOf(found->first, found->second, *tensor, settings));
            layers.erase(found);
        }
        sources.push_back(sourceOf(wanted, *tensor, std::move(delta)));
    }
    if (!layers.empty())
        refuse("the adapter changes " + printable(layers.begin()->first) + ", which the base doesn't have");
    return sources;
}

}  // namespace

bool isAdapter(const std::filesystem::path& folder)
{
    std::error_code none;
    return std::filesystem::exists(folder / "adapter_config.json", none) && !std::filesystem::exists(folder / "model.safetensors", none);
}

Result<std::filesystem::path> baseOfAdapter(const std::filesystem::path& folder)
{
    const Result<json> value = readConfig(folder);
    if (!value)
        return value.error();
    const auto named = value->find("base_model_name_or_path");
    if (named == value->end() || !named->is_string() || named->get_ref<const std::string&>().empty())
        return Error{ErrorCode::InvalidInput, (folder / "adapter_config.json").string() + " names no base model"};
    std::error_code none;
    const std::filesystem::path base = std::filesystem::weakly_canonical(folder / named->get<std::string>(), none);
    if (isAdapter(base))
        return Error{ErrorCode::Unsupported, "an adapter on the adapter in " + base.string()};
    if (!std::filesystem::exists(base / "config.json", none))
        return Error{ErrorCode::NotFound, "the base model of the adapter isn't there: " + base.string()};
    return base;
}

Result<std::string> adapterConfigWithBase(const std::filesystem::path& folder, const std::filesystem::path& base)
{
    const Result<json> value = readConfig(folder);
    if (!value)
        return value.error();
    json changed = *value;
    changed["base_model_name_or_path"] = base.string();
    return changed.dump(1) + "\n";
}

Result<std::vector<TensorSource>> mergedTensors(
    const Safetensors& base, const ModelConfig& config, const Safetensors& adapter, const std::filesystem::path& folder)
{
    try {
        return merged(base, config, adapter, folder);
    } catch (const Refused& refused) {
        return refused.error;
    }
}

}  // namespace taskfold
