#include "engine/train/batch.h"

#include "engine/text/template.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taskfold::train {

Result<Examples> examplesOf(const Tokenizer& tokenizer, const Task& task, std::span<const Row> rows, int context)
{
    Examples examples;
    examples.list.reserve(rows.size());
    for (const Row& row : rows) {
        Result<Rendered> rendered = render(tokenizer, task, row, context);
        if (rendered)
            examples.list.push_back({std::move(rendered->tokens), rendered->targetStart});
        else
            ++examples.tooLong;
    }
    if (examples.list.empty() && !rows.empty())
        return Error{ErrorCode::InvalidInput, "no row of " + task.name + " fits into a context of " + std::to_string(context)
                + " tokens: choose a longer one"};
    return examples;
}

BatchLoss lossOf(const model::Transformer& model, std::span<const Example* const> batch, LossMean mean)
{
    BatchLoss loss;
    std::vector<std::span<const std::int32_t>> rows;
    std::vector<std::int64_t> places, targets, owners;
    std::vector<float> perExample;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Example& example = *batch[i];
        rows.emplace_back(example.tokens);
        const std::size_t start = std::max<std::size_t>(example.targetStart, 1);
        const std::size_t count = example.tokens.size() > start ? example.tokens.size() - start : 0;
        for (std::size_t t = start; t < example.tokens.size(); ++t) {
            places.push_back(loss.tokens + static_cast<std::int64_t>(t) - 1);
            targets.push_back(example.tokens[t]);
            owners.push_back(static_cast<std::int64_t>(i));
            perExample.push_back(1.0F / static_cast<float>(count));
        }
        loss.tokens += static_cast<std::int64_t>(example.tokens.size());
        loss.targetTokens += static_cast<std::int64_t>(count);
    }
    const auto device = model.device();
    const auto numbers = [&](const std::vector<std::int64_t>& values) {
        return torch::tensor(values, torch::kLong).to(device);
    };
    const auto hidden = model.hidden(model::pack(rows, device)).index_select(0, numbers(places));
    const auto nll = torch::nll_loss(
        torch::log_softmax(model.logits(hidden), -1), numbers(targets), {}, at::Reduction::None);
    const auto weights = torch::tensor(perExample, torch::kFloat32).to(device);
    const auto weighted = nll * weights;
    loss.perExample = torch::zeros({static_cast<std::int64_t>(batch.size())}, weighted.options())
                          .index_add(0, numbers(owners), weighted.detach());
    loss.total = mean == LossMean::Example ? weighted.sum() / static_cast<double>(batch.size()) : nll.mean();
    return loss;
}

double meanLoss(const model::Transformer& model, std::span<const Example> examples, int batch)
{
    const torch::NoGradGuard noGrad;
    double sum = 0;
    for (std::size_t from = 0; from < examples.size(); from += static_cast<std::size_t>(batch)) {
        std::vector<const Example*> part;
        for (std::size_t i = from; i < std::min(examples.size(), from + static_cast<std::size_t>(batch)); ++i)
            part.push_back(&examples[i]);
        sum += lossOf(model, part, LossMean::Example).perExample.sum().item<double>();
    }
    return examples.empty() ? 0 : sum / static_cast<double>(examples.size());
}

double AdamW::step(
    model::Parameters& parameters, torch::Tensor& first, torch::Tensor& second, std::int64_t count) const
{
    const torch::NoGradGuard noGrad;
    torch::Tensor& gradient = parameters.gradient;
    const double norm = gradient.norm().item<double>();
    if (!std::isfinite(norm))
        return norm;
    if (clip > 0 && norm > clip)
        gradient.mul_(clip / (norm + 1e-6));
    first.mul_(beta1).add_(gradient, 1 - beta1);
    second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const double correction1 = 1 - std::pow(beta1, static_cast<double>(count));
    const double correction2 = 1 - std::pow(beta2, static_cast<double>(count));
    parameters.flat.narrow(0, 0, parameters.decayed).mul_(1 - learningRate * decay);
    const auto scale = second.sqrt().div_(std::sqrt(correction2)).add_(epsilon);
    parameters.flat.addcdiv_(first, scale, -learningRate / correction1);
    return norm;
}

double rateAt(std::int64_t step, std::int64_t steps, double peak, double warmUp, double finalShare)
{
    const double warm = std::max(1.0, warmUp * static_cast<double>(steps));
    const auto now = static_cast<double>(step);
    if (now < warm)
        return peak * now / warm;
    const double rest = std::max(1.0, static_cast<double>(steps) - warm);
    const double t = std::min(1.0, (now - warm) / rest);
    return peak * (finalShare + (1 - finalShare) * 0.5 * (1 + std::cos(std::numbers::pi * t)));
}

}  // namespace taskfold::train
