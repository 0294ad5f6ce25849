#include "engine/train/stage.h"

#include "engine/model/longmemory.h"
#include "engine/text/template.h"
#include "engine/train/schedule.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace taskfold::train {

namespace {

std::vector<std::size_t> rowsOf(const std::vector<Source>& sources)
{
    std::vector<std::size_t> rows;
    for (const Source& source : sources)
        rows.push_back(source.examples->size());
    return rows;
}

}  // namespace

Stage::Stage(const compute::TrainSetup& setup, Learner& learner, const std::filesystem::path& base,
    std::vector<Source> sources, const Judge& judge, const compute::TrainEvents& events)
    : m_setup(setup)
    , m_learner(learner)
    , m_sources(std::move(sources))
    , m_judge(judge)
    , m_events(events)
    , m_store(setup.runFolder, base)
    , m_saver(m_store)
    , m_draw(rowsOf(m_sources), setup.seed, setup.inOrder)
{
    m_learner.train(setup.accumulate > 1 || setup.weighting == Weighting::PcGrad);
    m_learner.setCheckpointing(setup.checkpointing);
    const torch::Tensor& flat = m_learner.trained().flat;
    m_moments.first = model::longZeros(flat.numel(), flat.options());
    m_moments.second = model::longZeros(flat.numel(), flat.options());
    m_state.steps = plannedSteps();
    m_state.templateHash = templateHash();
    m_state.controller = stats::StopController(m_sources.size(), setup.patience);
    std::vector<double> factors;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        m_state.controller.progress[i].cap = setup.targetTokens > 0 ? 0 : m_sources[i].mixing.epochsCap;
        m_state.controller.progress[i].earlyStop = m_sources[i].mixing.earlyStop;
        factors.push_back(m_sources[i].choosesLabels ? 1 : 0.5);
    }
    if (setup.weighting == Weighting::Uncertainty)
        m_weights.emplace(m_state, factors);
}

// Under a budget of target tokens as many as it is expected to last.
std::int64_t Stage::plannedSteps() const
{
    if (m_setup.targetTokens <= 0)
        return m_setup.steps;
    double perRow = 0, all = 0;
    for (const Source& source : m_sources) {
        const double share = source.examples->empty() ? 0 : (source.mixing.share + source.mixing.shareAtEnd) / 2;
        perRow += share > 0 ? share * source.examples->meanTargets() : 0;
        all += share;
    }
    const double perStep = m_setup.batch * perRow / std::max(all, 1e-12);
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(m_setup.targetTokens) / std::max(perStep, 1.0)));
}

bool Stage::done() const
{
    if (m_setup.targetTokens > 0)
        return m_state.targetTokens >= m_setup.targetTokens;
    return m_state.step >= m_state.steps || m_state.controller.allDone();
}

// From 0 at the first step to 1 at the last.
double Stage::progress() const
{
    if (m_setup.targetTokens > 0)
        return std::min(1.0, static_cast<double>(m_state.targetTokens) / static_cast<double>(m_setup.targetTokens));
    return m_state.steps > 1 ? static_cast<double>(m_state.step) / static_cast<double>(m_state.steps - 1) : 0;
}

// p_i(t) on the line between start and end, times what early stopping leaves of it; not normalised.
std::vector<double> Stage::shares() const
{
    const double t = progress();
    std::vector<double> p;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const compute::Mixing& mixing = m_sources[i].mixing;
        p.push_back(((1 - t) * mixing.share + t * mixing.shareAtEnd) * m_state.controller.factor(i));
    }
    return p;
}

bool Stage::isDue(std::int64_t every) const
{
    return every > 0 && (m_state.step % every == 0 || m_state.step == m_state.steps);
}

// At its step, and while evaluations stay within their share of the work. What is counted is work, not time: a run that is
// resumed evaluates where the one that wasn't stopped does.
bool Stage::evaluationIsDue() const
{
    return isDue(m_setup.evaluateEvery)
        && (m_setup.evaluationShare <= 0
            || m_state.evaluationWork + m_state.lastEvaluationWork <= m_setup.evaluationShare * m_state.stepWork);
}

