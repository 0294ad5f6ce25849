#pragma once

#include "engine/core/result.h"
#include "engine/train/batch.h"
#include "engine/train/state.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace taskfold::train {

/// First and second moment of AdamW, as long as the parameters.
struct Moments {
    torch::Tensor first, second;
};

/// checkpoints/step-N of a run: a model in Hugging Face form or an adapter in PEFT's, optimizer.safetensors, state.json, and manifest.json with the
/// SHA-256 of each file. Written beside, synced and renamed: a folder of that name is whole.
class CheckpointStore {
public:
    /// `base`: where the tokenizer lies, and the model that an adapter belongs to.
    CheckpointStore(std::filesystem::path runFolder, std::filesystem::path base);

    Result<std::filesystem::path> write(
        const Learner& learner, const Moments& moments, const TrainState& state) const;

    /// The newest that can be resumed from, each file as its manifest says; the ones that aren't whole are passed over.
    std::optional<std::int64_t> newestWhole() const;
    Result<TrainState> read(std::int64_t step, Learner& learner, Moments& moments) const;

    std::vector<std::int64_t> steps() const;  // ascending
    std::filesystem::path folderOf(std::int64_t step) const;

    /// Removes all but the last two and `keep`; of those the optimiser's part goes.
    void tidy(const std::vector<std::int64_t>& keep) const;

private:
    Result<void> readWeights(std::int64_t step, Learner& learner) const;

    std::filesystem::path m_folder;
    std::filesystem::path m_base;
};

}  // namespace taskfold::train
