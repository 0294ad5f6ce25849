#pragma once

#include "engine/core/task.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace taskfold::stats {

/// One answer beside what was right.
struct Judged {
    std::string prediction;
    std::string target;
    std::vector<std::string> references;  // further right answers
    bool invalid = false;  // outside the label set: wrong, and a false positive for no class
    double negativeLogLikelihood = 0;  // perplexity alone: of the target, in nats
    double tokens = 0;
};

/// What a metric needs of each row, so that it can be computed again over any choice of rows.
struct RowScores {
    MetricKind metric = MetricKind::Accuracy;
    std::size_t width = 1;  // numbers a row
    std::size_t classes = 0;  // macro-F1: of gold and declared labels
    std::vector<double> values;
    std::string detail;  // BLEU: the tokenizer's name

    std::size_t size() const { return values.size() / width; }
};

/// `labels`: the declared ones, which macro-F1 averages over where they occur in gold.
RowScores rowScores(MetricKind metric, std::span<const Judged> rows, const std::vector<std::string>& labels = {});

/// The metric over the rows, each as often as `counts` says; empty: each once. A fraction of 1 (perplexity as it is);
/// 0 for no rows. Formulas: method.md 10.
double aggregate(const RowScores& scores, std::span<const std::uint32_t> counts = {});

/// The same from the sums of the rows' numbers and the number of rows; not for macro-F1, whose numbers don't add up.
double valueOf(MetricKind metric, const double* sums, double rows);

/// Macro-F1 from how often each class was right, answered and gold; classes that don't occur in gold don't count.
double macroF1Of(std::span<const double> right, std::span<const double> answered, std::span<const double> gold);

/// Whether the metric is the mean of one number a row.
bool isMeanOfRows(MetricKind metric);

/// Whether a row is either right or wrong, so that McNemar's test fits.
bool isRightOrWrong(MetricKind metric);

/// One row alone: what decides whether it was won or lost.
double rowScore(MetricKind metric, const Judged& row);

/// Bootstrap standard error of the metric over its rows.
double standardError(const RowScores& scores, int resamples = 200, std::uint64_t seed = 1);

}  // namespace taskfold::stats
