#pragma once

#include "engine/model/adapter.h"
#include "engine/model/parameters.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace taskfold::model {

/// Rows one behind the other without padding: [N] tokens and positions. Attention alone sees them as [rows, longest].
struct Packed {
    torch::Tensor tokens;  // [N] int64
    torch::Tensor positions;  // [N] within the row
    torch::Tensor intoRows;  // [rows * longest]: where in N; padding points to 0
    torch::Tensor outOfRows;  // [N]: where in rows * longest
    std::int64_t rows = 0, longest = 0;
};

Packed pack(std::span<const std::span<const std::int32_t>> rows, torch::Device device);

/// Keys and values of what was read, by layer: [rows, kvHeads, columns, headSize].
struct Cache {
    std::vector<torch::Tensor> keys, values;
    torch::Tensor positions;  // [rows, columns]
    std::int64_t used = 0;  // columns
};

/// A Llama-shaped model: RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied or free head. The plain form, by
/// automatic differentiation, on any device; PackedNet computes the same faster.
///
///   tokens -> [embed] -> { + attention(norm) , + mlp(norm) } x layers -> [norm] -> [head] -> logits
class Transformer {
public:
    Transformer(ModelConfig config, torch::Device device, torch::ScalarType type = torch::kFloat32);

    /// Hidden states of packed rows after the last norm: [N, hidden].
    /// With an adapter its dropout is drawn from torch's generator while gradients are on.
    torch::Tensor hidden(const Packed& packed, const Adapter* adapter = nullptr) const;

    /// Hidden states of new columns: tokens and positions [rows, L]; mask [rows or 1, 1, L, used + L], true where seen.
    /// Appends to the cache, which has room. Without gradient.
    torch::Tensor hidden(
        const torch::Tensor& tokens, const torch::Tensor& positions, const torch::Tensor& mask, Cache& cache,
        const Adapter* adapter = nullptr) const;

    /// [.., hidden] -> [.., vocabulary].
    torch::Tensor logits(const torch::Tensor& hidden) const;

    Cache emptyCache(std::int64_t rows, std::int64_t columns) const;

    /// Makes the tables of turns at least so long; tensors of the shorter ones stay valid.
    void reach(std::int64_t positions) const;
    const torch::Tensor& cosines() const { return m_cosine; }  // [positions, headSize]
    const torch::Tensor& sines() const { return m_sine; }
    const ModelConfig& config() const { return m_config; }
    torch::Device device() const { return m_device; }
    Parameters& parameters() { return m_parameters; }
    const Parameters& parameters() const { return m_parameters; }

    /// Draws all weights from the seed: normal, 0.02, the residual outputs scaled by depth (GPT-2).
    void initialise(std::uint64_t seed);

private:
    struct Layer;

    torch::Tensor normed(const torch::Tensor& x, const torch::Tensor& weight) const;
    torch::Tensor rotated(const torch::Tensor& x, const torch::Tensor& positions) const;
    torch::Tensor attended(const torch::Tensor& q, torch::Tensor k, torch::Tensor v, const torch::Tensor& mask) const;
    torch::Tensor product(const torch::Tensor& x, int layer, Module module, const Adapter* adapter) const;
    torch::Tensor mlp(int layer, const torch::Tensor& x, const Adapter* adapter) const;
    torch::Tensor queries(const torch::Tensor& x, int layer, Module module, const torch::Tensor& positions, const Adapter* adapter) const;

    ModelConfig m_config;
    torch::Device m_device;
    Parameters m_parameters;
    std::vector<Layer> m_layers;
    torch::Tensor m_embedding, m_norm, m_head;
    torch::ScalarType m_type = torch::kFloat32;
    mutable torch::Tensor m_cosine, m_sine;  // [positions, headSize]
};

struct Transformer::Layer {
    torch::Tensor attentionNorm, mlpNorm;
    torch::Tensor queryNorm, keyNorm;  // undefined where the model has none
    std::array<torch::Tensor, kModules> weight, bias;  // a bias is undefined where the model has none
};

}  // namespace taskfold::model
