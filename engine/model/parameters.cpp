#include "engine/model/parameters.h"

#include "engine/model/longmemory.h"

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
    flat = longZeros(total, torch::TensorOptions(type).device(device));
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
        if (halfGradient.defined() && !isOverHalf())
            return;
        halfGradient = longZeros(decayed, half.options());
        headGradient = torch::Tensor();
        gradient = torch::zeros({count() - decayed}, flat.options());
        return;
    }
    if (gradient.defined())
        return;
    gradient = longZeros(count(), flat.options());
    for (auto& [name, leaf] : named) {
        leaf.set_requires_grad(true);
        leaf.mutable_grad() = gradient.narrow(0, offsets.at(name), leaf.numel()).view(leaf.sizes());
    }
}

void Parameters::trainOverHalf(const std::string& head)
{
    keepHalf();
    if (halfGradient.defined())
        return;
    halfGradient = half;
    headFrom = offsets.at(head);
    headGradient = torch::zeros({named.at(head).numel()}, half.options());
    gradient = torch::zeros({count() - decayed}, flat.options());
}

void Parameters::keepHalf()
{
    if (!half.defined())
        half = longZeros(decayed, flat.options().dtype(torch::kBFloat16)).copy_(flat.narrow(0, 0, decayed));
}

void Parameters::renewHalf()
{
    const torch::NoGradGuard noGrad;
    if (half.defined())
        half.copy_(flat.narrow(0, 0, decayed));
}

void Parameters::zeroGradient()
{
    const torch::NoGradGuard noGrad;
    for (Piece& piece : pieces())
        piece.gradient.zero_();
    fresh = false;
}

void Parameters::startGradient()
{
    const torch::NoGradGuard noGrad;
    pieces().back().gradient.zero_();
    fresh = true;
}

torch::Tensor Parameters::gradientOf(std::int64_t offset, std::int64_t count) const
{
    if (headGradient.defined() && offset == headFrom)
        return headGradient;
    return (halfGradient.defined() ? halfGradient : gradient).narrow(0, offset, count);
}

std::vector<Parameters::Piece> Parameters::pieces() const
{
    if (!halfGradient.defined())
        return {{0, gradient.narrow(0, 0, decayed)}, {decayed, gradient.narrow(0, decayed, count() - decayed)}};
    std::vector<Piece> found;
    const auto matrices = [&](std::int64_t from, std::int64_t to) {
        if (to > from)
            found.push_back({from, halfGradient.narrow(0, from, to - from)});
    };
    const std::int64_t headEnd = headGradient.defined() ? headFrom + headGradient.numel() : 0;
    if (headGradient.defined()) {
        matrices(0, headFrom);
        found.push_back({headFrom, headGradient});
    }
    matrices(headEnd, decayed);
    found.push_back({decayed, gradient});
    return found;
}

}  // namespace taskfold::model
