#include "app/cli/benchcommands.h"
#include "app/cli/benchrows.h"
#include "app/cli/benchtrain.h"
#include "app/jobs/computemodule.h"

#include <CLI/CLI.hpp>

#include <cmath>
#include <memory>

namespace taskfold::cli {

double rounded(double value, double steps)
{
    return std::round(value * steps) / steps;
}

compute::TrainSetup setupOf(const TrainBench& options, const Task& task, const std::vector<Row>& rows)
{
    compute::TrainSetup setup;
    setup.base = options.model;
    setup.placement = {options.device, options.threads, options.dtype == "bf16" ? Precision::Bf16 : Precision::Fp32};
    setup.method = options.lora ? Method::Lora : Method::Full;
    setup.batch = options.batch;
    setup.steps = static_cast<std::int64_t>((rows.size() + static_cast<std::size_t>(options.batch) - 1)
        / static_cast<std::size_t>(options.batch));
    setup.context = 512;
    setup.learningRate = 2e-5;
    setup.schedule = Schedule::Constant;
    setup.warmUp = 0;
    setup.weightDecay = 0;
    setup.lossMean = LossMean::Token;
    setup.accumulate = options.accumulate;
    setup.checkpointing = options.checkpointing;
    setup.inOrder = setup.measureOnly = true;
    setup.evaluateEvery = setup.checkpointEvery = 0;
    setup.tasks = {{task, rows, {}}};
    setup.mixing = {{1, 1, 0, 0, false}};
    return setup;
}

namespace {

Result<void> measure(const TrainBench& options, const JobContext& context)
{
    const Result<TaskSample> sample = sampleOf(options.task, "train.jsonl", options.rows);
    if (!sample)
        return sample.error();
    const Result<compute::Engine*> engine = jobs::computeEngine();
    if (!engine)
        return engine.error();
    const compute::TrainSetup setup = setupOf(options, sample->task, sample->rows);
    std::vector<double> losses;
    double start = 0, seconds = 0, flops = 0;
    std::int64_t tokens = 0;
    compute::TrainEvents events;
    events.onStep = [&](const compute::StepReport& step) -> Result<void> {
        losses.push_back(rounded(step.loss, 1e5));
        if (step.step <= options.warmUp)
            start = step.seconds;
        else
            flops += step.flops;
        seconds = step.seconds - start;
        tokens = step.tokens;
        return {};
    };
    const Result<compute::TrainResult> result = (*engine)->train(setup, events, context.stop);
    if (!result)
        return result.error();
    const auto steps = static_cast<double>(result->steps);
    const double counted = std::max(0.0, steps - options.warmUp) / steps;
    const double speed = (*engine)->productSpeed(setup.placement);
    answerBench({{"bench", "train"}, {"dtype", options.dtype}, {"lora", options.lora}, {"task", sample->task.name},
        {"rows", sample->rows.size()}, {"tokens", tokens}, {"seconds", rounded(seconds, 1000)},
        {"tokens_per_s", rounded(static_cast<double>(tokens) * counted / seconds, 10)},
        {"rows_per_s", rounded(static_cast<double>(sample->rows.size()) * counted / seconds, 100)}, {"losses", losses},
        {"product_gflops", rounded(speed / 1e9, 1)}, {"product_share", rounded(flops / seconds / speed, 1000)}});
    return {};
}

}  // namespace

void addBenchTrain(CLI::App& bench, Invocation& invocation)
{
    auto options = std::make_shared<TrainBench>();
    CLI::App* command = addCommand(bench, invocation, "train", "Training on a task folder's rows, in order, one epoch", false);
    command->add_option("--model", options->model, "A folder in Hugging Face form")->required();
    command->add_option("--task", options->task, "A folder with task.json and train.jsonl")->required();
    command->add_option("--rows", options->rows)->check(CLI::PositiveNumber);
    command->add_option("--batch", options->batch)->check(CLI::PositiveNumber);
    command->add_option("--dtype", options->dtype)->check(CLI::IsMember({"fp32", "bf16"}));
    command->add_option("--device", options->device);
    command->add_option("--threads", options->threads);
    command->add_option("--warmup", options->warmUp, "Steps not counted");
    command->add_option("--accumulate", options->accumulate, "Parts of a batch, one after the other")->check(CLI::PositiveNumber);
    command->add_flag("--checkpointing", options->checkpointing);
    command->add_flag("--lora", options->lora, "Rank 16, alpha 32, all linear products");
    command->add_option("--adapters", options->adapters, "So many LoRA trainings in one pass, beside the same one after another")
        ->check(CLI::Range(2, 64));
    command->add_option("--rounds", options->rounds, "Of both, in turns")->check(CLI::PositiveNumber);
    command->add_option("--tasks", options->tasks, "Mixtures of so many tasks, the rows dealt among them: 10,100,1000")
        ->delimiter(',')->check(CLI::Range(1, 100000))->excludes("--adapters");
    command->add_option("--scaled-rows", options->scaledRows, "With --tasks, mixtures of so many rows: 10000,100000")
        ->delimiter(',')->check(CLI::Range(1, 10000000))->needs("--tasks");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "bench train", [&](const JobContext& context) {
                if (!options->tasks.empty())
                    return measureScale(*options, context);
                return options->adapters > 0 ? measureAdapters(*options, context) : measure(*options, context);
            });
        };
    });
}

}  // namespace taskfold::cli
