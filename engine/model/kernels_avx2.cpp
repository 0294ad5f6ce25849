#define TASKFOLD_KERNELS avx2
#include "engine/model/kernelbody.h"
