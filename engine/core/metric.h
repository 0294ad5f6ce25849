#pragma once

#include "engine/core/id.h"
#include "engine/core/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskfold {

/// One point of a curve. Names: loss, validation_loss, metric, learning_rate, gradient_norm, share, epochs.
struct MetricPoint {
    TaskId task;  // none: of the whole run
    std::int64_t step = 0;
    std::string name;
    double value = 0;

    bool operator==(const MetricPoint&) const = default;
};

enum class Decode { Labels, Greedy };  // constrained to the label set, or free generation

/// A model's answer to one row.
struct Prediction {
    RunId run;
    TaskId task;
    Split split = Split::Test;
    std::int64_t line = 0;  // the row's
    std::string text;
    bool invalid = false;  // outside the label set, or malformed
    double logProbability = 0;  // of the answer's tokens
    double confidence = 0;  // the answer's probability among all labels; 0: not chosen among labels, or not known

    bool operator==(const Prediction&) const = default;
};

struct Score {
    RunId run;
    TaskId task;
    Split split = Split::Test;
    MetricKind metric = MetricKind::Accuracy;
    Decode decode = Decode::Greedy;
    double value = 0;  // a fraction of 1; perplexity as it is
    std::int64_t n = 0;
    std::int64_t invalid = 0;
    std::string dataHash;

    bool operator==(const Score&) const = default;
};

std::string_view wordOf(Decode decode);
std::optional<Decode> decodeOf(std::string_view word);

}  // namespace taskfold
