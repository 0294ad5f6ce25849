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
};

/// What TRL's SFTTrainer does by default, on the same rows in the same order.
compute::TrainSetup setupOf(const TrainBench& options, const Task& task, const std::vector<Row>& rows);

double rounded(double value, double steps);

/// Several LoRA trainings in one pass beside the same ones one after another, in turns: one JSON line with the median of the
/// rounds' ratios, and how far the losses lie apart.
Result<void> measureAdapters(const TrainBench& options, const JobContext& context);

}  // namespace taskfold::cli
