#include "engine/train/batch.h"

#include "engine/model/parallel.h"

#include <torch/torch.h>

#include <cmath>

namespace taskfold::train {

namespace {

constexpr std::int64_t kBlock = 1 << 16;

// In blocks whose sums are added in order: the same for any number of threads.
template <typename R, typename O>
double squares(const O* x, std::int64_t count)
{
    const std::int64_t blocks = (count + kBlock - 1) / kBlock;
    std::vector<double> sums(static_cast<std::size_t>(blocks));
    model::parallelFor(0, blocks, 1, [&](std::int64_t from, std::int64_t to) {
        for (std::int64_t b = from; b < to; ++b)
            sums[static_cast<std::size_t>(b)]
                = model::kernels::set<R, O>().sumSquares(x + b * kBlock, std::min(kBlock, count - b * kBlock));
    });
    double sum = 0;
    for (const double one : sums)
        sum += one;
    return sum;
}

struct Buffers {
    torch::Tensor weight, gradient, first, second;
    torch::Tensor copy;  // undefined: none; may be the gradient
};

template <typename R, typename O>
void update(const Buffers& at, const model::kernels::AdamSettings& settings)
{
    const auto* gradient = static_cast<const O*>(at.gradient.data_ptr());
    auto* copy = at.copy.defined() ? static_cast<O*>(at.copy.data_ptr()) : nullptr;
    model::parallelFor(0, at.weight.numel(), kBlock, [&](std::int64_t from, std::int64_t to) {
        model::kernels::set<R, O>().adamW(static_cast<R*>(at.weight.data_ptr()) + from, gradient + from,
            static_cast<R*>(at.first.data_ptr()) + from, static_cast<R*>(at.second.data_ptr()) + from,
            copy ? copy + from : nullptr, to - from, settings);
    });
}

// The same by libtorch, for other devices.
void updatePlainly(const Buffers& at, const model::kernels::AdamSettings& settings)
{
    const auto gradient = at.gradient.to(at.weight.scalar_type()) * settings.scale;
    at.first.mul_(settings.beta1).add_(gradient, 1 - settings.beta1);
    at.second.mul_(settings.beta2).addcmul_(gradient, gradient, 1 - settings.beta2);
    at.weight.mul_(1 - settings.rate * settings.decay);
    const auto turn = at.second.sqrt().div_(std::sqrt(settings.correction2)).add_(settings.epsilon);
    at.weight.addcdiv_(at.first, turn, -settings.rate / settings.correction1);
    if (at.copy.defined())
        at.copy.copy_(at.weight);
}

void updateAny(const Buffers& at, const model::kernels::AdamSettings& settings)
{
    using model::kernels::Bf16;
    if (at.weight.numel() == 0)
        return;
    if (!at.weight.is_cpu())
        return updatePlainly(at, settings);
    if (at.weight.scalar_type() == torch::kFloat64)
        return update<double, double>(at, settings);
    if (at.gradient.scalar_type() == torch::kBFloat16)
        return update<float, Bf16>(at, settings);
    update<float, float>(at, settings);
}

double squaresOf(const torch::Tensor& gradient)
{
    using model::kernels::Bf16;
    if (!gradient.defined())
        return 0;
    if (!gradient.is_cpu()) {
        const double norm = gradient.to(torch::kFloat32).norm().item<double>();
        return norm * norm;
    }
    if (gradient.scalar_type() == torch::kFloat64)
        return squares<double>(static_cast<const double*>(gradient.data_ptr()), gradient.numel());
    if (gradient.scalar_type() == torch::kBFloat16)
        return squares<float>(static_cast<const Bf16*>(gradient.data_ptr()), gradient.numel());
    return squares<float>(static_cast<const float*>(gradient.data_ptr()), gradient.numel());
}

}  // namespace

double AdamW::step(model::Parameters& parameters, torch::Tensor& first, torch::Tensor& second, std::int64_t count) const
{
    const torch::NoGradGuard noGrad;
    const std::vector<model::Parameters::Piece> pieces = parameters.pieces();
    double squares = 0;
    for (const model::Parameters::Piece& piece : pieces)
        squares += squaresOf(piece.gradient);
    const double norm = std::sqrt(squares);
    if (!std::isfinite(norm)) {
        if (parameters.isOverHalf())
            parameters.renewHalf();
        return norm;
    }
    model::kernels::AdamSettings settings;
    settings.rate = learningRate;
    settings.beta1 = beta1;
    settings.beta2 = beta2;
    settings.epsilon = epsilon;
    settings.decay = decay;
    settings.scale = clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1;
    settings.correction1 = 1 - std::pow(beta1, static_cast<double>(count));
    settings.correction2 = 1 - std::pow(beta2, static_cast<double>(count));
    for (const model::Parameters::Piece& piece : pieces) {
        const bool matrices = piece.from < parameters.decayed;
        const auto cut = [&](const torch::Tensor& t) { return t.narrow(0, piece.from, piece.gradient.numel()); };
        settings.decay = matrices ? decay : 0;
        updateAny({cut(parameters.flat), piece.gradient, cut(first), cut(second),
                      matrices && parameters.halfGradient.defined() ? cut(parameters.half) : torch::Tensor()},
            settings);
    }
    return norm;
}

}  // namespace taskfold::train
