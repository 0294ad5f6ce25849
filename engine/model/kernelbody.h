// Included by one source for each instruction set, which names its namespace in TASKFOLD_KERNELS. Nothing of the standard
// library's templates is used here: a linker might take the version with the wrong instructions for everybody.

#include "engine/model/kernels.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "engine/model/kernelmath.h"
#include "engine/model/kernelfewrows.h"
#include "engine/model/kernelattention.h"
#include "engine/model/kernelrows.h"
#include "engine/model/kerneloptimiser.h"

namespace taskfold::model::kernels::TASKFOLD_KERNELS {

template <typename R, typename O>
const Set<R, O>& table()
{
    static constexpr Set<R, O> set{norm<R, O>, normAgain<R, O>, normBackward<R, O>, normWeight<R, O>, headNorm<R, O>,
        headNormBackward<R, O>, rope<R, O>, addBias<R, O>, biasGradient<R, O>, swiglu<R, O>, swigluBackward<R, O>,
        convert<R, O>, lowRank<R, O>, fewRows<R, O>, fewRowsUpTo<R, O>, outer<R, O>, attention<R, O>, attentionBackward<R, O>,
        sumGroups<R, O>, crossEntropy<R, O>, sumSquares<R, O>, adamW<R, O>};
    return set;
}

template const Set<float, float>& table();
template const Set<double, double>& table();
template const Set<float, Bf16>& table();

}  // namespace taskfold::model::kernels::TASKFOLD_KERNELS
