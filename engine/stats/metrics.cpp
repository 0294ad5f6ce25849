#include "engine/stats/metrics.h"

#include "engine/core/random.h"
#include "engine/stats/metrictext.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>

namespace taskfold::stats {

namespace {

constexpr std::size_t kOrders = 4;  // BLEU-4

// Longest common subsequence; two rows of the table are enough.
std::size_t commonSubsequence(const std::vector<std::string>& a, const std::vector<std::string>& b)
{
    std::vector<std::size_t> above(b.size() + 1, 0);
    std::vector<std::size_t> row(b.size() + 1, 0);
    for (const std::string& word : a) {
        for (std::size_t j = 0; j < b.size(); ++j)
            row[j + 1] = word == b[j] ? above[j] + 1 : std::max(above[j + 1], row[j]);
        std::swap(above, row);
    }
    return above[b.size()];
}

double rougeL(const std::string& candidate, const std::string& reference)
{
    const auto c = rougeTokens(candidate);
    const auto r = rougeTokens(reference);
    if (c.empty() || r.empty())
        return c.empty() && r.empty() ? 1 : 0;
    return 2.0 * static_cast<double>(commonSubsequence(c, r)) / static_cast<double>(c.size() + r.size());
}

std::map<std::vector<std::string>, int> grams(const std::vector<std::string>& words, std::size_t n)
{
    std::map<std::vector<std::string>, int> counts;
    for (std::size_t i = 0; i + n <= words.size(); ++i)
        ++counts[std::vector<std::string>(words.begin() + static_cast<std::ptrdiff_t>(i),
            words.begin() + static_cast<std::ptrdiff_t>(i + n))];
    return counts;
}

std::vector<std::string> answersOf(const Judged& row)
{
    std::vector<std::string> answers{row.target};
    answers.insert(answers.end(), row.references.begin(), row.references.end());
    return answers;
}

// Matches and totals by order, then the candidate's length and the closest reference's.
std::array<double, 2 * kOrders + 2> bleuCounts(const Judged& row)
{
    std::array<double, 2 * kOrders + 2> counts{};
    const auto candidate = whitespaceTokens(row.prediction);
    std::vector<std::vector<std::string>> references;
    for (const std::string& answer : answersOf(row))
        references.push_back(whitespaceTokens(answer));
    for (std::size_t n = 1; n <= kOrders; ++n) {
        std::map<std::vector<std::string>, int> most;
        for (const auto& reference : references) {
            for (const auto& [gram, count] : grams(reference, n))
                most[gram] = std::max(most[gram], count);
        }
        for (const auto& [gram, count] : grams(candidate, n)) {
            const auto found = most.find(gram);
            counts[n - 1] += found == most.end() ? 0 : std::min(count, found->second);
            counts[kOrders + n - 1] += count;
        }
    }
    const auto length = static_cast<double>(candidate.size());
    double closest = static_cast<double>(references.front().size());
    for (const auto& reference : references) {
        const auto size = static_cast<double>(reference.size());
        const double nearer = std::abs(size - length) - std::abs(closest - length);
        if (nearer < 0 || (nearer == 0 && size < closest))
            closest = size;
    }
    counts[2 * kOrders] = length;
    counts[2 * kOrders + 1] = closest;
    return counts;
}

// Zero counts are smoothed by halving (method.md 10; sacrebleu's "exp").
double bleuOf(const std::array<double, 2 * kOrders + 2>& sums)
{
    double logarithms = 0;
    double smooth = 1;
    for (std::size_t n = 0; n < kOrders; ++n) {
        const double total = sums[kOrders + n];
        if (total == 0)
            return 0;
        double matches = sums[n];
        if (matches == 0) {
            smooth *= 2;
            matches = 1 / smooth;
        }
        logarithms += std::log(matches / total);
    }
    const double length = sums[2 * kOrders];
    const double brevity = length < sums[2 * kOrders + 1] ? 1 - sums[2 * kOrders + 1] / length : 0;
    return std::exp(brevity + logarithms / kOrders);
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
    double best = 0;
    for (const std::string& answer : answersOf(row))
        best = std::max(best, rougeL(row.prediction, answer));
    return best;
}

std::array<double, 3> slotCounts(const Judged& row)
{
    const auto gold = slotsOf(row.target);
    const auto predicted = slotsOf(row.prediction);
    std::array<double, 3> counts{};  // true positives, false positives, false negatives
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
    std::vector<double> right(scores.classes), predicted(scores.classes), gold(scores.classes);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double weight = counts.empty() ? 1 : counts[i];
        const double truth = scores.values[2 * i];
        const double answer = scores.values[2 * i + 1];
        gold[static_cast<std::size_t>(truth)] += weight;
        if (answer >= 0)
            predicted[static_cast<std::size_t>(answer)] += weight;
        if (answer == truth)
            right[static_cast<std::size_t>(truth)] += weight;
    }
    double sum = 0;
    double present = 0;
    for (std::size_t c = 0; c < scores.classes; ++c) {
        if (gold[c] == 0)
            continue;
        present += 1;
        sum += 2 * right[c] / (gold[c] + predicted[c]);
    }
    return present == 0 ? 0 : sum / present;
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

}  // namespace

RowScores rowScores(MetricKind metric, std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    RowScores scores{metric, 1, 0, {}};
    if (metric == MetricKind::MacroF1) {
        scores.width = 2;
        addClasses(scores, rows, labels);
        return scores;
    }
    const auto add = [&](const auto& numbers) {
        scores.width = numbers.size();
        scores.values.insert(scores.values.end(), numbers.begin(), numbers.end());
    };
    for (const Judged& row : rows) {
        switch (metric) {
        case MetricKind::SlotF1: add(slotCounts(row)); break;
        case MetricKind::Bleu: add(bleuCounts(row)); break;
        case MetricKind::Perplexity: add(std::array{row.negativeLogLikelihood, row.tokens}); break;
        default: add(std::array{rowScore(metric, row)}); break;
        }
    }
    return scores;
}

double aggregate(const RowScores& scores, std::span<const std::uint32_t> counts)
{
    if (scores.size() == 0)
        return 0;
    if (scores.metric == MetricKind::MacroF1)
        return macroF1(scores, counts);
    const std::vector<double> sums = sumsOf(scores, counts);
    if (scores.metric == MetricKind::SlotF1) {
        const double all = 2 * sums[0] + sums[1] + sums[2];
        return all == 0 ? 1 : 2 * sums[0] / all;  // nothing to find, nothing found
    }
    if (scores.metric == MetricKind::Bleu) {
        std::array<double, 2 * kOrders + 2> total{};
        std::copy_n(sums.begin(), total.size(), total.begin());
        return bleuOf(total);
    }
    if (scores.metric == MetricKind::Perplexity)
        return sums[1] == 0 ? 0 : std::exp(sums[0] / sums[1]);
    return sums[1] == 0 ? 0 : sums[0] / sums[1];
}

double rowScore(MetricKind metric, const Judged& row)
{
    switch (metric) {
    case MetricKind::Accuracy:
    case MetricKind::MacroF1:
        return !row.invalid && foldedLabel(row.prediction) == foldedLabel(row.target) ? 1 : 0;
    case MetricKind::ExactMatch: return exactMatch(row) ? 1 : 0;
    case MetricKind::RougeL: return bestRouge(row);
    case MetricKind::Bleu: return bleuOf(bleuCounts(row));
    case MetricKind::SlotF1: {
        const auto counts = slotCounts(row);
        const double all = 2 * counts[0] + counts[1] + counts[2];
        return all == 0 ? 1 : 2 * counts[0] / all;
    }
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
