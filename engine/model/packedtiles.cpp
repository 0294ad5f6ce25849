#include "engine/model/kernelscratch.h"
#include "engine/model/packedlayers.h"
#include "engine/model/packedtiles.h"

#include <chrono>

// Products in tiles, divided among the threads.

namespace taskfold::model {

namespace {

// What is less than so many multiplications, or numbers that are packed, isn't worth waking another thread for.
constexpr std::int64_t kWorthAThread = 1 << 19;
constexpr std::int64_t kPackingWorthAThread = 1 << 15;

std::int64_t grainOf(std::int64_t worth, std::int64_t ofOne)
{
    return std::max<std::int64_t>(1, worth / std::max<std::int64_t>(1, ofOne));
}

// Pieces of a product's result: where columns are few for the threads, rows are divided, too.
struct Grid {
    std::int64_t rowSteps = 0, columnSteps = 0, rowParts = 1;

    Grid(std::int64_t rows, std::int64_t columns)
        : rowSteps(tiles::padded(rows) / tiles::kStep), columnSteps(tiles::padded(columns) / tiles::kStep)
    {
        const std::int64_t wanted = 4 * loopThreads();
        if (columnSteps < wanted)
            rowParts = std::min(rowSteps, (wanted + columnSteps - 1) / columnSteps);
    }
    std::int64_t size() const { return rowParts * columnSteps; }
    tiles::Range rowsOf(std::int64_t part, std::int64_t rows) const
    {
        return {rowSteps * part / rowParts * tiles::kStep, std::min(rows, rowSteps * (part + 1) / rowParts * tiles::kStep)};
    }
};

template <typename O>
tiles::Rows<const O> in(const torch::Tensor& t, bool turned)
{
    return {static_cast<const O*>(t.data_ptr()), t.stride(turned ? 1 : 0)};
}

}  // namespace

// For a packed matrix of the product that runs: in a loop over parts (eachPart) each thread has its own.
template <typename R, typename O>
O* PackedLayers<R, O>::packedRoom(std::int64_t size)
{
    thread_local kernels::Scratch<O> own;
    if (insideLoop())
        return own.atLeast(size);
    if (!m_packed.defined() || m_packed.numel() < size) {
        m_packed = Tensor();
        m_packed = torch::empty({size + size / 16}, torch::TensorOptions(kOperand));
    }
    return operand(m_packed);
}

template <typename R, typename O>
bool PackedLayers<R, O>::inTiles(const Tensor& out, const Tensor& left, const Tensor& right, double scale, bool adds)
{
    if constexpr (!std::is_same_v<O, double>) {
        const auto together = [](const Tensor& t) { return t.stride(1) == 1 || t.stride(0) == 1; };
        if (!m_tiles || left.numel() == 0 || out.stride(1) != 1 || !together(left) || !together(right))
            return false;
        multiplyInTiles<O>(out, left, right, scale, adds, packedRoom(packedSize(left)));
        count(left.size(0), right.size(1), left.size(1));
        return true;
    }
    return false;
}

std::int64_t packedSize(const torch::Tensor& left)
{
    return tiles::padded(left.size(0)) * tiles::padded(left.size(1));
}

template <typename O>
void multiplyInTiles(const torch::Tensor& out, const torch::Tensor& left, const torch::Tensor& right, double scale, bool adds, O* packed)
{
    const bool turned = left.stride(1) != 1, rightTurned = right.stride(1) != 1;
    const tiles::Left<O> packing{in<O>(left, turned), turned, left.size(0), left.size(1)};
    const std::int64_t steps = tiles::padded(packing.rows) / tiles::kStep, ofAStep = tiles::kStep * packing.inner;
    parallelFor(0, steps, grainOf(kPackingWorthAThread, ofAStep), [&](std::int64_t from, std::int64_t to) {
        tiles::pack(packed, packing, from * tiles::kStep, std::min(packing.rows, to * tiles::kStep));
    });
    const tiles::Unit unit = sizeof(O) == 2 && multipliesTiles() ? tiles::Unit::Tiles : tiles::Unit::Vectors;
    const Grid grid(packing.rows, right.size(1));
    const std::int64_t ofAPiece = grid.rowSteps * tiles::kStep / grid.rowParts * ofAStep;
    parallelFor(0, grid.size(), grainOf(kWorthAThread, ofAPiece), [&](std::int64_t from, std::int64_t to) {
        while (from < to) {
            const std::int64_t part = from / grid.columnSteps, first = from % grid.columnSteps;
            const std::int64_t last = std::min(grid.columnSteps, first + to - from);
            tiles::times<O>({static_cast<O*>(out.data_ptr()), out.stride(0)}, packed, packing, in<O>(right, rightTurned), rightTurned,
                grid.rowsOf(part, packing.rows), {first * tiles::kStep, std::min(right.size(1), last * tiles::kStep)}, unit, adds,
                static_cast<float>(scale));
            from += last - first;
        }
    });
}

double productSpeed(torch::Device device, torch::ScalarType type)
{
    const torch::NoGradGuard noGrad;
    const std::int64_t size = 2048;
    const torch::Tensor a = torch::ones({size, size}, torch::TensorOptions(type).device(device));
    torch::Tensor c = torch::mm(a, a), packed = torch::empty_like(a);
    double best = 0;
    const auto measure = [&](const auto& multiply) {
        for (int i = 0; i < 5; ++i) {
            const auto start = std::chrono::steady_clock::now();
            multiply();
            c[0][0].template item<float>();  // waits for a device
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            best = std::max(best, 2.0 * size * size * size / seconds);
        }
    };
    measure([&] { torch::mm_out(c, a, a); });
    if (!device.is_cpu() || !tiles::areBuilt())
        return best;
    if (type == torch::kBFloat16 && multipliesPairs())
        measure([&] { multiplyInTiles(c, a, a, 1, false, static_cast<kernels::Bf16*>(packed.data_ptr())); });
    else if (type == torch::kFloat32 && outpacesLibrary())
        measure([&] { multiplyInTiles(c, a, a, 1, false, packed.data_ptr<float>()); });
    return best;
}

template void multiplyInTiles(const torch::Tensor&, const torch::Tensor&, const torch::Tensor&, double, bool, float*);
template void multiplyInTiles(const torch::Tensor&, const torch::Tensor&, const torch::Tensor&, double, bool, kernels::Bf16*);
template class PackedLayers<float, float>;
template class PackedLayers<double, double>;
template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
