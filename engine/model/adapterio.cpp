#include "engine/model/adapter.h"

#include "engine/format/safetensors.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstring>
#include <fstream>
#include <set>

namespace taskfold::model {

namespace {

using nlohmann::json;

constexpr const char* kConfig = "adapter_config.json";
constexpr const char* kWeights = "adapter_model.safetensors";

Result<json> readConfig(const std::filesystem::path& folder)
{
    std::ifstream in(folder / kConfig, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    json value = json::parse(text, nullptr, false);
    if (!value.is_object())
        return Error{ErrorCode::InvalidInput, (folder / kConfig).string() + " isn't an object"};
    return value;
}

// Settings of PEFT that change what is computed, and that we don't compute.
std::string unsupported(const json& value)
{
    if (value.value("peft_type", "") != "LORA")
        return "peft_type " + value.value("peft_type", "");
    if (value.value("bias", "none") != "none")
        return "bias " + value.value("bias", "");
    for (const char* name : {"rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform", "layer_replication",
             "fan_in_fan_out", "trainable_token_indices", "target_parameters", "lora_bias", "exclude_modules"}) {
        const auto found = value.find(name);
        if (found != value.end() && !found->is_null() && !(found->is_boolean() && !found->get<bool>())
            && !(found->is_structured() && found->empty()))
            return name;
    }
    return {};
}

Result<LoraSettings> settingsFrom(const json& value)
{
    if (const std::string what = unsupported(value); !what.empty())
        return Error{ErrorCode::Unsupported, "the adapter's " + what};
    LoraSettings settings;
    settings.rank = value.at("r").get<int>();
    settings.alpha = value.at("lora_alpha").get<double>();
    settings.dropout = value.value("lora_dropout", 0.0);
    settings.rankStabilised = value.value("use_rslora", false);
    settings.dora = value.value("use_dora", false);
    const json& targets = value.at("target_modules");
    const std::set<std::string> known{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
    if (targets.is_string() && targets == "all-linear")
        return settings;
    std::set<std::string> chosen;
    for (const std::string path : targets) {  // PEFT may name each layer's; that all layers are there, the tensors show
        const std::string name = path.substr(path.rfind('.') + 1);
        if (!known.contains(name))
            return Error{ErrorCode::Unsupported, "the adapter's target module " + path};
        chosen.insert(name);
    }
    settings.targets.assign(chosen.begin(), chosen.end());
    if (settings.rank < 1 || settings.rank > 4096 || settings.targets.empty() || settings.dropout < 0 || settings.dropout >= 1)
        return Error{ErrorCode::InvalidInput, "the adapter's rank, dropout or target modules make no sense"};
    return settings;
}

}  // namespace

Result<void> saveAdapter(const Adapter& adapter, const std::filesystem::path& folder, const std::string& base)
{
    const LoraSettings& settings = adapter.settings();
    std::vector<std::string> targets = settings.targets;
    if (targets.empty())
        for (int m = 0; m < kModules; ++m)
            targets.emplace_back(nameOf(static_cast<Module>(m)));
    const json value{{"peft_type", "LORA"}, {"task_type", "CAUSAL_LM"}, {"base_model_name_or_path", base},
        {"r", settings.rank}, {"lora_alpha", settings.alpha}, {"lora_dropout", settings.dropout},
        {"target_modules", targets}, {"use_rslora", settings.rankStabilised}, {"use_dora", settings.dora}, {"bias", "none"},
        {"fan_in_fan_out", false}, {"inference_mode", true}, {"init_lora_weights", true}, {"modules_to_save", nullptr}};
    std::vector<torch::Tensor> held;
    std::vector<TensorView> views;
    for (const auto& [name, tensor] : adapter.parameters().named) {
        held.push_back(tensor.detach().cpu().contiguous());
        const auto* bytes = static_cast<const std::byte*>(held.back().data_ptr());
        views.push_back({name, Dtype::F32, tensor.sizes().vec(), {bytes, held.back().nbytes()}});
    }
    if (Result<void> written = writeSafetensors(folder / kWeights, views, {{"format", "pt"}}); !written)
        return written;
    std::ofstream out(folder / kConfig, std::ios::binary);
    out << value.dump(2) << "\n";
    out.close();
    if (!out)
        return Error{ErrorCode::DiskFull, "can't write " + (folder / kConfig).string()};
    return {};
}

Result<std::unique_ptr<Adapter>> loadAdapter(
    const std::filesystem::path& folder, const ModelConfig& config, torch::Device device)
{
    try {
        const Result<json> value = readConfig(folder);
        if (!value)
            return value.error();
        const Result<LoraSettings> settings = settingsFrom(*value);
        const Result<Safetensors> file = Safetensors::openFile(folder / kWeights);
        if (!settings || !file)
            return settings ? file.error() : Error(settings.error()).within(folder.string());
        auto adapter = std::make_unique<Adapter>(*settings, config, device);
        const torch::NoGradGuard noGrad;
        if (file->tensors().size() != adapter->parameters().named.size())
            return Error{ErrorCode::InvalidInput, folder.string() + ": the adapter has other tensors than its settings say"};
        for (const auto& [name, held] : adapter->parameters().named) {
            const TensorView* view = file->find(name);
            if (view == nullptr || view->shape != held.sizes().vec() || view->elements() != held.numel())
                return Error{ErrorCode::InvalidInput, folder.string() + ": tensor " + name + " is missing or doesn't fit the base model"};
            const auto type = view->dtype == Dtype::F16 ? torch::kFloat16
                : view->dtype == Dtype::BF16            ? torch::kBFloat16
                                                        : torch::kFloat32;
            if (type == torch::kFloat32 && view->dtype != Dtype::F32)
                return Error{ErrorCode::Unsupported, folder.string() + ": tensor " + name + " isn't of real numbers"};
            torch::Tensor values = torch::empty(view->shape, type);
            std::memcpy(values.data_ptr(), view->bytes.data(), view->bytes.size());
            held.detach().copy_(values);
        }
        return adapter;
    } catch (const json::exception& e) {
        return Error{ErrorCode::InvalidInput, (folder / kConfig).string() + ": " + e.what()};
    }
}

}  // namespace taskfold::model
