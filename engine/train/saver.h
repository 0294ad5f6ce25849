#pragma once

#include "engine/train/checkpoint.h"

#include <future>
#include <optional>

namespace taskfold::train {

/// Checkpoints beside the training: it waits only while everything is copied; hashing, syncing and naming happen on a thread
/// of the saver's. One at a time; used on the training thread alone.
class Saver {
public:
    explicit Saver(const CheckpointStore& store) : m_store(store) { }

    /// Starts a checkpoint, after the one before is whole. `keep`: as in CheckpointStore::tidy, once this one is whole.
    Result<void> start(
        const Learner& learner, const Moments& moments, const TrainState& state, std::vector<std::int64_t> keep);

    struct Saved {
        std::int64_t step = 0;
        std::filesystem::path folder;
    };
    /// The one that has become whole since it was last asked; with `wait` the one that is on its way.
    Result<std::optional<Saved>> take(bool wait);

private:
    const CheckpointStore& m_store;
    std::future<Result<std::filesystem::path>> m_pending;
    std::int64_t m_step = 0;
    std::vector<std::int64_t> m_keep;
    std::optional<Saved> m_done;
};

}  // namespace taskfold::train
