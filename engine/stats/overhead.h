#pragma once

namespace taskfold::stats {

/// 1 - (1 + excluded) / tasks (method.md 11): what one model for all but the excluded tasks saves. 0 for no tasks.
inline double overheadReduction(int tasks, int excluded)
{
    return tasks == 0 ? 0 : 1 - (1.0 + excluded) / tasks;
}

}  // namespace taskfold::stats
