#include "engine/model/modelio.h"

#include "engine/format/modelfolder.h"
#include "engine/format/safetensors.h"

#include <torch/torch.h>

#include <cstring>

namespace taskfold::model {

namespace {

torch::Tensor tensorOf(const TensorView& view)
{
    const auto type = view.dtype == Dtype::F16 ? torch::kFloat16
        : view.dtype == Dtype::BF16            ? torch::kBFloat16
        : view.dtype == Dtype::F64             ? torch::kFloat64
                                               : torch::kFloat32;
    torch::Tensor tensor = torch::empty(view.shape, type);
    std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
    return tensor;
}

}  // namespace

Result<Loaded> load(const std::filesystem::path& folder, torch::Device device)
{
    Result<ModelConfig> config = readModelConfig(folder);
    if (!config)
        return std::move(config).error();
    Result<Safetensors> weights = Safetensors::openFolder(folder);
    if (!weights)
        return std::move(weights).error();
    if (Result<void> fits = checkTensors(*weights, *config); !fits)
        return std::move(fits).error();
    Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(folder);
    if (!tokenizer)
        return std::move(tokenizer).error();
    if ((*tokenizer)->vocabularySize() > config->vocabulary)
        return Error{ErrorCode::InvalidInput, folder.string() + ": the tokenizer has more tokens than the model"};

    Loaded loaded{std::make_unique<Transformer>(*config, device), *std::move(tokenizer)};
    const torch::NoGradGuard noGrad;
    for (auto& [name, tensor] : loaded.model->parameters().named) {
        const TensorView* view = weights->find(name);
        if (view == nullptr)
            return Error{ErrorCode::InvalidInput, folder.string() + ": tensor " + name + " is missing"};
        tensor.copy_(tensorOf(*view));
    }
    return loaded;
}

Result<void> save(const Transformer& model, const std::filesystem::path& folder)
{
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> held;
    std::vector<TensorView> views;
    for (const auto& [name, tensor] : model.parameters().named) {
        held.push_back(tensor.detach().cpu().contiguous());
        const auto* bytes = static_cast<const std::byte*>(held.back().data_ptr());
        views.push_back({name, Dtype::F32, tensor.sizes().vec(), {bytes, held.back().nbytes()}});
    }
    if (Result<void> written = writeSafetensors(folder / "model.safetensors", views, {{"format", "pt"}}); !written)
        return written;
    return writeModelConfig(model.config(), folder);
}

Result<void> copyTokenizer(const std::filesystem::path& from, const std::filesystem::path& to)
{
    std::error_code failure;
    for (const char* name : {"tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt"}) {
        if (!std::filesystem::exists(from / name))
            continue;
        std::filesystem::copy_file(from / name, to / name, std::filesystem::copy_options::overwrite_existing, failure);
        if (failure)
            return Error{ErrorCode::Io, (to / name).string() + ": " + failure.message()};
    }
    return {};
}

}  // namespace taskfold::model
