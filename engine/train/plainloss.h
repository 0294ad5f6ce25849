#pragma once

#include "engine/train/batch.h"

namespace taskfold::train {

/// A token to be predicted after the one at `place` of a row.
struct Target {
    std::size_t row = 0, place = 0;
    std::int32_t token = 0;
    double share = 0;  // of the row's mean
    double weight = 0;  // of the batch's mean
};

struct Targets {
    std::vector<Target> list;  // row by row
    std::int64_t tokens = 0, count = 0;
};

Targets targetsOf(std::span<const Example* const> batch, LossMean mean);

/// The loss in its plain form: padded attention, automatic differentiation, any device. `factors` as in Learner::loss.
BatchLoss plainLoss(const model::Transformer& model, const model::Adapter* adapter, Precision precision,
    std::span<const Example* const> batch, const Targets& targets, double scale, std::span<const double> factors = {});

}  // namespace taskfold::train
