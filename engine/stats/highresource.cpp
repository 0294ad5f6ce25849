#include "engine/stats/highresource.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskfold::stats {

namespace {

constexpr double kLeastImbalance = 3;

double geometricMean(const std::vector<double>& rows)
{
    double sum = 0;
    for (const double n : rows)
        sum += std::log(n);
    return std::exp(sum / static_cast<double>(rows.size()));
}

// Rows of the smallest task among the largest ones that together hold the share.
double coverage(std::vector<double> rows, double share)
{
    std::sort(rows.begin(), rows.end(), std::greater<>());
    const double all = std::accumulate(rows.begin(), rows.end(), 0.0);
    double held = 0;
    for (const double n : rows) {
        held += n;
        if (held >= share * all)
            return n;
    }
    return rows.back();
}

// The upper side of the largest step in sorted log n, or 0 when none is over ln 2.
double aboveLargestGap(std::vector<double> rows)
{
    std::sort(rows.begin(), rows.end());
    double largest = std::log(2.0);
    double threshold = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const double gap = std::log(rows[i] / rows[i - 1]);
        if (gap > largest) {
            largest = gap;
            threshold = rows[i];
        }
    }
    return threshold;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double thresholdOf(HighResourceRule rule, double parameter, const std::vector<double>& amounts)
{
    switch (rule) {
    case HighResourceRule::GeometricMean: return geometricMean(amounts);
    case HighResourceRule::Coverage: return coverage(amounts, parameter == 0 ? 0.8 : parameter);
    case HighResourceRule::LargestGap: return aboveLargestGap(amounts);
    case HighResourceRule::Absolute: return parameter == 0 ? 10000 : parameter;
    case HighResourceRule::EpochNeed: return median(amounts);
    }
    return 0;
}

}  // namespace

HighResource highResource(HighResourceRule rule, double parameter, const std::vector<double>& rows,
    const std::vector<double>& bestEpochs)
{
    HighResource high;
    high.chosen.assign(rows.size(), false);
    if (rows.size() < 2) {
        high.skipped = "there are fewer than two tasks";
        return high;
    }
    std::vector<double> amounts = rows;
    if (rule == HighResourceRule::EpochNeed) {
        for (std::size_t i = 0; i < amounts.size(); ++i)
            amounts[i] *= i < bestEpochs.size() ? bestEpochs[i] : 1;
    }
    const auto [least, most] = std::minmax_element(rows.begin(), rows.end());
    if (*most < kLeastImbalance * *least) {
        high.skipped = "the largest task has less than three times the rows of the smallest";
        return high;
    }
    high.threshold = thresholdOf(rule, parameter, amounts);
    if (rule == HighResourceRule::LargestGap && high.threshold == 0) {
        high.skipped = "no gap between the tasks' sizes is larger than a factor of two";
        return high;
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        high.chosen[i] = rule == HighResourceRule::EpochNeed ? amounts[i] > high.threshold
                                                             : amounts[i] >= high.threshold * (1 - 1e-12);
        count += high.chosen[i] ? 1U : 0U;
    }
    if (count == 0 || count == rows.size()) {
        high.skipped = count == 0 ? "the rule chooses no task" : "the rule chooses every task";
        high.chosen.assign(rows.size(), false);
    }
    return high;
}

}  // namespace taskfold::stats
