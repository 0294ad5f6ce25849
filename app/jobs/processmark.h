#pragma once

#include "engine/core/run.h"

namespace taskfold::jobs {

/// This process, by number and start time, so that a later one of the same number isn't taken for it.
ProcessMark thisProcess();

bool isAlive(ProcessMark mark);

}  // namespace taskfold::jobs
