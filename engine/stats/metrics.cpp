#include "engine/stats/metrics.h"

#include "engine/core/random.h"
#include "engine/stats/metrictext.h"
#include "engine/stats/textscores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace taskfold::stats {

namespace {

using Three = std::array<double, 3>;  // true positives, false positives, false negatives

std::vector<std::string> answersOf(const Judged& row)
{
    std::vector<std::string> answers{row.target};
    answers.insert(answers.end(), row.references.begin(), row.references.end());
    return answers;
}

bool exactMatch(const Judged& row)
{
    const std::string prediction = collapsed(row.prediction);
    const auto answers = answersOf(row);
    return std::any_of(
        answers.begin(), answers.end(), [&](const std::string& answer) { return collapsed(answer) == prediction; });
}

double bestRouge(const Judged& row)
{
    const auto candidate = rougeTokens(row.prediction);
    double best = 0;
    for (const std::string& answer : answersOf(row))
        best = std::max(best, rougeF(candidate, rougeTokens(answer)));
    return best;
}

Three slotCounts(const Judged& row)
{
    const auto gold = slotsOf(row.target);
    const auto predicted = slotsOf(row.prediction);
    Three counts{};
    for (const auto& [slot, count] : predicted) {
        const auto found = gold.find(slot);
        const int right = found == gold.end() ? 0 : std::min(count, found->second);
        counts[0] += right;
        counts[1] += count - right;
    }
    for (const auto& [slot, count] : gold) {
        const auto found = predicted.find(slot);
        counts[2] += count - (found == predicted.end() ? 0 : std::min(count, found->second));
    }
    return counts;
}

// What one label's answer adds to micro-F1: an answer that is no label is a false positive for none.
Three labelCounts(const Judged& row, const std::set<std::string>& known)
{
    const std::string answer = foldedLabel(row.prediction);
    const bool valid = !row.invalid && known.contains(answer);
    const bool right = valid && answer == foldedLabel(row.target);
    return {right ? 1.0 : 0.0, valid && !right ? 1.0 : 0.0, right ? 0.0 : 1.0};
}

std::set<std::string> knownLabels(std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    std::set<std::string> known;
    for (const std::string& label : labels)
        known.insert(foldedLabel(label));
    for (const Judged& row : rows)
        known.insert(foldedLabel(row.target));
    return known;
}

void addClasses(RowScores& scores, std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    std::map<std::string, std::size_t> classes;
    const auto indexOf = [&](const std::string& label) {
        return classes.try_emplace(foldedLabel(label), classes.size()).first->second;
    };
    for (const std::string& label : labels)
        indexOf(label);
    for (const Judged& row : rows)
        indexOf(row.target);
    for (const Judged& row : rows) {
        scores.values.push_back(static_cast<double>(indexOf(row.target)));
        const auto found = classes.find(foldedLabel(row.prediction));
        scores.values.push_back(row.invalid || found == classes.end() ? -1 : static_cast<double>(found->second));
    }
    scores.classes = classes.size();
}

double macroF1(const RowScores& scores, std::span<const std::uint32_t> counts)
{
    std::vector<double> right(scores.classes), answered(scores.classes), gold(scores.classes);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double weight = counts.empty() ? 1 : counts[i];
        const double truth = scores.values[2 * i];
        const double answer = scores.values[2 * i + 1];
        gold[static_cast<std::size_t>(truth)] += weight;
        if (answer >= 0)
            answered[static_cast<std::size_t>(answer)] += weight;
        if (answer == truth)
            right[static_cast<std::size_t>(truth)] += weight;
    }
    return macroF1Of(right, answered, gold);
}

std::vector<double> sumsOf(const RowScores& scores, std::span<const std::uint32_t> counts)
{
    std::vector<double> sums(scores.width + 1);  // the last: how many rows
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double weight = counts.empty() ? 1 : counts[i];
        if (weight == 0)
            continue;
        for (std::size_t k = 0; k < scores.width; ++k)
            sums[k] += weight * scores.values[i * scores.width + k];
        sums[scores.width] += weight;
    }
    return sums;
}

BleuTokenizer tokenizerFor(std::span<const Judged> rows)
{
    std::vector<std::string_view> targets;
    for (const Judged& row : rows)
        targets.push_back(row.target);
    return bleuTokenizerFor(targets);
}

// F1 from sums; nothing to find and nothing found is right, where a reference would say 0 for want of a value.
double f1Of(const double* sums)
{
    const double all = 2 * sums[0] + sums[1] + sums[2];
    return all == 0 ? 1 : 2 * sums[0] / all;
}

}  // namespace

