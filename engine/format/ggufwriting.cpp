#include "engine/format/ggufwriting.h"

#include "engine/format/ggufmodel.h"
#include "engine/format/ggufsettings.h"
#include "engine/format/modelfolder.h"
#include "engine/format/newfile.h"
#include "engine/format/printable.h"
#include "engine/format/rotary.h"
#include "engine/format/tokenizerreading.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace taskfold {

namespace {

using namespace gguf;

constexpr std::uint64_t kAlignment = 32;
constexpr std::int64_t kPiece = 1 << 20;  // numbers at a time

/// A tensor to be written: where its numbers are, and which row of them comes when.
struct Target {
    std::string name;
    const TensorView* source = nullptr;
    Quantisation type = Quantisation::F32;
    std::int64_t pairedHead = 0;  // its rows are paired within heads of this size; 0: they aren't
    std::uint64_t at = 0, bytes = 0;

    std::int64_t rows() const { return source->shape.size() > 1 ? source->shape.front() : 1; }
    std::int64_t width() const { return source->shape.back(); }
};

Quantisation typeFor(const TensorView& tensor, Quantisation wanted)
{
    if (tensor.shape.size() < 2)
        return Quantisation::F32;
    const auto block = static_cast<std::int64_t>(blockOf(wanted).elements);
    return tensor.shape.back() % block == 0 ? wanted : Quantisation::F16;
}

Result<std::vector<Target>> targetsOf(const Safetensors& weights, const ModelConfig& config, Quantisation type)
{
    std::vector<Target> targets;
    std::uint64_t at = 0;
    for (const NamedShape& wanted : tensorsOf(config)) {
        Target target;
        target.name = ggufNameOf(wanted.name);
        target.source = weights.find(wanted.name);
        if (target.source->dtype != Dtype::F32 && target.source->dtype != Dtype::F16 && target.source->dtype != Dtype::BF16)
            return Error{ErrorCode::Unsupported, "tensor " + wanted.name + " of type " + std::string(wordOf(target.source->dtype)) + " in a GGUF file"};
        target.type = typeFor(*target.source, type);
        const bool rotated = wanted.name.find("q_proj") != std::string::npos || wanted.name.find("k_proj") != std::string::npos;
        target.pairedHead = rotated && architectureOf(config) == "llama" ? config.headSize : 0;
        const BlockFacts block = blockOf(target.type);
        target.at = at;
        target.bytes = static_cast<std::uint64_t>(target.source->elements()) / block.elements * block.bytes;
        at += (target.bytes + kAlignment - 1) / kAlignment * kAlignment;
        targets.push_back(std::move(target));
    }
    return targets;
}

void appendInfo(std::string& infos, const Target& target)
{
    append(infos, std::string_view(target.name));
    append(infos, static_cast<std::uint32_t>(target.source->shape.size()));
    for (auto size = target.source->shape.rbegin(); size != target.source->shape.rend(); ++size)
        append(infos, static_cast<std::uint64_t>(*size));
    append(infos, static_cast<std::uint32_t>(target.type));
    append(infos, target.at);
}

// Rows [from, from + rows) as they come in the file, as fp32. A vector in llama's paired order is one row of them.
void load(const Target& target, std::int64_t from, std::span<float> out)
{
    const TensorView& source = *target.source;
    const Quantisation type = source.dtype == Dtype::F16 ? Quantisation::F16
        : source.dtype == Dtype::BF16                    ? Quantisation::BF16
                                                         : Quantisation::F32;
    const std::size_t unit = target.source->shape.size() > 1 ? static_cast<std::size_t>(target.width()) : 1;
    const std::size_t bytes = unit * sizeOf(source.dtype);
    for (std::size_t at = 0; at < out.size(); at += unit, ++from) {
        const auto row = static_cast<std::size_t>(target.pairedHead > 0 ? halvedRow(from, target.pairedHead) : from);
        dequantise(type, source.bytes.subspan(row * bytes, bytes), out.subspan(at, unit));
    }
}

bool fits(std::span<const float> numbers, Quantisation type)
{
    // Q8_0's scale is a half: the largest number may be 127 times the largest half.
    const float limit = type == Quantisation::F16 ? 65504.0F : type == Quantisation::Q8_0 ? 127 * 65504.0F : std::numeric_limits<float>::max();
    return std::all_of(numbers.begin(), numbers.end(), [&](float number) { return std::abs(number) <= limit; });
}

Result<void> writeTensor(NewFile& out, const Target& target, const std::stop_token& stop)
{
    const bool matrix = target.source->shape.size() > 1;
    const std::int64_t width = target.width(), rows = matrix ? target.rows() : target.width();
    const std::int64_t step = matrix ? std::max<std::int64_t>(1, kPiece / width) : rows;
    const BlockFacts block = blockOf(target.type);
    std::vector<float> numbers;
    std::vector<std::byte> packed;
    for (std::int64_t from = 0; from < rows; from += step) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        numbers.resize(static_cast<std::size_t>(std::min(step, rows - from) * (matrix ? width : 1)));
        load(target, from, numbers);
        if (!fits(numbers, target.type))
            return Error{ErrorCode::InvalidInput, "tensor " + target.name + " holds a number that "
                    + nameOfQuantisation(static_cast<std::uint32_t>(target.type)) + " can't hold"};
        packed.resize(numbers.size() / block.elements * block.bytes);
        quantise(target.type, numbers, packed);
        out.write(packed.data(), packed.size());
    }
    static constexpr char kZeros[kAlignment] = {};
    out.write(kZeros, static_cast<std::size_t>((kAlignment - target.bytes % kAlignment) % kAlignment));
    return {};
}

