#include "engine/model/adapter.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace taskfold::model {

namespace {

constexpr std::array<const char*, kModules> kNames{
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};

std::string moduleName(int layer, int module)
{
    return "model.layers." + std::to_string(layer) + (module < kGate ? ".self_attn." : ".mlp.")
        + kNames[static_cast<std::size_t>(module)];
}

bool targets(const LoraSettings& settings, int module)
{
    return settings.targets.empty()
        || std::find(settings.targets.begin(), settings.targets.end(), kNames[static_cast<std::size_t>(module)])
        != settings.targets.end();
}

// A's of a layer one behind the other, so that those of one input are one matrix; then its B's.
std::vector<NamedShape> shapesOf(const LoraSettings& settings, const ModelConfig& config)
{
    const std::int64_t queries = std::int64_t{config.heads} * config.headSize;
    const std::int64_t keys = std::int64_t{config.keyValueHeads} * config.headSize;
    const std::int64_t in[] = {config.hidden, config.hidden, config.hidden, queries, config.hidden, config.hidden, config.feedForward};
    const std::int64_t out[] = {queries, keys, keys, config.hidden, config.feedForward, config.feedForward, config.hidden};
    std::vector<NamedShape> shapes;
    for (int layer = 0; layer < config.layers; ++layer) {
        for (const char part : {'A', 'B', 'M'}) {
            for (int m = 0; m < kModules; ++m) {
                if (!targets(settings, m) || (part == 'M' && !settings.dora))
                    continue;
                const std::string name = "base_model.model." + moduleName(layer, m) + ".lora_";
                if (part == 'A')
                    shapes.push_back({name + "A.weight", {settings.rank, in[m]}});
                else if (part == 'B')
                    shapes.push_back({name + "B.weight", {out[m], settings.rank}});
                else
                    shapes.push_back({name + "magnitude_vector", {out[m]}});
            }
        }
    }
    return shapes;
}

}  // namespace

const char* nameOf(Module module)
{
    return kNames[module];
}

Adapter::Adapter(LoraSettings settings, const ModelConfig& config, torch::Device device, torch::ScalarType type)
    : m_settings(std::move(settings))
    , m_parameters(shapesOf(m_settings, config), device, type)
{
    m_pairs.resize(static_cast<std::size_t>(config.layers));
    for (int layer = 0; layer < config.layers; ++layer)
        for (int m = 0; m < kModules; ++m) {
            if (!targets(m_settings, m))
                continue;
            const std::string name = "base_model.model." + moduleName(layer, m) + ".lora_";
            Pair& pair = m_pairs[static_cast<std::size_t>(layer)][static_cast<std::size_t>(m)];
            pair.a = m_parameters.at(name + "A.weight");
            pair.b = m_parameters.at(name + "B.weight");
            pair.aOffset = m_parameters.offsetOf(name + "A.weight");
            pair.bOffset = m_parameters.offsetOf(name + "B.weight");
            if (m_settings.dora)
                pair.magnitude = m_parameters.at(name + "magnitude_vector");
        }
}

double Adapter::scale() const
{
    const double rank = m_settings.rank;
    return m_settings.alpha / (m_settings.rankStabilised ? std::sqrt(rank) : rank);
}

void Adapter::initialise(std::uint64_t seed, const Parameters& base)
{
    const torch::NoGradGuard noGrad;
    auto generator = torch::make_generator<at::CPUGeneratorImpl>(seed);
    for (std::size_t layer = 0; layer < m_pairs.size(); ++layer)
        for (std::size_t m = 0; m < kModules; ++m) {
            Pair& pair = m_pairs[layer][m];
            if (!pair.a.defined())
                continue;
            const double bound = 1 / std::sqrt(static_cast<double>(pair.a.size(1)));  // Kaiming with a = sqrt(5)
            torch::Tensor drawn = torch::empty(pair.a.sizes(), torch::kFloat32);
            drawn.uniform_(-bound, bound, generator);
            pair.a.copy_(drawn);
            pair.b.zero_();
            if (pair.magnitude.defined())
                pair.magnitude.copy_(
                    base.at(moduleName(static_cast<int>(layer), static_cast<int>(m)) + ".weight").norm(2, 1));
        }
}

void Adapter::mergeInto(Parameters& base) const
{
    const torch::NoGradGuard noGrad;
    for (std::size_t layer = 0; layer < m_pairs.size(); ++layer)
        for (std::size_t m = 0; m < kModules; ++m) {
            const Pair& pair = m_pairs[layer][m];
            if (!pair.a.defined())
                continue;
            torch::Tensor weight = base.at(moduleName(static_cast<int>(layer), static_cast<int>(m)) + ".weight").detach();
            weight.add_(pair.b.matmul(pair.a), scale());
            if (pair.magnitude.defined())
                weight.mul_((pair.magnitude / weight.norm(2, 1)).unsqueeze(1));
        }
    if (base.half.defined())
        base.renewHalf();
}

}  // namespace taskfold::model
