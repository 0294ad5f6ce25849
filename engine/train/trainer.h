#pragma once

#include "engine/compute/compute.h"
#include "engine/model/modelio.h"
#include "engine/stats/stopcontroller.h"
#include "engine/train/batch.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace taskfold::train {

/// Examples of one task, or of one kind of text, as the loop draws them.
struct Source {
    TaskId id;
    std::string name;
    std::unique_ptr<const ExampleSource> examples;
    compute::Mixing mixing;
    bool choosesLabels = false;
};

/// Scores the sources as the model stands now; epochs are filled in by the loop.
using Judge = std::function<Result<std::vector<stats::Seen>>(Learner&)>;

/// One stage on sources that are ready: steps, evaluations, checkpoints, resuming, early stop. Bit-exact for a fixed
/// number of threads, whether stopped and resumed or not. `base`: as in CheckpointStore.
Result<compute::TrainResult> runStage(const compute::TrainSetup& setup, Learner& learner,
    const std::filesystem::path& base, std::vector<Source> sources, const Judge& judge, const compute::TrainEvents& events, const std::stop_token& stop);

/// Fine-tuning: renders the rows, judges by each task's metric on its validation rows.
Result<compute::TrainResult> fineTune(
    const compute::TrainSetup& setup, const compute::TrainEvents& events, const std::stop_token& stop);

}  // namespace taskfold::train
