#pragma once

#include "engine/format/modelconfig.h"

#include <vector>

namespace taskfold {

/// The angles of rotary positions: at position p, pair i (elements i and i + headSize / 2) turns by p * frequencies[i].
struct Rotary {
    std::vector<float> frequencies;  // headSize / 2, radians a token
    float scale = 1;  // of cosine and sine
};

/// In single precision, operation by operation as in transformers 4.57 (modeling_rope_utils.py), whose logits ours equal.
/// Sources: Su et al. 2021 (RoFormer); linear, Chen et al. 2023; yarn, Peng et al. 2023; llama3, Llama 3.1's release.
Rotary rotaryOf(const ModelConfig& config);

}  // namespace taskfold
