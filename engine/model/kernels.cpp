#include "engine/model/kernels.h"

namespace taskfold::model::kernels {

// Each is one translation unit, built from kernelbody.h with its own flags.
namespace plain {
template <typename R, typename O>
const Set<R, O>& table();
}
namespace avx2 {
template <typename R, typename O>
const Set<R, O>& table();
}
namespace avx512 {
template <typename R, typename O>
const Set<R, O>& table();
}

InstructionSet instructionSet()
{
    static const InstructionSet found = [] {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl"))
            return InstructionSet::Avx512;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            return InstructionSet::Avx2;
        return InstructionSet::Plain;
    }();
    return found;
}

template <typename R, typename O>
const Set<R, O>* setOn(InstructionSet instructions)
{
    if (instructions > instructionSet())
        return nullptr;
    switch (instructions) {
    case InstructionSet::Avx512: return &avx512::table<R, O>();
    case InstructionSet::Avx2: return &avx2::table<R, O>();
    case InstructionSet::Plain: break;
    }
    return &plain::table<R, O>();
}

template <typename R, typename O>
const Set<R, O>& set()
{
    return *setOn<R, O>(instructionSet());
}

template const Set<float, float>* setOn(InstructionSet);
template const Set<double, double>* setOn(InstructionSet);
template const Set<float, Bf16>* setOn(InstructionSet);
template const Set<float, float>& set();
template const Set<double, double>& set();
template const Set<float, Bf16>& set();

}  // namespace taskfold::model::kernels
