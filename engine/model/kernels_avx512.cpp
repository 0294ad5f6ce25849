#define TASKFOLD_KERNELS avx512
#include "engine/model/kernelbody.h"
