#include "engine/train/trainer.h"

#include "engine/format/modelfolder.h"
#include "engine/infer/predict.h"
#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/stats/metrics.h"
#include "engine/text/template.h"
#include "engine/train/checkpoint.h"
#include "engine/train/plainloss.h"
#include "engine/train/schedule.h"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace taskfold::train {

namespace {

constexpr std::size_t kBestKept = 5;

/// One stage while it runs.
class Stage {
public:
    Stage(const compute::TrainSetup& setup, Learner& learner, const std::filesystem::path& base, std::vector<Source> sources,
        const Judge& judge, const compute::TrainEvents& events)
        : m_setup(setup)
        , m_learner(learner)
        , m_sources(std::move(sources))
        , m_judge(judge)
        , m_events(events)
        , m_store(setup.runFolder, base)
        , m_draw(rowsOf(m_sources), setup.seed, setup.inOrder)
    {
        m_learner.train();
        m_learner.setCheckpointing(setup.checkpointing);
        m_moments.first = torch::zeros_like(m_learner.trained().flat);
        m_moments.second = torch::zeros_like(m_learner.trained().flat);
        m_state.steps = setup.steps;
        m_state.templateHash = templateHash();
        m_state.controller = stats::StopController(m_sources.size(), setup.patience);
        for (std::size_t i = 0; i < m_sources.size(); ++i) {
            m_state.controller.progress[i].cap = m_sources[i].mixing.epochsCap;
            m_state.controller.progress[i].earlyStop = m_sources[i].mixing.earlyStop;
        }
    }

    Result<compute::TrainResult> run(const std::stop_token& stop)
    {
        if (m_setup.resume) {
            if (Result<void> resumed = resume(); !resumed)
                return std::move(resumed).error();
        }
        while (m_state.step < m_setup.steps && !m_state.controller.allDone()) {
            if (stop.stop_requested())
                return stopped();
            Result<void> done = step();
            if (done && isDue(m_setup.evaluateEvery))
                done = evaluate();
            if (done && (isDue(m_setup.evaluateEvery) || isDue(m_setup.checkpointEvery)))
                done = checkpoint();
            if (!done)
                return std::move(done).error();
        }
        return finish();
    }

private:
    using Clock = std::chrono::steady_clock;

    static std::vector<std::size_t> rowsOf(const std::vector<Source>& sources)
    {
        std::vector<std::size_t> rows;
        for (const Source& source : sources)
            rows.push_back(source.examples.size());
        return rows;
    }

    bool isDue(std::int64_t every) const
    {
        return every > 0 && (m_state.step % every == 0 || m_state.step == m_setup.steps);
    }

    // p_i(t) on the line between start and end, times what early stopping leaves of it; not normalised.
    std::vector<double> shares() const
    {
        const double t = m_setup.steps > 1
            ? static_cast<double>(m_state.step) / static_cast<double>(m_setup.steps - 1)
            : 0;
        std::vector<double> p;
        for (std::size_t i = 0; i < m_sources.size(); ++i) {
            const compute::Mixing& mixing = m_sources[i].mixing;
            p.push_back(((1 - t) * mixing.share + t * mixing.shareAtEnd) * m_state.controller.factor(i));
        }
        return p;
    }

    double epochs(std::size_t source) const { return m_sources[source].mixing.epochsBefore + m_draw.epochs(source); }

    Result<void> resume()
    {
        const auto newest = m_store.newestWhole();
        if (!newest)
            return {};  // stopped before the first checkpoint: from the beginning
        Result<TrainState> state = m_store.read(*newest, m_learner, m_moments);
        if (!state)
            return std::move(state).error();
        if (state->steps != m_setup.steps || state->draw.drawn.size() != m_sources.size()
            || state->controller.progress.size() != m_sources.size())
            return Error{ErrorCode::InvalidInput, "the checkpoint belongs to a run of other tasks or steps"};
        if (state->templateHash != m_state.templateHash)
            return Error{ErrorCode::InvalidInput, "the checkpoint was trained with another prompt template"};
        m_state = *std::move(state);
        m_draw.restore(m_state.draw);
        return {};
    }

