#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace taskfold::stats {

/// What one evaluation found for one task. `metric` larger is better (a perplexity is handed in negative).
struct Seen {
    double metric = 0, se = 0, loss = 0, epochs = 0;
};

struct TaskProgress {
    std::string phase = "active";  // active, cooled, capped
    double best = 0, bestSe = 0, bestLoss = 0, bestEpoch = 0, epochs = 0;
    std::int64_t bestStep = 0;
    int bad = 0;
    bool seen = false;
    bool earlyStop = true;
    double cap = 0;  // epochs; 0: none
};

/// One evaluation, kept for choosing the checkpoint.
struct Evaluation {
    std::int64_t step = 0;
    std::vector<double> metrics, losses;  // by task
};

/// Early stopping per task inside one run (method.md 13). Its whole state is public, so that a checkpoint can hold it.
class StopController {
public:
    StopController() = default;
    StopController(std::size_t tasks, int patienceOf) : progress(tasks), patience(patienceOf) { }

    void see(std::int64_t step, const std::vector<Seen>& tasks);

    /// What a task's share is multiplied with: 1 active, 0.1 cooled, 0 capped.
    double factor(std::size_t task) const;

    /// Whether a task reached its cap of epochs, asked at every step.
    void countEpochs(std::size_t task, double epochs);

    /// Every task is cooled or capped.
    bool allDone() const;

    /// The step of least total regret, sum over tasks of min(0, m - best) / SE; of equals the later one. 0: none was seen.
    std::int64_t leastRegret(const std::vector<std::int64_t>& steps = {}) const;
    double regret(const Evaluation& evaluation) const;
    /// The same without the bound at 0: what is better than each task's own best counts, too.
    double gain(const Evaluation& evaluation) const;

    /// The step of least mean validation loss (method.md 6, stage 2).
    std::int64_t leastLoss(const std::vector<std::int64_t>& steps = {}) const;

    std::vector<TaskProgress> progress;
    std::vector<Evaluation> history;
    int patience = 3;
};

}  // namespace taskfold::stats
