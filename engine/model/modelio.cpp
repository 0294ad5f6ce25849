#include "engine/model/modelio.h"

#include "engine/format/adaptermerge.h"
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

Result<std::unique_ptr<Transformer>> readTransformer(const std::filesystem::path& folder, torch::Device device)
{
    Result<ModelConfig> config = readModelConfig(folder);
    if (!config)
        return std::move(config).error();
    Result<Safetensors> weights = Safetensors::openFolder(folder);
    if (!weights)
        return std::move(weights).error();
    if (Result<void> fits = checkTensors(*weights, *config); !fits)
        return std::move(fits).error();
    auto model = std::make_unique<Transformer>(*config, device);
    const torch::NoGradGuard noGrad;
    for (const auto& [name, held] : model->parameters().named) {
        const TensorView* view = weights->find(name);
        if (view == nullptr)
            return Error{ErrorCode::InvalidInput, folder.string() + ": tensor " + name + " is missing"};
        held.detach().copy_(tensorOf(*view));
        MappedFile::forget(view->bytes);
    }
    return model;
}

namespace {

Result<Loaded> loadWhole(const std::filesystem::path& folder, torch::Device device)
{
    const Result<ModelConfig> config = readModelConfig(folder);  // before the tokenizer: a missing model is the first thing to say
    if (!config)
        return config.error();
    Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(folder);
    if (!tokenizer)
        return std::move(tokenizer).error();
    if ((*tokenizer)->vocabularySize() > config->vocabulary)
        return Error{ErrorCode::InvalidInput, folder.string() + ": the tokenizer has more tokens than the model"};
    Result<std::unique_ptr<Transformer>> model = readTransformer(folder, device);
    if (!model)
        return std::move(model).error();
    return Loaded{*std::move(model), *std::move(tokenizer)};
}

}  // namespace

Result<Loaded> load(const std::filesystem::path& folder, torch::Device device)
{
    if (!isAdapter(folder))
        return loadWhole(folder, device);
    const Result<std::filesystem::path> base = baseOfAdapter(folder);
    if (!base)
        return base.error();
    Result<Loaded> loaded = loadWhole(*base, device);
    if (!loaded)
        return std::move(loaded).error().within("the base of " + folder.string());
    const Result<std::unique_ptr<Adapter>> adapter = loadAdapter(folder, loaded->model->config(), device);
    if (!adapter)
        return adapter.error();
    (*adapter)->mergeInto(loaded->model->parameters());
    return loaded;
}

Result<Loaded> loadForTraining(const compute::TrainSetup& setup, torch::Device device)
{
    if (setup.method == Method::Full)
        return load(setup.base, device);
    Result<Loaded> loaded = isAdapter(setup.base) ? [&]() -> Result<Loaded> {
        const Result<std::filesystem::path> base = baseOfAdapter(setup.base);
        if (!base)
            return base.error();
        Result<Loaded> with = loadWhole(*base, device);
        if (!with)
            return with;
        Result<std::unique_ptr<Adapter>> adapter = loadAdapter(setup.base, with->model->config(), device);
        if (!adapter)
            return std::move(adapter).error();
        with->adapter = *std::move(adapter);
        with->base = *base;
        if ((*with->adapter).settings().rank != setup.lora.rank || (*with->adapter).settings().dora != setup.lora.dora)
            return Error{ErrorCode::InvalidInput, "the adapter in " + setup.base.string() + " has other settings than the plan"};
        return with;
    }() : loadWhole(setup.base, device);
    if (!loaded || loaded->adapter)
        return loaded;
    loaded->base = setup.base;
    loaded->adapter = std::make_unique<Adapter>(setup.lora, loaded->model->config(), device);
    loaded->adapter->initialise(setup.seed, loaded->model->parameters());
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
    for (const char* name : {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "tokenizer.model", "vocab.json", "merges.txt"}) {
        if (!std::filesystem::exists(from / name))
            continue;
        std::filesystem::copy_file(from / name, to / name, std::filesystem::copy_options::overwrite_existing, failure);
        if (failure)
            return Error{ErrorCode::Io, (to / name).string() + ": " + failure.message()};
    }
    return {};
}

}  // namespace taskfold::model
