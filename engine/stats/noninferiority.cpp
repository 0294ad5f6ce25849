#include "engine/stats/noninferiority.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace taskfold::stats {

namespace {

constexpr double kLevel = 0.05;

}  // namespace

Judgement judge(const PairedDifference& difference, MetricKind metric, double margin)
{
    Judgement judgement;
    if (difference.resampled.empty())
        return judgement;
    const bool up = largerIsBetter(metric);
    const double delta = up ? margin : margin * difference.single;
    const double low = up ? difference.low : -difference.high;
    const double high = up ? difference.high : -difference.low;
    std::size_t above = 0;
    for (const double d : difference.resampled)
        above += (up ? d : -d) >= -delta ? 1U : 0U;
    judgement.inferiorityP = static_cast<double>(above) / static_cast<double>(difference.resampled.size());
    judgement.resolvable = (1.645 + 0.842) * difference.se;
    if (low > 0)
        judgement.verdict = Verdict::Better;
    else if (low > -delta)
        judgement.verdict = Verdict::NotWorse;
    else
        judgement.verdict = high < -delta ? Verdict::Worse : Verdict::Undecided;
    return judgement;
}

void correctWorse(std::vector<Judgement>& judgements)
{
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < judgements.size(); ++i) {
        if (judgements[i].verdict != Verdict::NotComputable)
            order.push_back(i);
    }
    std::sort(order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return judgements[a].inferiorityP < judgements[b].inferiorityP; });
    bool passing = true;
    for (std::size_t k = 0; k < order.size(); ++k) {
        Judgement& judgement = judgements[order[k]];
        passing = passing && judgement.inferiorityP <= kLevel / static_cast<double>(order.size() - k);
        if (!passing && judgement.verdict == Verdict::Worse)
            judgement.verdict = Verdict::Undecided;
    }
}

SuiteComparison suiteOf(const std::vector<TaskComparison>& tasks, const std::vector<PairedDifference>& differences)
{
    SuiteComparison suite;
    std::vector<double> means;
    double count = 0;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        const Verdict verdict = tasks[i].verdict;
        ++suite.tasks;
        suite.notWorse += verdict == Verdict::Better || verdict == Verdict::NotWorse ? 1 : 0;
        suite.worse += verdict == Verdict::Worse ? 1 : 0;
        suite.undecided += verdict == Verdict::Undecided ? 1 : 0;
        suite.notComputable += verdict == Verdict::NotComputable ? 1 : 0;
        if (verdict == Verdict::NotComputable || tasks[i].metric == MetricKind::Perplexity
            || differences[i].resampled.empty())
            continue;
        means.resize(differences[i].resampled.size());
        for (std::size_t b = 0; b < means.size(); ++b)
            means[b] += differences[i].resampled[b];
        suite.meanDifference += differences[i].difference;
        count += 1;
    }
    if (count == 0)
        return suite;
    for (double& mean : means)
        mean /= count;
    suite.meanDifference /= count;
    suite.low = quantile(means, kLevel);
    suite.high = quantile(means, 1 - kLevel);
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