const std::vector<const Example*>& Stage::draw()
{
    const std::vector<double> p = shares();
    m_drawn.clear();
    m_owners.clear();
    for (int i = 0; i < m_setup.batch; ++i) {
        const Draw::Pick pick = m_draw.next(p);
        m_drawn.push_back(m_sources[pick.task].examples->at(pick.row));
        m_owners.push_back(pick.task);
    }
    m_batch = placesOf(m_drawn);
    m_learner.startGradient();
    torch::manual_seed(m_setup.seed + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(m_state.step));  // dropout's
    return m_batch;
}

std::vector<Example> Stage::longestBatch() const
{
    const auto count = static_cast<std::size_t>(m_setup.batch);
    std::vector<Example> rows;
    for (const Source& source : m_sources)
        if (source.mixing.share + source.mixing.shareAtEnd > 0)
            for (Example& example : source.examples->longest(count))
                rows.push_back(std::move(example));
    keepLongest(rows, count);
    return rows;
}

Result<void> Stage::take(const BatchLoss& loss, double seconds, double flops)
{
    const auto start = Clock::now();
    const std::int64_t planned = m_setup.targetTokens > 0  // the schedule goes by what is spent
        ? std::min(m_state.steps, 1 + static_cast<std::int64_t>(progress() * static_cast<double>(m_state.steps)))
        : m_state.step + 1;
    ++m_state.step;
    const double rate
        = rateAt(m_setup.schedule, planned, m_state.steps, m_setup.learningRate, m_setup.warmUp, m_setup.finalRate);
    const AdamW optimiser{rate, 0.9, m_setup.beta2, 1e-8, m_setup.weightDecay, m_setup.clip};
    const double norm = optimiser.step(m_learner.trained(), m_moments.first, m_moments.second, m_state.step);
    m_state.loss = loss.total;
    if (!std::isfinite(m_state.loss) || !std::isfinite(norm))
        return Error{ErrorCode::NotANumber, "the loss of step " + std::to_string(m_state.step)
                + " isn't a number; the checkpoint before is kept. A lower learning rate helps most often."};
    if (m_weights)
        learnWeights(loss, rate);
    m_state.tokens += loss.tokens;
    m_state.targetTokens += loss.targetTokens;
    m_state.stepWork += flops;
    m_state.draw = m_draw.state();
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        m_state.controller.countEpochs(i, epochs(i));
    m_state.seconds += seconds + std::exchange(m_secondsUntold, 0) + std::chrono::duration<double>(Clock::now() - start).count();
    return tell(loss, rate, norm, flops);
}

Result<void> Stage::tell(const BatchLoss& loss, double rate, double norm, double flops) const
{
    if (!m_events.onStep)
        return {};
    const double spent = progress();
    const std::int64_t steps = m_setup.targetTokens > 0 && spent > 0
        ? std::max(m_state.step, static_cast<std::int64_t>(std::llround(static_cast<double>(m_state.step) / spent)))
        : m_state.steps;
    compute::StepReport report{m_state.step, m_state.loss, rate, norm, m_state.tokens, m_state.targetTokens, m_state.seconds,
        m_learner.net() ? flops : 0, {}, steps, m_state.evaluationSeconds};
    std::vector<compute::TaskLoss> tasks(m_sources.size());
    for (std::size_t i = 0; i < m_owners.size(); ++i) {
        compute::TaskLoss& task = tasks[m_owners[i]];
        task.task = m_sources[m_owners[i]].id;
        task.loss += loss.perExample[i];
        ++task.examples;
    }
    for (compute::TaskLoss& task : tasks) {
        if (task.examples == 0)
            continue;
        task.loss /= static_cast<double>(task.examples);
        report.tasks.push_back(task);
    }
    return m_events.onStep(report);
}

}  // namespace taskfold::train
