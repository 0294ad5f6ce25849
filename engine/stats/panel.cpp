#include "engine/stats/panel.h"

#include "engine/stats/metrictext.h"
#include "engine/stats/textscores.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace taskfold::stats {

namespace {

double rougeScoreMean(std::span<const Judged> rows)
{
    double sum = 0;
    for (const Judged& row : rows) {
        const auto candidate = rougeScoreTokens(row.prediction);
        double most = rougeF(candidate, rougeScoreTokens(row.target));
        for (const std::string& reference : row.references)
            most = std::max(most, rougeF(candidate, rougeScoreTokens(reference)));
        sum += most;
    }
    return rows.empty() ? 0 : sum / static_cast<double>(rows.size());
}

double invalidRate(TaskKind kind, std::span<const Judged> rows)
{
    double invalid = 0;
    for (const Judged& row : rows)
        invalid += row.invalid || (kind == TaskKind::Extraction && !isSlots(row.prediction)) ? 1 : 0;
    return rows.empty() ? 0 : invalid / static_cast<double>(rows.size());
}

}  // namespace

std::vector<NamedScore> panelOf(TaskKind kind, std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    std::vector<NamedScore> panel;
    const auto add = [&](MetricKind metric, const std::string& way = {}) {
        const RowScores scores = rowScores(metric, rows, labels);
        const std::string& detail = way.empty() ? scores.detail : way;
        panel.push_back({std::string(wordOf(metric)) + (detail.empty() ? "" : "[" + detail + "]"), aggregate(scores)});
    };
    if (kind == TaskKind::Classification || kind == TaskKind::PairClassification) {
        for (const MetricKind metric : {MetricKind::Accuracy, MetricKind::MacroF1, MetricKind::MicroF1})
            add(metric);
    } else {
        if (kind == TaskKind::Extraction)
            add(MetricKind::SlotF1);
        add(MetricKind::ExactMatch);
        if (kind == TaskKind::Generation) {
            add(MetricKind::RougeL, "unicode");
            panel.push_back({"rouge_l[rouge-score]", rougeScoreMean(rows)});
            add(MetricKind::Bleu);
            add(MetricKind::ChrF);
        }
    }
    panel.push_back({"invalid", invalidRate(kind, rows)});
    return panel;
}

Confusion confusionOf(std::span<const Judged> rows, const std::vector<std::string>& labels)
{
    Confusion confusion;
    std::map<std::string, std::size_t> places;
    const auto place = [&](const std::string& label) {
        const auto [found, fresh] = places.try_emplace(foldedLabel(label), places.size());
        if (fresh)
            confusion.labels.push_back(label);
        return found->second;
    };
    for (const std::string& label : labels)
        place(label);
    for (const Judged& row : rows)
        place(row.target);
    confusion.counts.assign(places.size(), std::vector<std::int64_t>(places.size() + 1));
    for (const Judged& row : rows) {
        const auto answered = places.find(foldedLabel(row.prediction));
        const bool invalid = row.invalid || answered == places.end();
        ++confusion.counts[place(row.target)][invalid ? places.size() : answered->second];
    }
    return confusion;
}

Calibration calibrationOf(std::span<const double> confidence, const std::vector<bool>& right, int bins)
{
    Calibration calibration;
    if (confidence.empty() || bins <= 0)
        return calibration;
    calibration.bins.resize(static_cast<std::size_t>(bins));
    for (std::size_t i = 0; i < confidence.size(); ++i) {
        const double place = std::ceil(std::clamp(confidence[i], 0.0, 1.0) * bins) - 1;
        ReliabilityBin& bin = calibration.bins[static_cast<std::size_t>(std::clamp(place, 0.0, bins - 1.0))];
        bin.confidence += confidence[i];
        bin.accuracy += right[i] ? 1 : 0;
        ++bin.n;
    }
    for (ReliabilityBin& bin : calibration.bins) {
        if (bin.n == 0)
            continue;
        const double n = static_cast<double>(bin.n);
        calibration.ece += std::abs(bin.accuracy - bin.confidence) / static_cast<double>(confidence.size());
        bin.confidence /= n;
        bin.accuracy /= n;
    }
    return calibration;
}

}  // namespace taskfold::stats
