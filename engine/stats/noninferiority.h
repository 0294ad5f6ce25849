#pragma once

#include "engine/core/comparison.h"
#include "engine/stats/bootstrap.h"

#include <vector>

namespace taskfold::stats {

/// Gain of multi over single: positive is better whatever the metric's direction.
struct Judgement {
    Verdict verdict = Verdict::NotComputable;
    double resolvable = 0;  // (1.645 + 0.842) SE: the smallest margin at 80 % power
    double inferiorityP = 1;  // share of resamples at or above -margin
};

/// method.md 12. `margin` in the metric's unit; for perplexity relative to the single model's.
Judgement judge(const PairedDifference& difference, MetricKind metric, double margin);

/// Holm's correction over the claims of being worse: a claim that doesn't pass becomes undecided.
void correctWorse(std::vector<Judgement>& judgements);

/// The line on top: counts, and the mean difference with bounds from resampling within each task. Tasks whose metric isn't
/// a fraction of 1 (perplexity) and those that can't be computed are left out of the mean.
SuiteComparison suiteOf(const std::vector<TaskComparison>& tasks, const std::vector<PairedDifference>& differences);

/// Standard error of a difference of accuracies from the rows that only one got right (McNemar).
double mcNemarError(double onlyFirst, double onlySecond, double rows);

}  // namespace taskfold::stats
