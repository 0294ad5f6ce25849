#include "engine/train/weighting.h"

#include <torch/torch.h>

#include <cmath>
#include <numeric>

namespace taskfold::train {

UncertaintyWeights::UncertaintyWeights(TrainState& state, std::vector<double> factors)
    : m_state(state), m_factors(std::move(factors))
{
    m_state.logVariance.resize(m_factors.size(), 0);
    m_state.logVarianceFirst.resize(m_factors.size(), 0);
    m_state.logVarianceSecond.resize(m_factors.size(), 0);
}

double UncertaintyWeights::of(std::size_t task) const
{
    return m_factors[task] * std::exp(-m_state.logVariance[task]);
}

void UncertaintyWeights::step(
    const std::vector<double>& shares, const std::vector<double>& losses, double rate, std::int64_t count)
{
    constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
    for (std::size_t i = 0; i < m_factors.size(); ++i) {
        const double gradient = shares[i] * (0.5 - of(i) * losses[i]);
        double& first = m_state.logVarianceFirst[i];
        double& second = m_state.logVarianceSecond[i];
        first = kBeta1 * first + (1 - kBeta1) * gradient;
        second = kBeta2 * second + (1 - kBeta2) * gradient * gradient;
        const double mean = first / (1 - std::pow(kBeta1, static_cast<double>(count)));
        const double size = std::sqrt(second / (1 - std::pow(kBeta2, static_cast<double>(count))));
        m_state.logVariance[i] -= rate * mean / (size + kEpsilon);
    }
}

void GradientSurgery::take(model::Parameters& parameters)
{
    const torch::NoGradGuard noGrad;
    m_gradients.push_back(parameters.halfGradient.defined()
            ? torch::cat({parameters.halfGradient.to(parameters.flat.scalar_type()), parameters.gradient})
            : parameters.gradient.clone());
    parameters.zeroGradient();
}

void GradientSurgery::putSum(model::Parameters& parameters, Random random) const
{
    const torch::NoGradGuard noGrad;
    torch::Tensor sum = torch::zeros_like(parameters.flat);
    for (std::size_t i = 0; i < m_gradients.size(); ++i) {
        torch::Tensor own = m_gradients[i].clone();
        std::vector<std::size_t> order(m_gradients.size());
        std::iota(order.begin(), order.end(), 0U);
        random.shuffle(order);
        for (const std::size_t k : order) {
            const torch::Tensor& other = m_gradients[k];
            const double along = k == i ? 0 : own.dot(other).item<double>();
            if (along < 0)
                own.sub_(other, along / other.dot(other).item<double>());
        }
        sum.add_(own);
    }
    if (!parameters.halfGradient.defined()) {
        parameters.gradient.copy_(sum);
        return;
    }
    parameters.halfGradient.copy_(sum.narrow(0, 0, parameters.decayed));
    parameters.gradient.copy_(sum.narrow(0, parameters.decayed, sum.numel() - parameters.decayed));
}

}  // namespace taskfold::train
