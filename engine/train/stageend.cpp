#include "engine/train/stage.h"

#include "engine/format/modelfolder.h"

#include <torch/torch.h>

#include <algorithm>

namespace taskfold::train {

namespace {

constexpr std::size_t kBestKept = 5;

std::string listed(const std::vector<std::int64_t>& steps)
{
    std::string text;
    for (const std::int64_t step : steps)
        text += (text.empty() ? "" : ", ") + std::to_string(step);
    return text;
}

}  // namespace

void Stage::note(const std::string& sentence)
{
    m_state.notes += (m_state.notes.empty() ? "" : "; ") + sentence;
}

Result<compute::TrainResult> Stage::run(const std::stop_token& stop)
{
    Result<void> ready = m_setup.resume ? resume() : Result<void>{};
    if (ready && !done())
        ready = probe();
    if (!ready)
        return std::move(ready).error();
    while (!done()) {
        if (stop.stop_requested())
            return stopped();
        Result<void> stepped = computeStep();
        const Result<bool> due = stepped ? judgeIfDue() : Result<bool>(stepped.error());
        stepped = due ? (*due ? keep() : tellSaved(false)) : Result<void>(due.error());
        if (!stepped)
            return std::move(stepped).error();
    }
    return finish();
}

Result<void> Stage::resume(std::optional<std::int64_t> atMost)
{
    const std::vector<std::int64_t> there = m_store.steps();
    const auto newest = m_store.newestWhole(atMost);
    const auto best = atMost ? m_store.newestWhole() : newest;
    const bool damaged = !there.empty() && there.back() > best.value_or(0);
    const std::string from = newest ? "went on from step " + std::to_string(*newest) : "began again";
    // What isn't whole goes: that step will come again.
    const std::vector<std::int64_t> gone = m_store.removeAfter(newest.value_or(0));
    if (newest) {
        Result<TrainState> state = m_store.read(*newest, m_learner, m_moments);
        if (!state)
            return std::move(state).error();
        if (state->steps != m_state.steps || state->draw.drawn.size() != m_sources.size()
            || state->controller.progress.size() != m_sources.size())
            return Error{ErrorCode::InvalidInput, "the checkpoint belongs to a run of other tasks or steps"};
        if (state->templateHash != m_state.templateHash)
            return Error{ErrorCode::InvalidInput, "the checkpoint was trained with another prompt template"};
        m_state = *std::move(state);
        m_draw.restore(m_state.draw);
        m_store.tidy(bestSteps());  // a kill may have come before it
    }
    if (damaged)
        note("the checkpoint of step " + listed(gone) + " was damaged: " + from);
    return {};
}

Result<bool> Stage::judgeIfDue()
{
    const bool evaluates = evaluationIsDue();
    if (Result<void> done = evaluates ? evaluate() : Result<void>{}; !done)
        return std::move(done).error();
    return evaluates || isDue(m_setup.checkpointEvery);
}

Result<void> Stage::keep()
{
    const Result<void> done = m_setup.measureOnly ? Result<void>{} : checkpoint();
    return done ? tellSaved(false) : done;
}

Result<void> Stage::evaluate()
{
    const auto start = Clock::now();
    const double before = m_learner.work();
    Result<std::vector<stats::Seen>> seen = m_judge(m_learner);
    if (!seen)
        return std::move(seen).error();
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        (*seen)[i].epochs = epochs(i);
    m_state.controller.see(m_state.step, *seen);
    m_state.lastEvaluationWork = m_learner.work() - before;
    m_state.evaluationWork += m_state.lastEvaluationWork;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    m_state.seconds += seconds;
    m_state.evaluationSeconds += seconds;
    if (!m_events.onEvaluation)
        return {};
    compute::EvaluationReport report{m_state.step, {}, m_state.seconds, m_state.evaluationSeconds};
    std::vector<double> p = shares();
    double sum = 0;
    for (const double share : p)
        sum += share;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const stats::TaskProgress& task = m_state.controller.progress[i];
        report.tasks.push_back({m_sources[i].id, (*seen)[i].loss, (*seen)[i].metric, (*seen)[i].se, epochs(i),
            sum > 0 ? p[i] / sum : 0, task.phase, task.bestStep, task.best});
    }
    return m_events.onEvaluation(report);
}

std::vector<std::int64_t> Stage::bestSteps() const
{
    std::vector<std::pair<double, std::int64_t>> ranked;
    for (const stats::Evaluation& evaluation : m_state.controller.history) {
        double value = m_state.controller.regret(evaluation);
        if (m_setup.meanLossChoosesCheckpoint) {
            value = 0;
            for (const double loss : evaluation.losses)
                value -= loss;
        }
        ranked.emplace_back(value, evaluation.step);
    }
    std::sort(ranked.rbegin(), ranked.rend());
    std::vector<std::int64_t> steps;
    for (const auto& [value, step] : ranked) {
        if (steps.size() < kBestKept)
            steps.push_back(step);
    }
    return steps;
}

Result<void> Stage::checkpoint()
{
    const auto start = Clock::now();
    Result<void> started = m_saver.start(m_learner, m_moments, m_state, bestSteps());
    m_secondsUntold += std::chrono::duration<double>(Clock::now() - start).count();
    return started;
}

Result<void> Stage::tellSaved(bool wait)
{
    const auto start = Clock::now();
    const Result<std::optional<Saver::Saved>> saved = m_saver.take(wait);
    if (wait)
        m_secondsUntold += std::chrono::duration<double>(Clock::now() - start).count();
    if (!saved)
        return saved.error();
    if (!*saved || !m_events.onCheckpoint)
        return {};
    return m_events.onCheckpoint({(*saved)->step, (*saved)->folder, {}});
}

