#include "engine/core/processor.h"

namespace taskfold {

bool multipliesTiles()
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("amx-bf16") != 0;
#else
    return false;
#endif
}

}  // namespace taskfold
