#include "engine/train/plainloss.h"

#include <ATen/autocast_mode.h>
#include <torch/torch.h>

namespace taskfold::train {

namespace {

// Products in bf16 while it lives (torch's autocast).
class HalfProducts {
public:
    HalfProducts(torch::Device device, bool on)
        : m_type(device.type()), m_before(at::autocast::is_autocast_enabled(m_type))
    {
        if (on)
            at::autocast::set_autocast_dtype(m_type, torch::kBFloat16);
        at::autocast::set_autocast_enabled(m_type, on);
    }
    ~HalfProducts()
    {
        at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(m_type, m_before);
    }
    HalfProducts(const HalfProducts&) = delete;
    HalfProducts& operator=(const HalfProducts&) = delete;

private:
    torch::DeviceType m_type;
    bool m_before;
};

}  // namespace

BatchLoss plainLoss(const model::Transformer& model, const model::Adapter* adapter, Precision precision,
    std::span<const Example* const> batch, const Targets& targets, double scale, std::span<const double> factors)
{
    const torch::AutoGradMode gradient(scale != 0);
    const auto device = model.device();
    std::vector<std::span<const std::int32_t>> rows;
    std::vector<std::int64_t> starts{0}, places, tokens, owners;
    std::vector<double> shares, weights, weighed;
    for (const Example* example : batch) {
        rows.emplace_back(example->tokens);
        starts.push_back(starts.back() + static_cast<std::int64_t>(example->tokens.size()));
    }
    for (const Target& target : targets.list) {
        places.push_back(starts[target.row] + static_cast<std::int64_t>(target.place));
        tokens.push_back(target.token);
        owners.push_back(static_cast<std::int64_t>(target.row));
        shares.push_back(target.share);
        weights.push_back(target.weight);
        weighed.push_back(scale * target.weight * (factors.empty() ? 1 : factors[target.row]));
    }
    const auto numbers = [&](const std::vector<std::int64_t>& values) { return torch::tensor(values, torch::kLong).to(device); };
    torch::Tensor nll;
    {
        const HalfProducts products(device, precision == Precision::Bf16);
        const auto hidden = model.hidden(model::pack(rows, device), adapter).index_select(0, numbers(places));
        auto logits = model.logits(hidden);
        if (logits.scalar_type() == torch::kBFloat16)
            logits = logits.to(torch::kFloat32);
        nll = torch::nll_loss(torch::log_softmax(logits, -1), numbers(tokens), {}, at::Reduction::None);
    }
    const auto real = [&](const std::vector<double>& values) {
        return torch::tensor(values, torch::kFloat64).to(nll.scalar_type()).to(device);
    };
    const auto total = (nll.detach() * real(weights)).sum();
    if (scale != 0)
        (nll * real(weighed)).sum().backward();
    const auto each = torch::zeros({static_cast<std::int64_t>(batch.size())}, nll.options().requires_grad(false))
                          .index_add(0, numbers(owners), nll.detach() * real(shares))
                          .to(torch::kFloat64)
                          .cpu()
                          .contiguous();
    BatchLoss loss;
    loss.total = total.to(torch::kFloat64).item<double>();
    const auto* values = each.data_ptr<double>();
    loss.perExample.assign(values, values + each.numel());
    return loss;
}

}  // namespace taskfold::train
