#define TASKFOLD_KERNELS plain
#include "engine/model/kernelbody.h"
