#pragma once

#include <cstdint>
#include <cstdlib>

namespace taskfold::model::kernels {

namespace {  // of each source alone: they are built for different processors

// Memory of one thread that grows and stays. Aligned for whole vectors and tiles.
template <typename R>
struct Scratch {
    R* data = nullptr;
    std::int64_t size = 0;

    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { std::free(data); }

    R* atLeast(std::int64_t count)
    {
        constexpr std::size_t step = 64;
        if (count > size) {
            std::free(data);
            const std::size_t bytes = (static_cast<std::size_t>(count) * sizeof(R) + step - 1) / step * step;
            data = static_cast<R*>(std::aligned_alloc(step, bytes));
            if (data == nullptr)
                __builtin_trap();
            size = count;
        }
        return data;
    }
};

}  // namespace

}  // namespace taskfold::model::kernels
