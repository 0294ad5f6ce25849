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
    /// The same in two halves. The first copies everything into files that have no name yet, and leaves it to the system when
    /// they reach the disk: as fast as memory. The second hashes, syncs and names them, and reads nothing but the files: on
    /// another thread, while the training goes on. Nothing is written of a step that is there already.
    Result<void> lay(const Learner& learner, const Moments& moments, const TrainState& state) const;
    Result<std::filesystem::path> seal(std::int64_t step) const;
    /// A model that is no step's, as checkpoints/NAME, not to be resumed from.
    Result<std::filesystem::path> writeModel(const Learner& learner, const std::string& name) const;
    /// The weights of a step, into the learner.
    Result<void> readWeights(std::int64_t step, Learner& learner) const;

    /// The newest that can be resumed from, each file as its manifest says; the ones that aren't whole are passed over.
    std::optional<std::int64_t> newestWhole(std::optional<std::int64_t> atMost = {}) const;
    /// Whether the model's files are as the manifest says.
    bool hasWholeModel(std::int64_t step) const;
    /// Removes those after a step; says which.
    std::vector<std::int64_t> removeAfter(std::int64_t step) const;
    Result<TrainState> read(std::int64_t step, Learner& learner, Moments& moments) const;

    std::vector<std::int64_t> steps() const;  // ascending
    std::filesystem::path folderOf(std::int64_t step) const;

    /// Removes all but the last two and `keep`; of those the optimiser's part goes.
    void tidy(const std::vector<std::int64_t>& keep) const;

private:
    std::filesystem::path besideOf(std::int64_t step) const;
    Result<void> layModel(const Learner& learner, const std::filesystem::path& beside, const std::filesystem::path& folder) const;

    std::filesystem::path m_folder;
    std::filesystem::path m_base;
};

}  // namespace taskfold::train
