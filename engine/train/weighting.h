#pragma once

#include "engine/core/random.h"
#include "engine/core/task.h"
#include "engine/model/parameters.h"
#include "engine/train/state.h"

#include <vector>

/// What is compared with plain sums of the tasks' losses (method.md 8).
namespace taskfold::train {

/// Uncertainty weighting (Kendall et al. 2018): a task's loss L counts as c e^-s L + s / 2, where s is learned and c is 1 for
/// tasks that choose among labels, else 1/2.
class UncertaintyWeights {
public:
    UncertaintyWeights(TrainState& state, std::vector<double> factors);

    /// What a row of the task is weighed with.
    double of(std::size_t task) const;
    /// One step of Adam on s. `share`: of the batch's rows; `loss`: the task's mean.
    void step(const std::vector<double>& shares, const std::vector<double>& losses, double rate, std::int64_t count);

private:
    TrainState& m_state;
    std::vector<double> m_factors;
};

/// PCGrad (Yu et al. 2020): each task's gradient loses its part along every other task's that it conflicts with, in random
/// order; then they are summed.
class GradientSurgery {
public:
    /// Takes the gradient out of the buffers, which are zero afterwards.
    void take(model::Parameters& parameters);
    /// Puts the sum of the projected gradients back.
    void putSum(model::Parameters& parameters, Random random) const;

private:
    std::vector<torch::Tensor> m_gradients;  // one a task, as long as the parameters
};

}  // namespace taskfold::train
