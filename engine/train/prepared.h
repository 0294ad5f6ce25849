#pragma once

#include "engine/train/trainer.h"

namespace taskfold::train {

/// A setup's rows through the template, ready to be drawn and judged.
struct Prepared {
    std::vector<Source> sources;
    std::vector<std::vector<Example>> validation;  // by task
    std::string leftOut;  // in words; empty: nothing
};

/// InvalidInput where a task has rows and none fits. `context`: the model's own.
Result<Prepared> prepare(const compute::TrainSetup& setup, const Tokenizer& tokenizer, int context);

/// Scores each task by its metric on its validation rows. All must outlive it.
Judge judgeOf(const compute::TrainSetup& setup, const Tokenizer& tokenizer, const std::vector<std::vector<Example>>& validation);

/// Says in the result which rows were left out.
void addNote(const Prepared& prepared, compute::TrainResult& result);

}  // namespace taskfold::train