// Llama 3's scaling is a tensor of what the frequencies are divided by.
TensorView factorsOf(const ModelConfig& config, std::vector<float>& factors)
{
    ModelConfig plain = config;
    plain.ropeScaling = {};
    const std::vector<float> before = rotaryOf(plain).frequencies, after = rotaryOf(config).frequencies;
    for (std::size_t i = 0; i < before.size(); ++i)
        factors.push_back(before[i] / after[i]);
    return {"rope_freqs.weight", Dtype::F32, {static_cast<std::int64_t>(factors.size())}, std::as_bytes(std::span(factors))};
}

Result<void> refuseOther(const ModelConfig& config)
{
    const RopeScaling& scaling = config.ropeScaling;
    if (config.modelType == "qwen3" && config.attentionBias)
        return Error{ErrorCode::Unsupported, "attention_bias in a qwen3 GGUF file"};
    const double usual = scaling.factor <= 1 ? 1 : 0.1 * std::log(scaling.factor) + 1;
    if (scaling.kind == RopeScaling::Kind::Yarn
        && (scaling.betaFast != 32 || scaling.betaSlow != 1 || !scaling.truncate || std::abs(scaling.attentionFactor - usual) > 1e-9))
        return Error{ErrorCode::Unsupported, "yarn rope scaling with settings of its own in a GGUF file"};
    return {};
}

}  // namespace

std::string ggufRemark(const std::filesystem::path& folder)
{
    const Result<ModelConfig> config = readModelConfig(folder);
    if (!config || smallestWindow(*config) >= config->context)
        return {};
    return "its context is " + std::to_string(smallestWindow(*config)) + " tokens instead of " + std::to_string(config->context)
        + ": up to there llama.cpp, which knows no sliding window for it, computes the same";
}

Result<void> writeGguf(const std::filesystem::path& folder, const std::filesystem::path& file, const GgufExport& settings,
    const Written& written, std::stop_token stop)
{
    const Result<ModelConfig> config = readModelConfig(folder);
    if (!config)
        return config.error();
    if (Result<void> same = refuseOther(*config); !same)
        return same;
    const Result<Safetensors> weights = Safetensors::openFolder(folder);
    if (!weights)
        return weights.error();
    if (Result<void> fine = checkTensors(*weights, *config); !fine)
        return std::move(fine).error().within(folder.string());
    const Result<Vocabulary> vocabulary = readVocabulary(folder, config->vocabulary);
    if (!vocabulary)
        return vocabulary.error();
    Result<std::vector<Target>> targets = targetsOf(*weights, *config, settings.type);
    if (!targets)
        return std::move(targets).error();
    std::vector<float> factors;
    const TensorView factorView = config->ropeScaling.kind == RopeScaling::Kind::Llama3 ? factorsOf(*config, factors) : TensorView{};
    if (!factors.empty()) {
        const Target& last = targets->back();
        const std::uint64_t at = last.at + (last.bytes + kAlignment - 1) / kAlignment * kAlignment;
        targets->push_back({"rope_freqs.weight", &factorView, Quantisation::F32, 0, at, factors.size() * sizeof(float)});
    }
    const Pairs pairs = pairsOf(*config, *vocabulary, settings);
    std::string head = "GGUF";
    append(head, std::uint32_t{3});
    append(head, std::uint64_t{targets->size()});
    append(head, pairs.count);
    head += pairs.bytes;
    std::uint64_t total = 0, done = 0;
    for (const Target& target : *targets) {
        appendInfo(head, target);
        total += target.bytes;
    }
    head.append((kAlignment - head.size() % kAlignment) % kAlignment, '\0');
    NewFile out(file);
    out.write(head.data(), head.size());
    for (const Target& target : *targets) {
        if (Result<void> one = writeTensor(out, target, stop); !one)
            return one;
        done += target.bytes;
        if (written)
            written(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
    }
    return out.finish();
}

}  // namespace taskfold
