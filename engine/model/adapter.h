#pragma once

#include "engine/core/plan.h"
#include "engine/core/result.h"
#include "engine/model/parameters.h"

#include <array>
#include <filesystem>
#include <memory>

namespace taskfold::model {

/// The seven products of a layer that an adapter can stand beside, in the order of computing.
enum Module { kQuery, kKey, kValue, kOutput, kGate, kUp, kDown, kModules };

const char* nameOf(Module module);  // "q_proj"

/// A low-rank addition to a frozen model (Hu et al. 2021): y = W x + scale * B A x; with DoRA (Liu et al. 2024) the whole
/// is rescaled so that each row of W + scale * B A has a norm of its own, which is learned.
class Adapter {
public:
    struct Pair {
        torch::Tensor a, b;  // [rank, in], [out, rank]; undefined where the module has none
        torch::Tensor magnitude;  // [out], with DoRA
        std::int64_t aOffset = 0, bOffset = 0;  // in the parameters
    };

    Adapter(LoraSettings settings, const ModelConfig& config, torch::Device device, torch::ScalarType type = torch::kFloat32);

    /// A uniform as in PEFT, B zero; the magnitudes are the base's row norms.
    void initialise(std::uint64_t seed, const Parameters& base);

    const Pair& at(int layer, Module module) const { return m_pairs[static_cast<std::size_t>(layer)][module]; }
    double scale() const;
    int rank() const { return m_settings.rank; }
    const LoraSettings& settings() const { return m_settings; }
    Parameters& parameters() { return m_parameters; }
    const Parameters& parameters() const { return m_parameters; }

    /// base += what this adds: the base is then the whole model.
    void mergeInto(Parameters& base) const;

private:
    LoraSettings m_settings;
    Parameters m_parameters;
    std::vector<std::array<Pair, kModules>> m_pairs;
};

/// A folder in PEFT's form: adapter_config.json and adapter_model.safetensors.
Result<void> saveAdapter(const Adapter& adapter, const std::filesystem::path& folder, const std::string& base);
/// InvalidInput or Unsupported where it doesn't fit the model or asks for what isn't computed.
Result<std::unique_ptr<Adapter>> loadAdapter(
    const std::filesystem::path& folder, const ModelConfig& config, torch::Device device);

}  // namespace taskfold::model
