#include "engine/stats/stopcontroller.h"

#include <algorithm>

namespace taskfold::stats {

namespace {

constexpr double kReplay = 0.1;
constexpr double kLeastError = 1e-3;  // a metric that never varies would divide by nothing

bool improved(const TaskProgress& task, const Seen& seen)
{
    if (!task.seen || seen.metric > task.best + seen.se / 2)
        return true;
    // The loss decides between equal scores: a score of zero says little while the model still learns.
    return seen.metric >= task.best && seen.loss < task.bestLoss * 0.995;
}

// As good as the best within what the rows can tell, and the loss still falls: no reason to lose patience.
bool stillLearns(const TaskProgress& task, const Seen& seen)
{
    return seen.metric >= task.best - seen.se / 2 && seen.loss < task.bestLoss * 0.995;
}

bool isAmong(const std::vector<std::int64_t>& steps, std::int64_t step)
{
    return steps.empty() || std::find(steps.begin(), steps.end(), step) != steps.end();
}

// Patience is counted in evaluations, but a task of small share sees few of its rows between two of them: only a whole
// pass over its own rows without a gain says that it has learned what it can.
bool sawItsRowsInVain(const TaskProgress& task, double epochs)
{
    return epochs >= 1 && epochs - task.bestEpoch >= 1;
}

void update(TaskProgress& task, const Seen& seen, std::int64_t step, int patience)
{
    task.epochs = seen.epochs;
    if (improved(task, seen)) {
        task.best = seen.metric;
        task.bestSe = seen.se;
        task.bestLoss = seen.loss;
        task.bestStep = step;
        task.bestEpoch = seen.epochs;
        task.bad = 0;
        task.seen = true;
    } else if (stillLearns(task, seen)) {
        task.bestLoss = seen.loss;
        task.bad = 0;
    } else {
        ++task.bad;
    }
    if (!task.earlyStop || task.phase == "capped")
        return;
    if (task.phase == "active" && task.bad >= patience && sawItsRowsInVain(task, seen.epochs)) {
        task.phase = "cooled";
    } else if (task.phase == "cooled" && seen.metric < task.best - 2 * std::max(seen.se, kLeastError)) {
        task.phase = "active";  // it forgets
        task.bad = 0;
    }
}

}  // namespace

void StopController::see(std::int64_t step, const std::vector<Seen>& tasks)
{
    Evaluation evaluation{step, {}, {}};
    for (std::size_t i = 0; i < progress.size(); ++i) {
        update(progress[i], tasks[i], step, patience);
        evaluation.metrics.push_back(tasks[i].metric);
        evaluation.losses.push_back(tasks[i].loss);
    }
    history.push_back(std::move(evaluation));
}

double StopController::factor(std::size_t task) const
{
    const std::string& phase = progress[task].phase;
    return phase == "active" ? 1 : phase == "cooled" ? kReplay : 0;
}

void StopController::countEpochs(std::size_t task, double epochs)
{
    progress[task].epochs = epochs;
    if (progress[task].cap > 0 && epochs >= progress[task].cap)
        progress[task].phase = "capped";
}

bool StopController::allDone() const
{
    return !progress.empty()
        && std::none_of(progress.begin(), progress.end(), [](const auto& task) { return task.phase == "active"; });
}

double StopController::regret(const Evaluation& evaluation) const
{
    double sum = 0;
    for (std::size_t i = 0; i < progress.size(); ++i)
        sum += std::min(0.0, evaluation.metrics[i] - progress[i].best) / std::max(progress[i].bestSe, kLeastError);
    return sum;
}

double StopController::gain(const Evaluation& evaluation) const
{
    double sum = 0;
    for (std::size_t i = 0; i < progress.size(); ++i)
        sum += (evaluation.metrics[i] - progress[i].best) / std::max(progress[i].bestSe, kLeastError);
    return sum;
}

std::int64_t StopController::leastRegret(const std::vector<std::int64_t>& steps) const
{
    std::int64_t best = 0;
    double least = 0;
    for (const Evaluation& evaluation : history) {
        const double sum = regret(evaluation);
        if (isAmong(steps, evaluation.step) && (best == 0 || sum >= least)) {
            best = evaluation.step;
            least = sum;
        }
    }
    return best;
}

std::int64_t StopController::leastLoss(const std::vector<std::int64_t>& steps) const
{
    std::int64_t best = 0;
    double least = 0;
    for (const Evaluation& evaluation : history) {
        double sum = 0;
        for (const double loss : evaluation.losses)
            sum += loss;
        if (isAmong(steps, evaluation.step) && (best == 0 || sum < least)) {
            best = evaluation.step;
            least = sum;
        }
    }
    return best;
}

}  // namespace taskfold::stats
