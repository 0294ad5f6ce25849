#include "engine/affinity/affinity.h"

#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/model/modelio.h"
#include "engine/train/batch.h"
#include "engine/train/draw.h"

#include <torch/torch.h>

#include <chrono>
#include <cmath>

namespace taskfold::affinity {

namespace {

using train::Example;

constexpr std::size_t kHeldOut = 64;  // rows of j that a loss is measured on
// Of the learning rate: one task alone steps further than the mixture it stands in for, and effects add up only while
// they are small.
constexpr double kStepShare = 0.1;

class Probe {
public:
    Probe(const compute::AffinitySetup& setup, model::Transformer& model, std::vector<std::vector<Example>> training,
        std::vector<std::vector<Example>> held)
        : m_setup(setup)
        , m_model(model)
        , m_learner(model)
        , m_training(std::move(training))
        , m_held(std::move(held))
        , m_draw(counts(m_training), setup.seed)
        , m_first(torch::zeros_like(model.parameters().flat))
        , m_second(torch::zeros_like(model.parameters().flat))
    {
        m_learner.train();
    }

    std::size_t size() const { return m_training.size(); }
    std::int64_t tokens() const { return m_tokens; }
    std::int64_t stepsInAll() const { return m_setup.warmUpSteps + (m_setup.probes - 1) * m_setup.stepsBetween; }

    // One step on a batch with an equal share of each task.
    void jointStep()
    {
        gradientOf(std::vector<double>(size(), 1), m_draw);
        update();
    }

    // [from * N + to]; weights and moments are afterwards what they were, to the bit.
    std::vector<double> lookAhead()
    {
        const torch::NoGradGuard noGrad;
        const auto weights = m_model.parameters().flat.clone();
        const auto first = m_first.clone();
        const auto second = m_second.clone();
        const std::int64_t count = m_count;
        std::vector<double> before;
        for (const auto& rows : m_held)
            before.push_back(heldLoss(rows));
        std::vector<double> matrix;
        train::Draw draw = ownDraw();
        for (std::size_t i = 0; i < size(); ++i) {
            gradientOf(only(i), draw);
            lookAheadStep();
            for (std::size_t j = 0; j < size(); ++j)
                matrix.push_back(before[j] > 0 ? 1 - heldLoss(m_held[j]) / before[j] : 0);
            m_model.parameters().flat.copy_(weights);
            m_first.copy_(first);
            m_second.copy_(second);
            m_count = count;
        }
        return matrix;
    }

    // The same from gradients: rate * <g_i, g_j> / L_j, each product over two halves that share no row.
    std::vector<double> products()
    {
        std::vector<torch::Tensor> halves;
        train::Draw draw = ownDraw();
        for (std::size_t i = 0; i < size(); ++i) {
            for (int half = 0; half < 2; ++half) {
                gradientOf(only(i), draw);
                halves.push_back(m_model.parameters().gradient.clone());
            }
        }
        const torch::NoGradGuard noGrad;
        std::vector<double> matrix;
        for (std::size_t i = 0; i < size(); ++i) {
            for (std::size_t j = 0; j < size(); ++j) {
                const double product = 0.5
                    * (halves[2 * i].dot(halves[2 * j + 1]) + halves[2 * i + 1].dot(halves[2 * j])).item<double>();
                const double loss = heldLoss(m_held[j]);
                matrix.push_back(loss > 0 ? m_setup.learningRate * product / loss : 0);
            }
        }
        return matrix;
    }

private:
    static std::vector<std::size_t> counts(const std::vector<std::vector<Example>>& rows)
    {
        std::vector<std::size_t> sizes;
        for (const auto& task : rows)
            sizes.push_back(task.size());
        return sizes;
    }

    std::vector<double> only(std::size_t task) const
    {
        std::vector<double> shares(size(), 0);
        shares[task] = 1;
        return shares;
    }

    // A probe's rows are drawn apart, so that the joint run is the same however often it is looked at.
    train::Draw ownDraw() const
    {
        return {counts(m_training), m_setup.seed + 7919 * static_cast<std::uint64_t>(m_count + 1)};
    }

    void gradientOf(const std::vector<double>& shares, train::Draw& draw)
    {
        std::vector<const Example*> batch;
        for (int i = 0; i < m_setup.batch; ++i) {
            const train::Draw::Pick pick = draw.next(shares);
            batch.push_back(&m_training[pick.task][pick.row]);
        }
        m_learner.startGradient();
        const train::BatchLoss loss = m_learner.loss(batch, LossMean::Example, 1);
        m_tokens += loss.targetTokens;
    }

