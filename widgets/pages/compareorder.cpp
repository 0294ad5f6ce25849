#include "widgets/pages/compareorder.h"

#include <algorithm>

namespace taskfold {

namespace {

bool before(const TaskComparison& a, const TaskComparison& b, TaskOrder order)
{
    if (order == TaskOrder::ByName)
        return a.name < b.name;
    const bool known = a.verdict != Verdict::NotComputable, otherKnown = b.verdict != Verdict::NotComputable;
    if (known != otherKnown)
        return known;
    switch (order) {
    case TaskOrder::BestFirst: return a.difference > b.difference;
    case TaskOrder::LargestFirst: return a.trainRows > b.trainRows;
    case TaskOrder::MostHarmedFirst: return a.affinity.value_or(1e9) < b.affinity.value_or(1e9);
    default: return a.difference < b.difference;
    }
}

}  // namespace

std::vector<TaskComparison> tasksOf(const Comparison& comparison, const std::string& suite, TaskOrder order)
{
    std::vector<TaskComparison> tasks;
    for (const TaskComparison& task : comparison.tasks)
        if (suite.empty() || task.suite == suite || (task.suite.empty() && suite == "no suite"))
            tasks.push_back(task);
    std::stable_sort(tasks.begin(), tasks.end(), [=](const TaskComparison& a, const TaskComparison& b) { return before(a, b, order); });
    return tasks;
}

}  // namespace taskfold
