#pragma once

#include "engine/core/row.h"
#include "engine/core/task.h"

#include <span>
#include <string>

namespace taskfold::stats {

/// What a model that learned nothing would score on the rows, and its standard error.
struct TrivialScore {
    std::string how;  // "always none", "the most frequent label", "copy of the input"
    double value = 0, se = 0;
};

/// The most frequent training target for a choice among labels, "none" for extraction, else the better of a copy of
/// the input and the most frequent target.
TrivialScore trivialScore(const Task& task, std::span<const Row> train, std::span<const Row> test);

}  // namespace taskfold::stats
