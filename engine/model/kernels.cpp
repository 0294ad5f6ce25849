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

namespace {

enum class Level { Plain, Avx2, Avx512 };

Level level()
{
    static const Level found = [] {
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl"))
            return Level::Avx512;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            return Level::Avx2;
        return Level::Plain;
    }();
    return found;
}

}  // namespace

template <typename R, typename O>
const Set<R, O>& set()
{
    switch (level()) {
    case Level::Avx512: return avx512::table<R, O>();
    case Level::Avx2: return avx2::table<R, O>();
    case Level::Plain: break;
    }
    return plain::table<R, O>();
}

template const Set<float, float>& set();
template const Set<double, double>& set();
template const Set<float, Bf16>& set();

const char* instructionSet()
{
    switch (level()) {
    case Level::Avx512: return "avx512";
    case Level::Avx2: return "avx2";
    case Level::Plain: break;
    }
    return "plain";
}

}  // namespace taskfold::model::kernels
