#include "engine/model/longmemory.h"

#include <torch/torch.h>

#include <cstdint>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace taskfold::model {

torch::Tensor longZeros(std::int64_t count, torch::TensorOptions options)
{
    torch::Tensor made = torch::empty({count}, options);
#ifdef __linux__
    constexpr std::uintptr_t page = 1U << 21U;
    if (made.is_cpu()) {
        const auto begin = reinterpret_cast<std::uintptr_t>(made.data_ptr());
        const std::uintptr_t from = (begin + page - 1) / page * page, to = (begin + made.nbytes()) / page * page;
        if (to > from)  // advice: where it isn't taken the pages stay small
            ::madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);
    }
#endif
    return made.zero_();
}

}  // namespace taskfold::model
