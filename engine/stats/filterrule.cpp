#include "engine/stats/filterrule.h"

#include "engine/core/random.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace taskfold::stats {

namespace {

constexpr double kOneSided = 1.64;

using Set = std::vector<std::size_t>;

/// Means over the others, and their spread over the probe steps.
struct Effects {
    double outgoing = 0, outgoingSe = 0, incoming = 0, incomingSe = 0;
};

class Table {
public:
    explicit Table(const AffinityEvidence& evidence) : m_evidence(evidence), m_size(evidence.tasks.size())
    {
        m_reliable.assign(m_size * m_size, true);
        m_values.assign(m_size * m_size, 0);
        for (const AffinityCell& cell : evidence.cells) {
            const auto from = indexOf(cell.from);
            const auto to = indexOf(cell.to);
            if (from == m_size || to == m_size)
                continue;
            m_values[from * m_size + to] = cell.value;
            m_reliable[from * m_size + to] = cell.reliable;
        }
    }

    std::size_t size() const { return m_size; }

    Effects effects(std::size_t task, const Set& kept) const
    {
        Effects effects;
        effects.outgoing = mean(m_values, task, kept, true);
        effects.incoming = mean(m_values, task, kept, false);
        effects.outgoingSe = spread(task, kept, true);
        effects.incomingSe = spread(task, kept, false);
        return effects;
    }

    // What a task's own step does for it, in the middle of all tasks: free of the learning rate.
    double ownEffect() const
    {
        std::vector<double> own;
        for (std::size_t i = 0; i < m_size; ++i)
            own.push_back(m_values[i * m_size + i]);
        if (own.empty())
            return 0;
        std::sort(own.begin(), own.end());
        const std::size_t half = own.size() / 2;
        return own.size() % 2 == 1 ? own[half] : (own[half - 1] + own[half]) / 2;
    }

private:
    std::size_t indexOf(TaskId task) const
    {
        return static_cast<std::size_t>(
            std::find(m_evidence.tasks.begin(), m_evidence.tasks.end(), task) - m_evidence.tasks.begin());
    }

    double mean(const std::vector<double>& values, std::size_t task, const Set& kept, bool outgoing) const
    {
        double sum = 0;
        double count = 0;
        for (const std::size_t other : kept) {
            const std::size_t cell = outgoing ? task * m_size + other : other * m_size + task;
            if (other == task || !m_reliable[cell])
                continue;
            sum += values[cell];
            count += 1;
        }
        return count == 0 ? 0 : sum / count;
    }

    // Bootstrap over the probe steps; the seed is fixed, so that the same evidence gives the same answer.
    double spread(std::size_t task, const Set& kept, bool outgoing) const
    {
        std::vector<double> probes;
        for (const std::vector<double>& probe : m_evidence.probes)
            probes.push_back(mean(probe, task, kept, outgoing));
        if (probes.size() < 2)
            return 0;
        constexpr int kResamples = 1000;
        Random random{1};
        double sum = 0;
        double squares = 0;
        for (int b = 0; b < kResamples; ++b) {
            double value = 0;
            for (std::size_t i = 0; i < probes.size(); ++i)
                value += probes[static_cast<std::size_t>(random.below(probes.size()))];
            value /= static_cast<double>(probes.size());
            sum += value;
            squares += value * value;
        }
        const double mean = sum / kResamples;
        return std::sqrt(std::max(0.0, squares / kResamples - mean * mean));
    }

    const AffinityEvidence& m_evidence;
    std::size_t m_size;
    std::vector<double> m_values;
    std::vector<bool> m_reliable;
};

std::string percent(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%+.2f %%", 100 * value);
    return text;
}

std::string sentence(const Suggestion& s)
{
    const std::string out = percent(s.outgoing) + " (SE " + percent(s.outgoingSe).substr(1) + ")";
    const std::string in = percent(s.incoming) + " (SE " + percent(s.incomingSe).substr(1) + ")";
    if (s.rule == "harms_others")
        return "A step on it changes the others' loss for the worse: mean effect " + out + ", threshold "
            + percent(-s.threshold) + ".";
    if (s.rule == "harmed_by_others")
        return "Steps on the others change its loss for the worse: mean effect " + in + ", threshold "
            + percent(-s.threshold) + ".";
    return "Mean effect on the others " + out + ", of the others on it " + in + "; nothing speaks against it.";
}

bool unlearnable(const std::map<TaskId, Learnability>& all, TaskId task)
{
    const auto found = all.find(task);
    return found != all.end() && found->second.single <= found->second.trivial + found->second.singleSe;
}

/// Where steps on a task don't help even that task, nothing can be read from what they do to others.
struct Yardstick {
    double ownEffect = 0, epsilon = 0;

