#include "engine/model/packedlayers.h"

// Adapters' low-rank products, forward and backward: in tiles where the processor has them, else by kernels for vectors, which
// are faster there than libtorch.

namespace taskfold::model {

template <typename R, typename O>
std::int64_t PackedLayers<R, O>::widthOf(int module) const
{
    if (module == kGate || module == kUp)
        return m_feedForward;
    if (module == kQuery)
        return m_heads * m_size;
    return module == kKey || module == kValue ? m_keyHeads * m_size : m_hidden;
}

// In the parameters they lie one behind the other (adapter.cpp).
template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::lowA(const Part& part, int layer, int first, int count) const
{
    for (int m = first; m < first + count; ++m)
        if (!part.adapter->at(layer, static_cast<Module>(m)).a.defined())
            return {};
    const Parameters& own = part.adapter->parameters();
    const Adapter::Pair& pair = part.adapter->at(layer, static_cast<Module>(first));
    return (kHalf ? own.half : own.flat)
        .detach()
        .narrow(0, pair.aOffset, count * pair.a.numel())
        .view({count * pair.a.size(0), pair.a.size(1)});
}

template <typename R, typename O>
torch::Tensor PackedLayers<R, O>::lowB(const Part& part, const Adapter::Pair& pair, std::int64_t width) const
{
    const Parameters& own = part.adapter->parameters();
    const std::int64_t rank = part.adapter->rank();
    return (kHalf ? own.half : own.flat).detach().narrow(0, pair.bOffset, width * rank).view({width, rank});
}

template <typename R, typename O>
void PackedLayers<R, O>::addLowRank(const Tensor& out, const Tensor& u, const Tensor& b, double scale)
{
    const std::int64_t size = out.size(1), rank = u.size(1), stride = out.stride(0);
    rows(out.size(0), [&](std::int64_t from, std::int64_t to) {
        m_do.lowRank(operand(out) + from * stride, stride, operand(u) + from * u.stride(0), u.stride(0), real(b),
            static_cast<R>(scale), to - from, rank, size);
    });
    this->count(out.size(0), size, rank);
}

// The low-rank part of `count` modules that read the same x, added to their columns of `out`.
template <typename R, typename O>
void PackedLayers<R, O>::addLow(int layer, Module first, int count, const Tensor& x, const Tensor& out, LayerMemory& memory,
    const std::vector<Part>& parts)
{
    eachPart(parts, [&](const Part& part) {
        const std::int64_t rank = part.adapter->rank(), n = part.end - part.begin;
        const Tensor own = x.narrow(0, part.begin, n);
        const Tensor low = memory.low.narrow(0, part.begin, n);
        const Tensor together = lowA(part, layer, first, count);
        if (together.defined())
            narrow(low.narrow(1, first * rank, count * rank), own, together);
        std::int64_t column = 0;
        for (int m = first; m < first + count; column += widthOf(m++)) {
            const std::int64_t width = widthOf(m);
            const Adapter::Pair& pair = part.adapter->at(layer, static_cast<Module>(m));
            if (!pair.a.defined())
                continue;
            const Tensor u = low.narrow(1, m * rank, rank);
            if (!together.defined())
                narrow(u, own, lowA(part, layer, m, 1));
            const Tensor columns = out.narrow(0, part.begin, n).narrow(1, column, width);
            if (m_tiles)
                addProduct(columns, u, lowB(part, pair, width).t(), part.adapter->scale());
            else
                addLowRank(columns, u, pair.b.detach().t().contiguous(), part.adapter->scale());
        }
    });
}

// Of the low-rank parts of modules that read x: gradients of A and B, and dx += scale * dOut B A, for all of them at once
// where all have one.
template <typename R, typename O>
void PackedLayers<R, O>::lowBack(int layer, Module first, int count, const Tensor& x, const Tensor& dOut, const Tensor& dx,
    LayerMemory& memory, const std::vector<Part>& parts)
{
    eachPart(parts, [&](const Part& part) {
        const std::int64_t n = part.end - part.begin;
        const std::int64_t rank = part.adapter->rank();
        const double scale = part.adapter->scale();
        const bool together = lowA(part, layer, first, count).defined();
        Parameters& own = part.adapter->parameters();
        const auto through = [&](int module, int modules, const Tensor& du) {
            const Adapter::Pair& pair = part.adapter->at(layer, static_cast<Module>(module));
            const Tensor da = gradientOf(own, pair.aOffset, du.size(1), x.size(1));
            const Tensor rowsOfX = x.narrow(0, part.begin, n), rowsOfDx = dx.narrow(0, part.begin, n);
            if (m_tiles) {
                addOverRows(da, du, rowsOfX, scale, true);
                addProduct(rowsOfDx, du, lowA(part, layer, module, modules), scale);
            } else {
                addOuter(da, false, du, rowsOfX, scale);
                addLowRank(rowsOfDx, du, pair.a.detach(), scale);
            }
        };
        const Tensor du = at::empty({stepped(n), count * rank}, kOperand).narrow(0, 0, n);
        std::int64_t column = 0;
        for (int m = first; m < first + count; column += widthOf(m++)) {
            const std::int64_t width = widthOf(m);
            const Adapter::Pair& pair = part.adapter->at(layer, static_cast<Module>(m));
            if (!pair.a.defined())
                continue;
            const Tensor dy = dOut.narrow(0, part.begin, n).narrow(1, column, width);
            const Tensor u = memory.low.narrow(0, part.begin, n).narrow(1, m * rank, rank);
            const Tensor b = lowB(part, pair, width), one = du.narrow(1, (m - first) * rank, rank);
            if (m_tiles) {
                addOverRows(gradientOf(own, pair.bOffset, width, rank), dy, u, scale, true);
                multiply(one, dy, b);
            } else {
                addOuter(gradientOf(own, pair.bOffset, width, rank), true, u, dy, scale);
                narrow(one, dy, b.t().contiguous());
            }
            if (!together)
                through(m, 1, one);
        }
        if (together)
            through(first, count, du);
    });
}

template class PackedLayers<float, float>;
template class PackedLayers<double, double>;
template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
