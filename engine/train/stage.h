#pragma once

#include "engine/train/saver.h"
#include "engine/train/trainer.h"
#include "engine/train/weighting.h"

#include <chrono>
#include <optional>

namespace taskfold::train {

/// One stage while it runs: what it draws, its optimiser, schedule, controllers, checkpoints. `run` drives it alone; with
/// others in one pass over a shared base (together.h) the gradients come from outside.
class Stage {
public:
    /// All must outlive it.
    Stage(const compute::TrainSetup& setup, Learner& learner, const std::filesystem::path& base, std::vector<Source> sources,
        const Judge& judge, const compute::TrainEvents& events);

    Result<compute::TrainResult> run(const std::stop_token& stop);

    // What `run` is made of. Errors end the stage.
    const CheckpointStore& store() const { return m_store; }
    /// From the newest whole checkpoint, or the newest one up to a step; says what was passed over.
    Result<void> resume(std::optional<std::int64_t> atMost = {});
    bool done() const;
    std::int64_t step() const { return m_state.step; }
    const std::vector<const Example*>& draw();
    /// The rows of the longest batch that can come, as far as that is known: it goes first, so that a lack of memory shows at once.
    std::vector<Example> longestBatch() const;
    /// The optimiser's step on the gradient of the batch that was drawn.
    Result<void> take(const BatchLoss& loss, double seconds, double flops);
    /// The gradient of a batch of the only task's, in parts where the memory doesn't hold it whole.
    BatchLoss gradient(const std::vector<const Example*>& batch) { return gradientOf(batch, std::vector<std::size_t>(batch.size(), 0)); }
    /// Whether a checkpoint is due after this step, which was evaluated if that was due.
    Result<bool> judgeIfDue();
    Result<void> keep();
    /// Tells of a checkpoint that is whole by now, or waits for it.
    Result<void> tellSaved(bool wait);
    Result<compute::TrainResult> stopped();
    Result<compute::TrainResult> finish();
    /// A sentence for the run's end.
    void note(const std::string& sentence);
    Learner& learner() const { return m_learner; }

private:
    using Clock = std::chrono::steady_clock;

    std::int64_t plannedSteps() const;
    double progress() const;
    std::vector<double> shares() const;
    double epochs(std::size_t source) const { return m_sources[source].mixing.epochsBefore + m_draw.epochs(source); }
    bool isDue(std::int64_t every) const;
    bool evaluationIsDue() const;
    Result<void> probe();
    Result<void> computeStep();
    BatchLoss gradientOf(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners);
    BatchLoss gradientOnce(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners);
    BatchLoss inParts(const std::vector<const Example*>& batch, double share, const std::vector<double>& factors);
    BatchLoss bySurgery(const std::vector<const Example*>& batch, const std::vector<std::size_t>& owners);
    void learnWeights(const BatchLoss& loss, double rate);
    double sizeOf(std::span<const Example* const> rows) const;
    Result<void> tell(const BatchLoss& loss, double rate, double norm, double flops) const;
    Result<void> evaluate();
    std::vector<std::int64_t> bestSteps() const;
    Result<void> checkpoint();
    compute::TrainResult numbers() const;
    Result<compute::TrainResult> resultAt(const std::filesystem::path& folder) const;
    Result<std::int64_t> chosenStep();
    Result<std::optional<std::filesystem::path>> average(std::int64_t chosen);

    const compute::TrainSetup& m_setup;
    Learner& m_learner;
    std::vector<Source> m_sources;
    const Judge& m_judge;
    const compute::TrainEvents& m_events;
    CheckpointStore m_store;
    Saver m_saver;
    Draw m_draw;
    Moments m_moments;
    TrainState m_state;
    std::optional<UncertaintyWeights> m_weights;
    std::vector<Example> m_drawn;  // the step's rows
    std::vector<const Example*> m_batch;  // where they lie
    std::vector<std::size_t> m_owners;  // by row of the batch
    double m_secondsUntold = 0;  // of copying checkpoints
};

}  // namespace taskfold::train
