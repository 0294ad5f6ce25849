#pragma once

#include "engine/format/modelconfig.h"

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

namespace taskfold::model {

/// Weights in one run of memory, and their gradients in another: the optimiser's step, clipping and checkpoints are one
/// pass over whole buffers. The named tensors are leaves that share this memory.
struct Parameters {
    Parameters(std::vector<NamedShape> shapes, torch::Device device, torch::ScalarType type = torch::kFloat32);

    torch::Tensor at(const std::string& name) const { return named.at(name); }
    std::int64_t offsetOf(const std::string& name) const { return offsets.at(name); }

    /// Makes room for gradients; with `half` those of the matrices are bf16, and `half` copies of the matrices are kept
    /// beside the weights. Not for automatic differentiation then.
    void train(bool withHalf);
    /// The same in bf16 with less memory, where each step has one pass: the gradient of a matrix is written over its copy, which
    /// the pass doesn't need any more then, and the optimiser writes the copy anew. `head` names the matrix whose copy is used
    /// until the end: its gradient has memory of its own.
    void trainOverHalf(const std::string& head);
    bool isOverHalf() const { return half.defined() && halfGradient.is_same(half); }
    /// The bf16 copies alone.
    void keepHalf();
    /// The copies are made from the weights again.
    void renewHalf();
    void zeroGradient();
    /// Like zeroGradient, for PackedNet: its next pass writes the matrices' gradients instead of adding to them.
    void startGradient();
    /// Of the matrix whose numbers begin at `offset`.
    torch::Tensor gradientOf(std::int64_t offset, std::int64_t count) const;
    /// All gradients, in the weights' order; no piece holds both matrices and others.
    struct Piece {
        std::int64_t from = 0;
        torch::Tensor gradient;
    };
    std::vector<Piece> pieces() const;
    std::int64_t count() const { return flat.numel(); }

    torch::Tensor flat;  // [count], matrices first, so that weight decay is a prefix
    std::int64_t decayed = 0;  // numbers in matrices
    torch::Tensor gradient;  // [count], or with halfGradient what isn't a matrix: [count - decayed]
    torch::Tensor half, halfGradient;  // [decayed], bf16; the same memory when isOverHalf()
    torch::Tensor headGradient;  // when isOverHalf(): of the numbers from headFrom on
    std::int64_t headFrom = 0;
    bool fresh = false;  // the matrices' gradients are to be written, whatever lies there
    std::map<std::string, torch::Tensor> named;
    std::map<std::string, std::int64_t> offsets;
};

}  // namespace taskfold::model
