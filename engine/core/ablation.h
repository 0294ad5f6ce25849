#pragma once

#include "engine/core/comparison.h"
#include "engine/core/id.h"

#include <cstdint>
#include <string>
#include <vector>

namespace taskfold {

/// One task of one ablation, beside the reference. Scores and differences are fractions of 1, means over the seeds.
struct AblationTask {
    TaskId task;
    std::string name;
    MetricKind metric = MetricKind::Accuracy;
    double score = 0;
    double difference = 0, low = 0, high = 0;  // to the reference; one-sided 95 % bounds
    Verdict verdict = Verdict::NotComputable;
};

/// A plan that leaves something out or changes it, and what that came to.
struct AblationRow {
    std::string name;  // empty: the reference itself
    std::string what;  // in words
    PlanId plan;
    RunId run;  // its last stage, of the first seed; 0: not trained yet
    int seeds = 0;  // that are trained
    std::string missing;  // why there are no scores, in words
    std::int64_t targetTokens = 0;  // of stages 2 and 3, mean over the seeds
    double tokenShare = 0;  // of the reference's
    double score = 0;  // mean over the tasks
    SuiteComparison suite;  // against the reference
    std::vector<AblationTask> tasks;
};

/// Ablations of one plan (method.md 9); the reference stands first.
struct AblationTable {
    std::vector<AblationRow> rows;
};

}  // namespace taskfold
