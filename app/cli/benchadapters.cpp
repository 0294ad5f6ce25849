#include "app/cli/benchcommands.h"
#include "app/cli/benchrows.h"
#include "app/cli/benchtrain.h"
#include "app/jobs/computemodule.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace taskfold::cli {

namespace {

// One training's losses by step, its computing time and work without the steps that aren't counted.
struct Seen {
    std::vector<double> losses;
    double seconds = 0, flops = 0, tokens = 0;
};

compute::TrainEvents listening(Seen& seen, int warmUp)
{
    compute::TrainEvents events;
    auto before = std::make_shared<std::pair<double, double>>();
    events.onStep = [&seen, warmUp, before](const compute::StepReport& step) -> Result<void> {
        seen.losses.push_back(step.loss);
        if (step.step > warmUp) {
            seen.seconds += step.seconds - before->first;
            seen.tokens += static_cast<double>(step.tokens) - before->second;
            seen.flops += step.flops;
        }
        *before = {step.seconds, static_cast<double>(step.tokens)};
        return {};
    };
    return events;
}

Seen sumOf(const std::vector<Seen>& all)
{
    Seen sum;
    for (const Seen& one : all) {
        sum.seconds += one.seconds;
        sum.flops += one.flops;
        sum.tokens += one.tokens;
    }
    return sum;
}

double medianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

class Measurement {
public:
    Measurement(const TrainBench& options, compute::Engine& engine, const JobContext& context)
        : m_options(options), m_engine(engine), m_context(context)
    {
    }

    // Each adapter gets every N-th row and a seed of its own.
    void deal(const TaskSample& sample)
    {
        const auto count = static_cast<std::size_t>(m_options.adapters);
        for (std::size_t i = 0; i < count; ++i) {
            std::vector<Row> rows;
            for (std::size_t r = i; r < sample.rows.size(); r += count)
                rows.push_back(sample.rows[r]);
            m_setups.push_back(setupOf(m_options, sample.task, rows));
            m_setups.back().method = Method::Lora;
            m_setups.back().seed = i + 1;
        }
    }

    Result<std::vector<Seen>> alone()
    {
        std::vector<Seen> seen(m_setups.size());
        for (std::size_t i = 0; i < m_setups.size(); ++i) {
            const auto done = m_engine.train(m_setups[i], listening(seen[i], m_options.warmUp), m_context.stop);
            if (!done)
                return done.error();
        }
        return seen;
    }

    Result<std::vector<Seen>> together()
    {
        std::vector<Seen> seen(m_setups.size());
        std::vector<compute::TrainPart> parts;
        Result<void> ended;
        for (std::size_t i = 0; i < m_setups.size(); ++i)
            parts.push_back({m_setups[i], listening(seen[i], m_options.warmUp),
                [&](const Result<compute::TrainResult>& result) {
                    if (!result)
                        ended = result.error();
                },
                m_context.stop});
        Result<void> done = m_engine.trainTogether(parts);
        done = done ? ended : done;
        return done ? Result<std::vector<Seen>>(std::move(seen)) : Result<std::vector<Seen>>(done.error());
    }

private:
    const TrainBench& m_options;
    compute::Engine& m_engine;
    const JobContext& m_context;
    std::vector<compute::TrainSetup> m_setups;
};

}  // namespace

Result<void> measureAdapters(const TrainBench& options, const JobContext& context)
{
    const Result<TaskSample> sample
        = sampleOf(options.task, "train.jsonl", options.rows * static_cast<std::size_t>(options.adapters));
    const Result<compute::Engine*> engine = jobs::computeEngine();
    if (!sample || !engine)
        return sample ? engine.error() : sample.error();
    Measurement measurement(options, **engine, context);
    measurement.deal(*sample);
    std::vector<double> ratios, together, alone, flops;
    double apart = 0;
    for (int round = 0; round < options.rounds; ++round) {
        const Result<std::vector<Seen>> one = measurement.alone();
        const Result<std::vector<Seen>> all = measurement.together();
        if (!one || !all)
            return one ? all.error() : one.error();
        const Seen before = sumOf(*one), after = sumOf(*all);
        alone.push_back(before.tokens / before.seconds);
        together.push_back(after.tokens / after.seconds);
        ratios.push_back(together.back() / alone.back());
        flops.push_back(after.flops / after.seconds);
        for (std::size_t i = 0; i < one->size(); ++i)
            for (std::size_t s = 0; s < (*one)[i].losses.size(); ++s)
                apart = std::max(apart, std::abs((*one)[i].losses[s] - (*all)[i].losses[s]));
    }
    // Behind the rounds: a process that has just begun has not all cores yet.
    const double speed = (*engine)->productSpeed({options.device, options.threads, options.dtype == "bf16" ? Precision::Bf16 : Precision::Fp32});
    answerBench({{"bench", "train"}, {"adapters", options.adapters}, {"batch", options.batch}, {"dtype", options.dtype}, {"lora", true},
        {"task", sample->task.name}, {"rows", sample->rows.size()}, {"rounds", options.rounds},
        {"tokens_per_s", rounded(medianOf(together), 10)}, {"alone_tokens_per_s", rounded(medianOf(alone), 10)},
        {"ratio", rounded(medianOf(ratios), 1000)}, {"ratios", ratios}, {"product_gflops", rounded(speed / 1e9, 1)},
        {"product_share", rounded(medianOf(flops) / speed, 1000)}, {"losses_apart", apart}});
    return {};
}

}  // namespace taskfold::cli
