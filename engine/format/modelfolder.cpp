#include "engine/format/modelfolder.h"

#include "engine/core/hash.h"
#include "engine/format/modelsource.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

namespace taskfold {

namespace {

std::string words(const std::vector<std::int64_t>& shape)
{
    std::string text = "[";
    for (const std::int64_t size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

bool isIgnored(const std::string& name, const ModelConfig& config)
{
    return name.ends_with("rotary_emb.inv_freq") || (config.tiedHead && name == "lm_head.weight");
}

// A number isn't finite when all bits of its exponent are set.
template <typename Word>
bool allFinite(std::span<const std::byte> bytes, Word exponent)
{
    for (std::size_t at = 0; at + sizeof(Word) <= bytes.size(); at += sizeof(Word)) {
        Word word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        if ((word & exponent) == exponent)
            return false;
    }
    return true;
}

bool allFinite(const TensorView& tensor)
{
    switch (tensor.dtype) {
    case Dtype::F64: return allFinite<std::uint64_t>(tensor.bytes, 0x7FF0000000000000);
    case Dtype::F32: return allFinite<std::uint32_t>(tensor.bytes, 0x7F800000);
    case Dtype::F16: return allFinite<std::uint16_t>(tensor.bytes, 0x7C00);
    case Dtype::BF16: return allFinite<std::uint16_t>(tensor.bytes, 0x7F80);
    default: return true;
    }
}

}  // namespace

Result<void> checkTensors(const Safetensors& weights, const ModelConfig& config)
{
    std::set<std::string> known;
    for (const NamedShape& wanted : tensorsOf(config)) {
        known.insert(wanted.name);
        const TensorView* tensor = weights.find(wanted.name);
        if (tensor == nullptr)
            return Error{ErrorCode::InvalidInput, "tensor " + wanted.name + " is missing"};
        if (tensor->shape != wanted.shape)
            return Error{ErrorCode::InvalidInput, "tensor " + wanted.name + " has shape " + words(tensor->shape)
                    + " where config.json asks for " + words(wanted.shape)};
        if (tensor->dtype != Dtype::F32 && tensor->dtype != Dtype::F16 && tensor->dtype != Dtype::BF16
            && tensor->dtype != Dtype::F64)
            return Error{ErrorCode::Unsupported, "tensor " + wanted.name + " of type " + std::string(wordOf(tensor->dtype))};
    }
    for (const TensorView& tensor : weights.tensors()) {
        if (!known.contains(tensor.name) && !isIgnored(tensor.name, config))
            return Error{ErrorCode::Unsupported, "tensor " + tensor.name};
    }
    return {};
}

Result<void> checkFinite(const Safetensors& weights, std::stop_token stop)
{
    for (const TensorView& tensor : weights.tensors()) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (!allFinite(tensor))
            return Error{ErrorCode::InvalidInput, "tensor " + tensor.name + " holds a number that isn't finite (NaN or infinity)"};
        MappedFile::forget(tensor.bytes);
    }
    return {};
}

std::string mainTypeOf(const Safetensors& weights)
{
    std::map<Dtype, std::size_t> bytes;
    for (const TensorView& tensor : weights.tensors())
        bytes[tensor.dtype] += tensor.bytes.size();
    const auto most = std::max_element(
        bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == bytes.end() ? std::string() : std::string(wordOf(most->first));
}

Result<std::string> weightsHash(const Safetensors& weights, std::stop_token stop)
{
    Sha256 hash;
    for (const TensorView& tensor : weights.tensors()) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        hash.add(tensor.name + " " + std::string(wordOf(tensor.dtype)) + " " + words(tensor.shape) + "\n");
        hash.add({reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()});
        MappedFile::forget(tensor.bytes);  // a whole model more would be held otherwise
    }
    return hash.hex();
}

Result<ModelFolderFacts> inspectModelFolder(const std::filesystem::path& folder, std::stop_token stop)
{
    ModelFolderFacts facts;
    Result<ModelConfig> config = readModelConfig(folder);
    if (!config)
        return std::move(config).error();
    facts.config = *std::move(config);
    const Result<Safetensors> weights = Safetensors::openFolder(folder);
    if (!weights)
        return weights.error();
    if (Result<void> fits = checkTensors(*weights, facts.config); !fits)
        return std::move(fits).error().within(folder.string());
    if (Result<void> finite = checkFinite(*weights, stop); !finite)
        return std::move(finite).error().within(folder.string());
    Result<std::string> hash = weightsHash(*weights, stop);
    if (!hash)
        return std::move(hash).error();
    facts.hash = *std::move(hash);
    facts.parameters = parameterCount(facts.config);
    facts.bytes = modelBytes(folder);
    facts.licence = licenceOf(folder);
    return facts;
}

Result<WeightsFacts> inspectWeights(const std::filesystem::path& folder, std::stop_token stop)
{
    if (!std::filesystem::exists(folder / "adapter_config.json")) {
        Result<ModelFolderFacts> facts = inspectModelFolder(folder, stop);
        if (!facts)
            return std::move(facts).error();
        return WeightsFacts{facts->parameters, facts->bytes, facts->hash};
    }
    const Result<Safetensors> weights = Safetensors::openFile(folder / "adapter_model.safetensors");
    if (!weights)
        return weights.error();
    Result<std::string> hash = weightsHash(*weights, stop);
    if (!hash)
        return std::move(hash).error();
    std::error_code failure;
    const auto config = std::filesystem::file_size(folder / "adapter_config.json", failure);
    WeightsFacts facts{0, weights->fileBytes() + (failure ? 0 : static_cast<std::int64_t>(config)), *std::move(hash)};
    for (const TensorView& tensor : weights->tensors())
        facts.parameters += tensor.elements();
    return facts;
}

std::int64_t modelBytes(const std::filesystem::path& folder)
{
    std::int64_t sum = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const std::string name = entry.path().filename().string();
        const bool weights = name.ends_with(".safetensors") && !name.starts_with("adapter");
        if (weights || name == "config.json" || name.starts_with("tokenizer") || name == "model.safetensors.index.json")
            sum += static_cast<std::int64_t>(entry.file_size(none));
    }
    return sum;
}

}  // namespace taskfold