    Result<void> step()
    {
        const auto start = Clock::now();
        const std::vector<double> p = shares();
        std::vector<const Example*> batch;
        std::vector<std::size_t> owners;
        for (int i = 0; i < m_setup.batch; ++i) {
            const Draw::Pick pick = m_draw.next(p);
            batch.push_back(&m_sources[pick.task].examples[pick.row]);
            owners.push_back(pick.task);
        }
        m_learner.trained().zeroGradient();
        torch::manual_seed(m_setup.seed + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(m_state.step));  // dropout's
        const double before = m_learner.net() ? m_learner.net()->flops() : 0;
        const BatchLoss loss = gradientOf(batch);
        ++m_state.step;
        const double rate = rateAt(
            m_setup.schedule, m_state.step, m_setup.steps, m_setup.learningRate, m_setup.warmUp, m_setup.finalRate);
        const AdamW optimiser{rate, 0.9, m_setup.beta2, 1e-8, m_setup.weightDecay, m_setup.clip};
        const double norm
            = optimiser.step(m_learner.trained(), m_moments.first, m_moments.second, m_state.step);
        m_flops = m_learner.net() ? m_learner.net()->flops() - before : 0;
        m_state.loss = loss.total;
        if (!std::isfinite(m_state.loss) || !std::isfinite(norm))
            return Error{ErrorCode::NotANumber, "the loss of step " + std::to_string(m_state.step)
                    + " isn't a number; the checkpoint before is kept. A lower learning rate helps most often."};
        m_state.tokens += loss.tokens;
        m_state.targetTokens += loss.targetTokens;
        m_state.draw = m_draw.state();
        for (std::size_t i = 0; i < m_sources.size(); ++i)
            m_state.controller.countEpochs(i, epochs(i));
        m_state.seconds += std::chrono::duration<double>(Clock::now() - start).count();
        return tell(loss, owners, rate, norm);
    }

    // In parts one after the other: their losses and gradients add up to the batch's.
    BatchLoss gradientOf(const std::vector<const Example*>& batch)
    {
        const auto parts = std::min(batch.size(), static_cast<std::size_t>(std::max(1, m_setup.accumulate)));
        if (parts == 1)
            return m_learner.loss(batch, m_setup.lossMean, 1);
        const auto whole = static_cast<double>(m_setup.lossMean == LossMean::Example ? static_cast<std::int64_t>(batch.size())
                                                                                     : targetsOf(batch, m_setup.lossMean).count);
        BatchLoss all;
        for (std::size_t part = 0; part < parts; ++part) {
            const std::size_t from = batch.size() * part / parts;
            const std::span<const Example* const> rows(batch.data() + from, batch.size() * (part + 1) / parts - from);
            const auto own = static_cast<double>(m_setup.lossMean == LossMean::Example ? static_cast<std::int64_t>(rows.size())
                                                                                       : targetsOf(rows, m_setup.lossMean).count);
            const BatchLoss loss = m_learner.loss(rows, m_setup.lossMean, own / whole);
            all.total += loss.total * own / whole;
            all.perExample.insert(all.perExample.end(), loss.perExample.begin(), loss.perExample.end());
            all.tokens += loss.tokens;
            all.targetTokens += loss.targetTokens;
        }
        return all;
    }