    bool says() const { return ownEffect > 0; }
};

Suggestion lookAt(const Table& table, const AffinityEvidence& evidence, std::size_t task, const Set& kept,
    const Yardstick& yardstick, const std::map<TaskId, Learnability>& learnability)
{
    const double epsilon = yardstick.epsilon;
    Suggestion s;
    s.task = evidence.tasks[task];
    const Effects e = table.effects(task, kept);
    s.outgoing = e.outgoing;
    s.outgoingSe = e.outgoingSe;
    s.incoming = e.incoming;
    s.incomingSe = e.incomingSe;
    s.threshold = epsilon;
    if (yardstick.says() && e.outgoing + kOneSided * e.outgoingSe < -epsilon)
        s.rule = "harms_others";
    else if (yardstick.says() && e.incoming + kOneSided * e.incomingSe < -epsilon)
        s.rule = "harmed_by_others";
    const bool helped = yardstick.says() && e.incoming - kOneSided * e.incomingSe > epsilon;
    const bool learnedNothing = s.rule.empty() && unlearnable(learnability, s.task);
    if (learnedNothing && !helped)
        s.rule = "unlearnable";
    s.suggest = s.rule.empty() ? Verb::Keep : Verb::Exclude;
    s.reason = sentence(s);
    if (s.rule.empty() && !yardstick.says())
        s.reason = "The measurement says nothing: a step on a task doesn't help even that task (in the middle "
            + percent(yardstick.ownEffect) + " of its loss). Measure again with more rows, or with a lower learning rate.";
    if (learnedNothing && helped)
        s.reason = "Alone it learned nothing, but steps on the others lower its loss: mean effect " + percent(e.incoming)
            + " (SE " + percent(e.incomingSe).substr(1) + ").";
    if (s.rule == "unlearnable") {
        const Learnability& l = learnability.at(s.task);
        s.reason = "Its own model scores " + percent(l.single).substr(1) + ", no better than an answer that needs no model ("
            + percent(l.trivial).substr(1) + "): it teaches nothing, and its verdict would mean nothing.";
    }
    return s;
}

}  // namespace

std::vector<Suggestion> suggest(const AffinityEvidence& evidence, const std::map<TaskId, Learnability>& learnability,
    const FilterSettings& settings)
{
    const Table table(evidence);
    const double own = table.ownEffect();
    const Yardstick yardstick{own, std::max(0.0, settings.epsilonShare * own)};
    std::vector<Suggestion> result(table.size());
    Set kept(table.size());
    std::iota(kept.begin(), kept.end(), 0U);
    const auto most = static_cast<std::size_t>(settings.mostExcluded * static_cast<double>(table.size()));
    for (;;) {
        std::vector<std::pair<double, std::size_t>> candidates;
        for (const std::size_t task : kept) {
            result[task] = lookAt(table, evidence, task, kept, yardstick, learnability);
            if (result[task].suggest == Verb::Exclude)
                candidates.push_back({result[task].outgoing + result[task].incoming, task});
        }
        if (candidates.empty())
            break;
        if (kept.size() <= static_cast<std::size_t>(settings.leastKept) || table.size() - kept.size() >= most) {
            for (const auto& [sum, task] : candidates) {
                result[task].suggest = Verb::Keep;
                result[task].reason += " Kept all the same: no more tasks may be left out.";
            }
            break;
        }
        const auto worst = *std::min_element(candidates.begin(), candidates.end(), [&](const auto& a, const auto& b) {
            return a.first != b.first ? a.first < b.first : evidence.tasks[a.second] < evidence.tasks[b.second];
        });
        kept.erase(std::find(kept.begin(), kept.end(), worst.second));
    }
    return result;
}

}  // namespace taskfold::stats
