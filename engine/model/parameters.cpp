#include "engine/model/parameters.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::model {

namespace {

std::int64_t countOf(const std::vector<std::int64_t>& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

}  // namespace

Parameters::Parameters(std::vector<NamedShape> shapes, torch::Device device, torch::ScalarType type)
{
    std::stable_partition(shapes.begin(), shapes.end(), [](const NamedShape& s) { return s.shape.size() > 1; });
    std::int64_t total = 0;
    for (const NamedShape& shape : shapes) {
        total += countOf(shape.shape);
        if (shape.shape.size() > 1)
            decayed = total;
    }
    flat = torch::zeros({total}, torch::TensorOptions(type).device(device));
    std::int64_t offset = 0;
    for (const NamedShape& shape : shapes) {
        const std::int64_t count = countOf(shape.shape);
        named.emplace(shape.name, flat.narrow(0, offset, count).view(shape.shape).detach());
        offsets.emplace(shape.name, offset);
        offset += count;
    }
}

void Parameters::train(bool withHalf)
{
    if (withHalf) {
        keepHalf();
        if (halfGradient.defined())
            return;
        halfGradient = torch::zeros({decayed}, half.options());
        gradient = torch::zeros({count() - decayed}, flat.options());
        return;
    }
    if (gradient.defined())
        return;
    gradient = torch::zeros_like(flat);
    for (auto& [name, leaf] : named) {
        leaf.set_requires_grad(true);
        leaf.mutable_grad() = gradient.narrow(0, offsets.at(name), leaf.numel()).view(leaf.sizes());
    }
}

void Parameters::keepHalf()
{
    if (!half.defined())
        half = flat.narrow(0, 0, decayed).to(torch::kBFloat16);
}

void Parameters::zeroGradient()
{
    const torch::NoGradGuard noGrad;
    gradient.zero_();
    if (halfGradient.defined())
        halfGradient.zero_();
}

}  // namespace taskfold::model
