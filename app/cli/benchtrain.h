#pragma once

#include "engine/compute/compute.h"
#include "engine/jobs/job.h"

#include <string>
#include <vector>

namespace taskfold::cli {

struct TrainBench {
    std::string model, task, dtype = "fp32", device = "cpu";
    std::size_t rows = 128;
    int batch = 16, warmUp = 2, threads = 0, accumulate = 1, adapters = 0, rounds = 3;
    bool lora = false, checkpointing = false;
    std::vector<std::size_t> tasks, scaledRows = {10000};
};

/// What TRL's SFTTrainer does by default, on the same rows in the same order.
compute::TrainSetup setupOf(const TrainBench& options, const Task& task, const std::vector<Row>& rows);

double rounded(double value, double steps);

/// Several LoRA trainings in one pass beside the same ones one after another, in turns: one JSON line with the median of the
/// rounds' ratios, and how far the losses lie apart.
Result<void> measureAdapters(const TrainBench& options, const JobContext& context);

/// A mixture of so many tasks and rows, each number of them: one JSON line each with the time a token takes, and the seconds from
/// the call to the first step, in which the model is loaded and the rows are tokenised.
Result<void> measureScale(const TrainBench& options, const JobContext& context);

}  // namespace taskfold::cli
