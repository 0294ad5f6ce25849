#include "engine/core/dataset.h"

#include <algorithm>

namespace taskfold {

double imbalance(const std::vector<TaskVolume>& tasks)
{
    std::int64_t smallest = 0;
    std::int64_t largest = 0;
    for (const TaskVolume& task : tasks) {
        const auto train = task.splits.find(Split::Train);
        const std::int64_t rows = train == task.splits.end() ? 0 : train->second.kept;
        if (rows == 0)
            continue;
        smallest = smallest == 0 ? rows : std::min(smallest, rows);
        largest = std::max(largest, rows);
    }
    return smallest == 0 ? 0 : static_cast<double>(largest) / static_cast<double>(smallest);
}

}  // namespace taskfold