// Where the run stands, with its numbers.
compute::TrainResult Stage::numbers() const
{
    compute::TrainResult result;
    result.steps = m_state.step;
    result.loss = m_state.loss;
    result.tokens = m_state.tokens;
    result.targetTokens = m_state.targetTokens;
    result.seconds = m_state.seconds + m_secondsUntold;
    result.note = m_state.notes;
    return result;
}

Result<compute::TrainResult> Stage::resultAt(const std::filesystem::path& folder) const
{
    compute::TrainResult result = numbers();
    result.checkpoint = folder;
    const Result<WeightsFacts> facts = inspectWeights(result.checkpoint);
    if (!facts)
        return facts.error();
    result.hash = facts->hash;
    result.parameters = facts->parameters;
    result.bytes = facts->bytes;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const stats::TaskProgress& task = m_state.controller.progress[i];
        result.tasks.push_back(
            {{}, m_sources[i].id, task.phase, task.bestStep, task.bestEpoch, task.best, task.bestSe, epochs(i)});
    }
    return result;
}

Result<compute::TrainResult> Stage::stopped()
{
    if (m_setup.measureOnly)
        return Error{ErrorCode::Cancelled, {}};
    Result<void> kept = checkpoint();
    if (kept)
        kept = tellSaved(true);
    if (!kept)
        return std::move(kept).error();
    Result<compute::TrainResult> result = resultAt(m_store.folderOf(m_state.step));
    if (result)
        result->stopped = true;
    return result;
}

// The best whose files are as they were written.
Result<std::int64_t> Stage::chosenStep()
{
    std::vector<std::int64_t> there = m_store.steps();
    while (!there.empty()) {
        std::int64_t chosen = m_setup.meanLossChoosesCheckpoint ? m_state.controller.leastLoss(there)
                                                                : m_state.controller.leastRegret(there);
        if (chosen == 0)
            chosen = m_state.step;
        if (m_store.hasWholeModel(chosen))
            return chosen;
        note("the checkpoint of step " + std::to_string(chosen) + ", the best, was damaged: the next best was taken");
        std::erase(there, chosen);
    }
    return Error{ErrorCode::Damaged, "no checkpoint of the run is whole"};
}

// The mean of the best checkpoints' weights, where it scores higher than the chosen one (method.md 13).
Result<std::optional<std::filesystem::path>> Stage::average(std::int64_t chosen)
{
    const torch::NoGradGuard noGrad;
    std::vector<std::int64_t> among;
    for (const std::int64_t step : bestSteps())
        if (static_cast<int>(among.size()) < m_setup.averageCheckpoints && m_store.hasWholeModel(step))
            among.push_back(step);
    const auto& history = m_state.controller.history;
    const auto seen = std::find_if(history.begin(), history.end(), [=](const auto& one) { return one.step == chosen; });
    if (among.size() < 2 || seen == history.end())
        return std::optional<std::filesystem::path>{};
    torch::Tensor sum = torch::zeros(m_learner.trained().flat.sizes(), torch::kFloat64);
    for (const std::int64_t step : among) {
        if (Result<void> read = m_store.readWeights(step, m_learner); !read)
            return std::move(read).error();
        sum.add_(m_learner.trained().flat.cpu());
    }
    m_learner.trained().flat.copy_(sum.div_(static_cast<double>(among.size())));
    m_learner.weightsChanged();
    Result<std::vector<stats::Seen>> judged = m_judge(m_learner);
    if (!judged)
        return std::move(judged).error();
    stats::Evaluation mean{0, {}, {}};
    double loss = 0, chosenLoss = 0;
    for (std::size_t i = 0; i < judged->size(); ++i) {
        mean.metrics.push_back((*judged)[i].metric);
        loss += (*judged)[i].loss;
        chosenLoss += seen->losses[i];
    }
    const bool higher = m_setup.meanLossChoosesCheckpoint
        ? loss < chosenLoss
        : m_state.controller.gain(mean) > m_state.controller.gain(*seen);
    if (!higher)
        return std::optional<std::filesystem::path>{};
    std::sort(among.begin(), among.end());
    note("the mean of the checkpoints of steps " + listed(among) + " scores higher than each: it is the model");
    Result<std::filesystem::path> folder = m_store.writeModel(m_learner, "mean");
    if (!folder)
        return std::move(folder).error();
    return std::optional(*std::move(folder));
}

Result<compute::TrainResult> Stage::finish()
{
    if (m_setup.measureOnly)
        return numbers();
    Result<void> done;
    if (m_state.controller.history.empty() || m_state.controller.history.back().step != m_state.step)
        done = evaluate();
    if (done)
        done = checkpoint();
    if (done)
        done = tellSaved(true);
    if (!done)
        return std::move(done).error();
    const Result<std::int64_t> chosen = chosenStep();
    if (!chosen)
        return chosen.error();
    std::filesystem::path folder = m_store.folderOf(*chosen);
    if (m_setup.averageCheckpoints > 1) {
        const Result<std::optional<std::filesystem::path>> mean = average(*chosen);
        if (!mean)
            return mean.error();
        folder = mean->value_or(folder);
    }
    if (m_setup.targetTokens <= 0 && m_state.step < m_state.steps)
        note("every task stopped early at step " + std::to_string(m_state.step));
    return resultAt(folder);
}

}  // namespace taskfold::train
