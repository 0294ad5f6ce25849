#include "engine/stats/trivial.h"

#include "engine/stats/metrics.h"

#include <map>

namespace taskfold::stats {

namespace {

std::string mostFrequentTarget(std::span<const Row> rows)
{
    std::map<std::string, int> counts;
    for (const Row& row : rows)
        ++counts[row.target];
    std::string best;
    int most = 0;
    for (const auto& [target, count] : counts) {
        if (count > most) {
            most = count;
            best = target;
        }
    }
    return best;
}

TrivialScore scoreOf(const Task& task, std::span<const Row> test, const std::string* constant, std::string how)
{
    std::vector<Judged> judged;
    for (const Row& row : test)
        judged.push_back({constant != nullptr ? *constant : row.input, row.target, row.references});
    const RowScores scores = rowScores(task.metric, judged, task.labels);
    return {std::move(how), aggregate(scores), standardError(scores)};
}

}  // namespace

TrivialScore trivialScore(const Task& task, std::span<const Row> train, std::span<const Row> test)
{
    const std::string none = "none";
    if (task.kind == TaskKind::Extraction)
        return scoreOf(task, test, &none, "always none");
    const std::string target = mostFrequentTarget(train);
    TrivialScore frequent = scoreOf(task, test, &target, "the most frequent answer");
    if (choosesLabels(task))
        return frequent;
    TrivialScore copy = scoreOf(task, test, nullptr, "a copy of the input");
    return copy.value > frequent.value ? copy : frequent;
}

}  // namespace taskfold::stats
