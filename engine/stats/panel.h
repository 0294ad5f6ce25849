#pragma once

#include "engine/core/comparison.h"
#include "engine/stats/metrics.h"

#include <span>
#include <string>
#include <vector>

/// All that can be said of one set of answers, beside the task's primary metric.
namespace taskfold::stats {

/// One number with the name that says how it was made: "bleu[13a]", "rouge_l[unicode]", "rouge_l[rouge-score]", ...
struct NamedScore {
    std::string name;
    double value = 0;
};

/// Accuracy, macro and micro F1 for a choice among labels; entity F1 for extraction; exact match, ROUGE-L, BLEU and chrF for
/// text; the rate of invalid answers for all. Each equals its reference implementation (tests/reference/metrics.py).
std::vector<NamedScore> panelOf(TaskKind kind, std::span<const Judged> rows, const std::vector<std::string>& labels);

/// How often which label was answered where which was right; the last column counts invalid answers.
struct Confusion {
    std::vector<std::string> labels;
    std::vector<std::vector<std::int64_t>> counts;  // [right][answered]
};
Confusion confusionOf(std::span<const Judged> rows, const std::vector<std::string>& labels);

/// Expected calibration error over `bins` of equal width (Naeini et al. 2015; Guo et al. 2017): a bin's upper edge belongs to it.
/// `confidence`: of the answer among all labels, above 0.
Calibration calibrationOf(std::span<const double> confidence, const std::vector<bool>& right, int bins = 10);

}  // namespace taskfold::stats
