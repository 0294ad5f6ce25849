#include "engine/stats/noninferiority.h"

#include "engine/stats/seedvariance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskfold::stats {

namespace {

constexpr double kLevel = 0.05;

Verdict verdictOf(double low, double high, double delta)
{
    if (low > 0)
        return Verdict::Better;
    if (low > -delta)
        return Verdict::NotWorse;
    return high < -delta ? Verdict::Worse : Verdict::Undecided;
}

double inferiorityP(const PairedDifference& difference, bool up, double delta)
{
    if (difference.df > 0) {
        const double gain = up ? difference.difference : -difference.difference;
        if (difference.se == 0)
            return gain >= -delta ? 1 : 0;
        return studentBelow((gain + delta) / difference.se, difference.df);
    }
    std::size_t above = 0;
    for (const double d : difference.resampled)
        above += (up ? d : -d) >= -delta ? 1U : 0U;
    const double share = (static_cast<double>(above) + 1) / (static_cast<double>(difference.resampled.size()) + 1);
    if (difference.se == 0)
        return share;
    return std::max(share, normalBelow(((up ? difference.difference : -difference.difference) + delta) / difference.se));  // as the bounds
}

bool countsInMean(const TaskComparison& task, const PairedDifference& difference)
{
    return task.verdict != Verdict::NotComputable && task.metric != MetricKind::Perplexity && !difference.resampled.empty();
}

void countVerdict(Verdict verdict, SuiteComparison& suite)
{
    ++suite.tasks;
    suite.notWorse += verdict == Verdict::Better || verdict == Verdict::NotWorse ? 1 : 0;
    suite.worse += verdict == Verdict::Worse ? 1 : 0;
    suite.undecided += verdict == Verdict::Undecided ? 1 : 0;
    suite.notComputable += verdict == Verdict::NotComputable ? 1 : 0;
}

// The mean over tasks, as one difference with its resamples and its seeds.
struct Mean {
    PairedDifference whole;
    std::vector<double> seeds;  // mean difference of each seed
    double count = 0;

    void add(const PairedDifference& one)
    {
        whole.resampled.resize(one.resampled.size());
        for (std::size_t b = 0; b < one.resampled.size(); ++b)
            whole.resampled[b] += one.resampled[b];
        whole.difference += one.difference;
        whole.ownNoise += one.ownNoise;
        if (count == 0)
            seeds.assign(one.singles.size(), 0.0);
        if (seeds.size() == one.singles.size())
            for (std::size_t s = 0; s < seeds.size(); ++s)
                seeds[s] += one.multis[s] - one.singles[s];
        else
            seeds.clear();  // tasks with unlike numbers of seeds have no mean of a seed
        count += 1;
    }

    void finish()
    {
        for (double& d : whole.resampled)
            d /= count;
        for (double& d : seeds)
            d /= count;
        whole.difference /= count;
        whole.ownNoise /= count * count;
        whole.low = quantile(whole.resampled, kLevel);
        whole.high = quantile(whole.resampled, 1 - kLevel);
        if (seeds.size() > 1)
            widen();
    }

    void widen()
    {
        const double s = static_cast<double>(seeds.size());
        const SeedError error = seedError({varianceOf(whole.resampled), whole.ownNoise, varianceOf(seeds), s});
        const double t = studentQuantile(1 - kLevel, error.df);
        whole.low = whole.difference - t * error.se;
        whole.high = whole.difference + t * error.se;
    }
};

}  // namespace

Judgement judge(const PairedDifference& difference, MetricKind metric, double margin)
{
    Judgement judgement;
    if (difference.resampled.empty())
        return judgement;
    const bool up = largerIsBetter(metric);
    const double delta = up ? margin : margin * difference.single;
    judgement.inferiorityP = judgement.adjustedP = inferiorityP(difference, up, delta);
    judgement.resolvable = (1.6448536269514722 + 0.8416212335729143) * difference.se;
    judgement.verdict = verdictOf(up ? difference.low : -difference.high, up ? difference.high : -difference.low, delta);
    return judgement;
}

std::vector<double> holm(const std::vector<double>& p)
{
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    std::vector<double> adjusted(p.size());
    double most = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
        most = std::max(most, std::min(1.0, p[order[k]] * static_cast<double>(order.size() - k)));
        adjusted[order[k]] = most;
    }
    return adjusted;
}

void correctWorse(std::vector<Judgement>& judgements)
{
    std::vector<std::size_t> claims;
    std::vector<double> p;
    for (std::size_t i = 0; i < judgements.size(); ++i)
        if (judgements[i].verdict != Verdict::NotComputable) {
            claims.push_back(i);
            p.push_back(judgements[i].inferiorityP);
        }
    const std::vector<double> adjusted = holm(p);
    for (std::size_t k = 0; k < claims.size(); ++k) {
        Judgement& judgement = judgements[claims[k]];
        judgement.adjustedP = adjusted[k];
        if (adjusted[k] > kLevel && judgement.verdict == Verdict::Worse)
            judgement.verdict = Verdict::Undecided;
    }
}

SuiteComparison suiteOf(
    const std::vector<TaskComparison>& tasks, const std::vector<PairedDifference>& differences, double margin)
{
    SuiteComparison suite;
    suite.margin = margin;
    Mean mean;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        countVerdict(tasks[i].verdict, suite);
        if (countsInMean(tasks[i], differences[i]))
            mean.add(differences[i]);
    }
    if (mean.count == 0)
        return suite;
    mean.finish();
    suite.meanDifference = mean.whole.difference;
    suite.low = mean.whole.low;
    suite.high = mean.whole.high;
    suite.verdict = verdictOf(suite.low, suite.high, margin);
    return suite;
}

double mcNemarError(double onlyFirst, double onlySecond, double rows)
{
    if (rows <= 0)
        return 0;
    const double discordant = onlyFirst + onlySecond;
    const double gap = onlyFirst - onlySecond;
    return std::sqrt(std::max(0.0, discordant - gap * gap / rows)) / rows;
}

}  // namespace taskfold::stats
