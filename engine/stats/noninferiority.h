#pragma once

#include "engine/core/comparison.h"
#include "engine/stats/bootstrap.h"

#include <vector>

namespace taskfold::stats {

/// Gain of multi over single: positive is better whatever the metric's direction.
struct Judgement {
    Verdict verdict = Verdict::NotComputable;
    double resolvable = 0;  // (1.645 + 0.842) SE: the smallest margin at 80 % power
    double inferiorityP = 1;  // of the claim that multi is worse by more than the margin
    double adjustedP = 1;  // the same after Holm's correction
};

/// method.md 12. `margin` in the metric's unit; for perplexity relative to the single model's. The claim's p is the share of
/// resamples at or above -margin ((count + 1) / (resamples + 1)), with several seeds Student's t as for the bounds.
Judgement judge(const PairedDifference& difference, MetricKind metric, double margin);

/// Holm's correction over the claims of being worse: a claim that doesn't pass becomes undecided.
void correctWorse(std::vector<Judgement>& judgements);

/// Holm's step-down (1979): adjusted p in the order given.
std::vector<double> holm(const std::vector<double>& p);

/// The line on top: counts, and the mean difference with bounds from resampling within each task. With several seeds the
/// means of each seed vary too: one model of a seed answers all tasks. Tasks whose metric isn't a fraction of 1 (perplexity)
/// and those that can't be computed are left out of the mean. Its verdict is judged at `margin`.
SuiteComparison suiteOf(
    const std::vector<TaskComparison>& tasks, const std::vector<PairedDifference>& differences, double margin = 0.005);

/// Standard error of a difference of accuracies from the rows that only one got right (McNemar).
double mcNemarError(double onlyFirst, double onlySecond, double rows);

}  // namespace taskfold::stats