    Result<void> tell(const BatchLoss& loss, const std::vector<std::size_t>& owners, double rate, double norm) const
    {
        if (!m_events.onStep)
            return {};
        compute::StepReport report{
            m_state.step, m_state.loss, rate, norm, m_state.tokens, m_state.targetTokens,
            m_state.seconds, m_flops, {}};
        std::vector<compute::TaskLoss> tasks(m_sources.size());
        for (std::size_t i = 0; i < owners.size(); ++i) {
            compute::TaskLoss& task = tasks[owners[i]];
            task.task = m_sources[owners[i]].id;
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

    Result<void> evaluate()
    {
        const auto start = Clock::now();
        Result<std::vector<stats::Seen>> seen = m_judge(m_learner);
        if (!seen)
            return std::move(seen).error();
        for (std::size_t i = 0; i < m_sources.size(); ++i)
            (*seen)[i].epochs = epochs(i);
        m_state.controller.see(m_state.step, *seen);
        m_state.seconds += std::chrono::duration<double>(Clock::now() - start).count();
        if (!m_events.onEvaluation)
            return {};
        compute::EvaluationReport report{m_state.step, {}};
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

    std::vector<std::int64_t> bestSteps() const
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

    Result<void> checkpoint()
    {
        Result<std::filesystem::path> folder = m_store.write(m_learner, m_moments, m_state);
        if (!folder)
            return std::move(folder).error();
        m_store.tidy(bestSteps());
        if (!m_events.onCheckpoint)
            return {};
        return m_events.onCheckpoint({m_state.step, *folder, {}});
    }

    // The checkpoint this run came to, with its numbers.
    compute::TrainResult numbers() const
    {
        compute::TrainResult result;
        result.steps = m_state.step;
        result.loss = m_state.loss;
        result.tokens = m_state.tokens;
        result.targetTokens = m_state.targetTokens;
        result.seconds = m_state.seconds;
        return result;
    }

    Result<compute::TrainResult> resultAt(std::int64_t step) const
    {
        compute::TrainResult result = numbers();
        result.checkpoint = m_store.folderOf(step);
        const Result<WeightsFacts> facts = inspectWeights(result.checkpoint);
        if (!facts)
            return facts.error();
        result.hash = facts->hash;
        result.parameters = facts->parameters;
        result.bytes = facts->bytes;
        for (std::size_t i = 0; i < m_sources.size(); ++i) {
            const stats::TaskProgress& task = m_state.controller.progress[i];
            result.tasks.push_back({{}, m_sources[i].id, task.phase, task.bestStep, task.bestEpoch, task.best,
                task.bestSe, epochs(i)});
        }
        return result;
    }

    Result<compute::TrainResult> stopped()
    {
        if (Result<void> kept = checkpoint(); !kept)
            return std::move(kept).error();
        Result<compute::TrainResult> result = resultAt(m_state.step);
        if (result)
            result->stopped = true;
        return result;
    }

    Result<compute::TrainResult> finish()
    {
        if (m_setup.measureOnly)
            return numbers();
        Result<void> done;
        if (m_state.controller.history.empty() || m_state.controller.history.back().step != m_state.step)
            done = evaluate();
        if (done)
            done = checkpoint();
        if (!done)
            return std::move(done).error();
        const std::vector<std::int64_t> there = m_store.steps();
        std::int64_t chosen = m_setup.meanLossChoosesCheckpoint ? m_state.controller.leastLoss(there)
                                                                : m_state.controller.leastRegret(there);
        if (chosen == 0)
            chosen = m_state.step;
        Result<compute::TrainResult> result = resultAt(chosen);
        if (result && m_state.step < m_setup.steps)
            result->note = "every task stopped early at step " + std::to_string(m_state.step);
        return result;
    }

    const compute::TrainSetup& m_setup;
    Learner& m_learner;
    std::vector<Source> m_sources;
    const Judge& m_judge;
    const compute::TrainEvents& m_events;
    CheckpointStore m_store;
    Draw m_draw;
    Moments m_moments;
    TrainState m_state;
    double m_flops = 0;  // of the last step
};

Result<stats::Seen> judgeTask(const compute::TrainSetup& setup, Learner& learner,
    const Tokenizer& tokenizer, const compute::TaskRows& task, const std::vector<Example>& validation,
    const std::stop_token& stop)
{
    stats::Seen seen;
    seen.loss = learner.meanLoss(validation, setup.batch);
    if (validation.empty())
        return seen;
    if (task.task.metric == MetricKind::Perplexity) {
        seen.metric = -std::exp(seen.loss);
        return seen;
    }
    const std::span<const Row> rows(task.validation.data(),
        std::min<std::size_t>(task.validation.size(), static_cast<std::size_t>(std::max(0, setup.validationRows))));
    const infer::PredictSettings settings{
        choosesLabels(task.task) ? Decode::Labels : Decode::Greedy, setup.batch * 2, setup.maxNewTokens, setup.context};
    Result<std::vector<Prediction>> answers
        = infer::predict(infer::Reader{learner.model(), learner.net(), learner.adapter()}, tokenizer, task.task, rows, settings, nullptr, stop);
    if (!answers)
        return std::move(answers).error();
    std::vector<stats::Judged> judged;
    for (std::size_t i = 0; i < rows.size(); ++i)
        judged.push_back({(*answers)[i].text, rows[i].target, rows[i].references, (*answers)[i].invalid});
    const stats::RowScores scores = stats::rowScores(task.task.metric, judged, task.task.labels);
    seen.metric = stats::aggregate(scores);
    seen.se = stats::standardError(scores, 100);
    return seen;
}

Result<void> check(const compute::TrainSetup& setup, const std::vector<Source>& sources)
{
    if (setup.steps <= 0 || setup.batch <= 0)
        return Error{ErrorCode::InvalidInput, "a stage needs steps and a batch size above zero"};
    for (const Source& source : sources) {
        if (!source.examples.empty() && source.mixing.share + source.mixing.shareAtEnd > 0)
            return {};
    }
    return Error{ErrorCode::InvalidInput, "there are no training rows"};
}

}  // namespace

Result<compute::TrainResult> runStage(const compute::TrainSetup& setup, Learner& learner,
    const std::filesystem::path& base, std::vector<Source> sources, const Judge& judge, const compute::TrainEvents& events, const std::stop_token& stop)
{
    if (Result<void> fine = check(setup, sources); !fine)
        return std::move(fine).error();
    Stage stage(setup, learner, base, std::move(sources), judge, events);
    return stage.run(stop);
}

Result<compute::TrainResult> fineTune(
    const compute::TrainSetup& setup, const compute::TrainEvents& events, const std::stop_token& stop)
{
    return model::guarded([&]() -> Result<compute::TrainResult> {
        const Result<torch::Device> device = model::place(setup.placement);
        if (!device)
            return device.error();
        Result<model::Loaded> loaded = model::loadForTraining(setup, *device);
        if (!loaded)
            return std::move(loaded).error();
        Learner learner(*loaded->model, setup.placement.precision, loaded->adapter.get());
        const int context = std::min(setup.context, loaded->model->config().context);
        std::vector<Source> sources;
        std::vector<std::vector<Example>> validation;
        std::string leftOut;
        for (std::size_t i = 0; i < setup.tasks.size(); ++i) {
            const compute::TaskRows& task = setup.tasks[i];
            Result<Examples> examples = examplesOf(*loaded->tokenizer, task.task, task.train, context);
            if (!examples)
                return std::move(examples).error();
            if (examples->tooLong > 0)
                leftOut += (leftOut.empty() ? "" : ", ") + std::to_string(examples->tooLong) + " of " + task.task.name;
            const std::size_t most = std::min<std::size_t>(
                task.validation.size(), static_cast<std::size_t>(std::max(0, setup.validationRows)));
            Result<Examples> held = examplesOf(
                *loaded->tokenizer, task.task, std::span<const Row>(task.validation.data(), most), context);
            if (!held)
                return std::move(held).error();
            Source source{task.task.id, task.task.name, std::move(examples->list), setup.mixing.at(i)};
            source.mixing.earlyStop = source.mixing.earlyStop && !held->list.empty();
            sources.push_back(std::move(source));
            validation.push_back(std::move(held->list));
        }
        const Judge judge = [&](Learner& judged) -> Result<std::vector<stats::Seen>> {
            std::vector<stats::Seen> seen;
            for (std::size_t i = 0; i < setup.tasks.size(); ++i) {
                Result<stats::Seen> one
                    = judgeTask(setup, judged, *loaded->tokenizer, setup.tasks[i], validation[i], {});
                if (!one)
                    return std::move(one).error();
                seen.push_back(*one);
            }
            return seen;
        };
        Result<compute::TrainResult> result = runStage(setup, learner, loaded->adapter ? loaded->base : setup.base, std::move(sources), judge, events, stop);
        if (result && !leftOut.empty())
            result->note += (result->note.empty() ? "" : "; ")
                + ("rows left out, their target alone is longer than the context: " + leftOut);
        return result;
    });
}

}  // namespace taskfold::train
