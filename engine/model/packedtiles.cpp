#include "engine/model/kernelscratch.h"
#include "engine/model/packedlayers.h"

// Products of bf16 in tiles, divided among the threads.

namespace taskfold::model {

namespace {

// What is less than so many multiplications, or numbers that are packed, isn't worth waking another thread for.
constexpr std::int64_t kWorthAThread = 1 << 19;
constexpr std::int64_t kPackingWorthAThread = 1 << 15;

std::int64_t grain(std::int64_t worth, std::int64_t ofOne)
{
    return std::max<std::int64_t>(1, worth / std::max<std::int64_t>(1, ofOne));
}

// Pieces of a product's result: where columns are few for the threads, rows are divided, too.
struct Grid {
    std::int64_t rowSteps = 0, columnSteps = 0, rowParts = 1;

    Grid(std::int64_t rows, std::int64_t columns)
        : rowSteps(tiles::padded(rows) / tiles::kStep), columnSteps(tiles::padded(columns) / tiles::kStep)
    {
        const std::int64_t wanted = 4 * at::get_num_threads();
        if (columnSteps < wanted)
            rowParts = std::min(rowSteps, (wanted + columnSteps - 1) / columnSteps);
    }
    std::int64_t size() const { return rowParts * columnSteps; }
    tiles::Range rowsOf(std::int64_t part, std::int64_t rows) const
    {
        return {rowSteps * part / rowParts * tiles::kStep, std::min(rows, rowSteps * (part + 1) / rowParts * tiles::kStep)};
    }
};

tiles::In in(const torch::Tensor& t, bool turned)
{
    return {static_cast<const kernels::Bf16*>(t.data_ptr()), t.stride(turned ? 1 : 0)};
}

}  // namespace

// For a packed matrix of the product that runs: in a loop over parts (eachPart) each thread has its own.
template <typename R, typename O>
O* PackedLayers<R, O>::packedRoom(std::int64_t size)
{
    thread_local kernels::Scratch<O> own;
    if (at::in_parallel_region())
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
    if constexpr (kHalf) {
        const bool turned = left.stride(1) != 1, rightTurned = right.stride(1) != 1;
        if (!m_tiles || left.numel() == 0 || out.stride(1) != 1 || (turned && left.stride(0) != 1) || (rightTurned && right.stride(0) != 1))
            return false;
        const tiles::Left packing{in(left, turned), turned, left.size(0), left.size(1)};
        const std::int64_t size = tiles::padded(packing.rows) * tiles::padded(packing.inner);
        O* const packed = packedRoom(size);
        const std::int64_t steps = tiles::padded(packing.rows) / tiles::kStep, ofAStep = tiles::kStep * packing.inner;
        at::parallel_for(0, steps, grain(kPackingWorthAThread, ofAStep), [&](std::int64_t from, std::int64_t to) {
            tiles::pack(packed, packing, from * tiles::kStep, std::min(packing.rows, to * tiles::kStep));
        });
        const tiles::Unit unit = multipliesTiles() ? tiles::Unit::Tiles : tiles::Unit::Pairs;
        const Grid grid(packing.rows, right.size(1));
        const std::int64_t ofAPiece = grid.rowSteps * tiles::kStep / grid.rowParts * ofAStep;
        at::parallel_for(0, grid.size(), grain(kWorthAThread, ofAPiece), [&](std::int64_t from, std::int64_t to) {
            while (from < to) {
                const std::int64_t part = from / grid.columnSteps, first = from % grid.columnSteps;
                const std::int64_t last = std::min(grid.columnSteps, first + to - from);
                tiles::times({operand(out), out.stride(0)}, packed, packing, in(right, rightTurned), rightTurned,
                    grid.rowsOf(part, packing.rows), {first * tiles::kStep, std::min(right.size(1), last * tiles::kStep)}, unit, adds,
                    static_cast<float>(scale));
                from += last - first;
            }
        });
        count(packing.rows, right.size(1), packing.inner);
        return true;
    }
    return false;
}

template class PackedLayers<float, float>;
template class PackedLayers<double, double>;
template class PackedLayers<float, kernels::Bf16>;

}  // namespace taskfold::model