double macroF1Of(std::span<const double> right, std::span<const double> answered, std::span<const double> gold)
{
    double sum = 0, present = 0;
    for (std::size_t c = 0; c < gold.size(); ++c) {
        if (gold[c] == 0)
            continue;
        present += 1;
        sum += 2 * right[c] / (gold[c] + answered[c]);
    }
    return present == 0 ? 0 : sum / present;
}

bool isMeanOfRows(MetricKind metric)
{
    return metric == MetricKind::Accuracy || metric == MetricKind::ExactMatch || metric == MetricKind::RougeL;
}

bool isRightOrWrong(MetricKind metric)
{
    return metric == MetricKind::Accuracy || metric == MetricKind::ExactMatch;
}

RowScores rowScores(MetricKind metric, std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    RowScores scores{metric, 1, 0, {}, {}};
    if (metric == MetricKind::MacroF1) {
        scores.width = 2;
        addClasses(scores, rows, labels);
        return scores;
    }
    const auto add = [&](const auto& numbers) {
        scores.width = numbers.size();
        scores.values.insert(scores.values.end(), numbers.begin(), numbers.end());
    };
    const auto known = metric == MetricKind::MicroF1 ? knownLabels(rows, labels) : std::set<std::string>{};
    const auto tokenizer = metric == MetricKind::Bleu ? tokenizerFor(rows) : BleuTokenizer::Mteval13a;
    if (metric == MetricKind::Bleu)
        scores.detail = wordOf(tokenizer);
    for (const Judged& row : rows) {
        switch (metric) {
        case MetricKind::MicroF1: add(labelCounts(row, known)); break;
        case MetricKind::SlotF1: add(slotCounts(row)); break;
        case MetricKind::Bleu: add(bleuCounts(row.prediction, answersOf(row), tokenizer)); break;
        case MetricKind::ChrF: add(chrfCounts(row.prediction, answersOf(row))); break;
        case MetricKind::Perplexity: add(std::array{row.negativeLogLikelihood, row.tokens}); break;
        default: add(std::array{rowScore(metric, row)}); break;
        }
    }
    return scores;
}

double valueOf(MetricKind metric, const double* sums, double rows)
{
    switch (metric) {
    case MetricKind::MicroF1:
    case MetricKind::SlotF1: return f1Of(sums);
    case MetricKind::Bleu: return bleuOf(sums);
    case MetricKind::ChrF: return chrfOf(sums);
    case MetricKind::Perplexity: return sums[1] == 0 ? 0 : std::exp(sums[0] / sums[1]);
    default: return rows == 0 ? 0 : sums[0] / rows;
    }
}

double aggregate(const RowScores& scores, std::span<const std::uint32_t> counts)
{
    if (scores.size() == 0)
        return 0;
    if (scores.metric == MetricKind::MacroF1)
        return macroF1(scores, counts);
    const std::vector<double> sums = sumsOf(scores, counts);
    return valueOf(scores.metric, sums.data(), sums.back());
}

double rowScore(MetricKind metric, const Judged& row)
{
    switch (metric) {
    case MetricKind::Accuracy:
    case MetricKind::MacroF1:
    case MetricKind::MicroF1: return !row.invalid && foldedLabel(row.prediction) == foldedLabel(row.target) ? 1 : 0;
    case MetricKind::ExactMatch: return exactMatch(row) ? 1 : 0;
    case MetricKind::RougeL: return bestRouge(row);
    case MetricKind::Bleu: return bleuOf(bleuCounts(row.prediction, answersOf(row), tokenizerFor({&row, 1})).data());
    case MetricKind::ChrF: return chrfOf(chrfCounts(row.prediction, answersOf(row)).data());
    case MetricKind::SlotF1: return f1Of(slotCounts(row).data());
    case MetricKind::Perplexity: return row.tokens == 0 ? 0 : std::exp(row.negativeLogLikelihood / row.tokens);
    }
    return 0;
}

double standardError(const RowScores& scores, int resamples, std::uint64_t seed)
{
    const std::size_t n = scores.size();
    if (n < 2)
        return 0;
    Random random{seed};
    double sum = 0;
    double squares = 0;
    std::vector<std::uint32_t> counts(n);
    for (int b = 0; b < resamples; ++b) {
        std::fill(counts.begin(), counts.end(), 0U);
        for (std::size_t i = 0; i < n; ++i)
            ++counts[static_cast<std::size_t>(random.below(n))];
        const double value = aggregate(scores, counts);
        sum += value;
        squares += value * value;
    }
    const double mean = sum / resamples;
    return std::sqrt(std::max(0.0, squares / resamples - mean * mean));
}

}  // namespace taskfold::stats