    // The optimiser's preconditioned step on this gradient alone: its momentum would carry the joint run on, and every
    // task would seem to do what all of them did before.
    void lookAheadStep()
    {
        const train::AdamW optimiser{kStepShare * m_setup.learningRate, 0, 0.999, 1e-8, 0, 1.0};
        optimiser.step(m_model.parameters(), m_first, m_second, ++m_count);
    }

    void update()
    {
        const train::AdamW optimiser{m_setup.learningRate, 0.9, 0.999, 1e-8, 0.01, 1.0};
        optimiser.step(m_model.parameters(), m_first, m_second, ++m_count);
    }

    double heldLoss(const std::vector<Example>& rows)
    {
        return m_learner.meanLoss(rows, static_cast<int>(kHeldOut));
    }

    const compute::AffinitySetup& m_setup;
    model::Transformer& m_model;
    train::Learner m_learner;  // fp32: effects of one step are small
    std::vector<std::vector<Example>> m_training, m_held;
    train::Draw m_draw;
    torch::Tensor m_first, m_second;
    std::int64_t m_count = 0;
    std::int64_t m_tokens = 0;
};

void summarise(AffinityEvidence& evidence)
{
    const std::size_t n = evidence.tasks.size();
    const auto probes = static_cast<double>(evidence.probes.size());
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0;
            double squares = 0;
            for (const auto& probe : evidence.probes) {
                sum += probe[i * n + j];
                squares += probe[i * n + j] * probe[i * n + j];
            }
            const double mean = sum / probes;
            const double variance
                = probes > 1 ? std::max(0.0, squares - probes * mean * mean) / (probes - 1) : 0;
            evidence.cells.push_back(
                {evidence.tasks[i], evidence.tasks[j], mean, std::sqrt(variance / probes), probes > 1 && std::isfinite(mean)});
        }
    }
}

Result<compute::AffinityOutcome> run(
    const compute::AffinitySetup& setup, Probe& probe, const compute::Report& report, const std::stop_token& stop)
{
    const auto start = std::chrono::steady_clock::now();
    compute::AffinityOutcome outcome;
    outcome.evidence.signal = setup.signal;
    for (const compute::TaskRows& task : setup.tasks)
        outcome.evidence.tasks.push_back(task.task.id);
    const std::int64_t work = probe.stepsInAll() + setup.probes;
    std::int64_t done = 0;
    const auto go = [&](std::int64_t steps) {
        for (std::int64_t i = 0; i < steps && !stop.stop_requested(); ++i) {
            probe.jointStep();
            if (report)
                report(++done, work);
        }
    };
    go(setup.warmUpSteps);
    for (int k = 0; k < setup.probes && !stop.stop_requested(); ++k) {
        outcome.evidence.probes.push_back(
            setup.signal == Signal::LookAhead ? probe.lookAhead() : probe.products());
        if (report)
            report(++done, work);
        if (k + 1 < setup.probes)
            go(setup.stepsBetween);
    }
    if (stop.stop_requested())
        return Error{ErrorCode::Cancelled, {}};
    summarise(outcome.evidence);
    outcome.tokens = probe.tokens();
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return outcome;
}

}  // namespace

Result<compute::AffinityOutcome> measure(
    const compute::AffinitySetup& setup, const compute::Report& report, const std::stop_token& stop)
{
    return model::guarded([&]() -> Result<compute::AffinityOutcome> {
        if (setup.tasks.size() < 2 || setup.probes < 1)
            return Error{ErrorCode::InvalidInput, "the filter compares two tasks at least"};
        const Result<torch::Device> device = model::place(setup.placement);
        if (!device)
            return device.error();
        Result<model::Loaded> loaded = model::load(setup.base, *device);
        if (!loaded)
            return std::move(loaded).error();
        const int context = std::min(setup.context, loaded->model->config().context);
        std::vector<std::vector<Example>> training, held;
        for (const compute::TaskRows& task : setup.tasks) {
            if (task.train.empty())
                return Error{ErrorCode::InvalidInput, "task " + task.task.name + " has no training rows"};
            const std::vector<Row> train = task.train.all();
            const std::vector<Row>& from = task.validation.empty() ? train : task.validation;
            const std::span<const Row> few(from.data(), std::min(from.size(), kHeldOut));
            for (const auto& [rows, into] : {std::pair(std::span<const Row>(train), &training), std::pair(few, &held)}) {
                Result<std::vector<Example>> examples = train::examplesOf(*loaded->tokenizer, task.task, rows, context);
                if (!examples)
                    return std::move(examples).error();
                into->push_back(*std::move(examples));
            }
        }
        Probe probe(setup, *loaded->model, std::move(training), std::move(held));
        return run(setup, probe, report, stop);
    });
}

}  // namespace taskfold::affinity
