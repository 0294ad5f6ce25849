#include "app/cli/benchcommands.h"
#include "app/cli/benchrows.h"
#include "app/jobs/computemodule.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <memory>

namespace taskfold::cli {

namespace {

struct Options {
    std::string model, task, dtype = "fp32", way = "best";
    std::size_t rows = 32;
    int batch = 16, threads = 0;
};

Result<void> measure(const Options& options, const JobContext& context)
{
    const Result<TaskSample> sample = sampleOf(options.task, "test.jsonl", options.rows);
    if (!sample)
        return sample.error();
    const Result<compute::Engine*> engine = jobs::computeEngine();
    if (!engine)
        return engine.error();
    compute::EvaluateSetup setup;
    setup.model = options.model;
    setup.placement = {"cpu", options.threads, options.dtype == "bf16" ? Precision::Bf16 : Precision::Fp32};
    setup.task = sample->task;
    setup.rows = sample->rows;
    setup.decode = Decode::Labels;
    setup.batch = options.batch;
    setup.everyLabel = options.way == "every";
    setup.perCharacter = options.way == "per-character";
    using Clock = std::chrono::steady_clock;
    Clock::time_point start;
    const auto report = [&](std::int64_t done, std::int64_t) {
        if (done == 0)  // the model is there
            start = Clock::now();
    };
    const Result<std::vector<Prediction>> answers = (*engine)->evaluate(setup, report, context.stop);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (!answers)
        return answers.error();
    std::size_t right = 0;
    double sum = 0;
    for (std::size_t i = 0; i < answers->size(); ++i) {
        right += (*answers)[i].text == sample->rows[i].target ? 1 : 0;
        sum += (*answers)[i].logProbability;
    }
    const auto count = static_cast<double>(sample->rows.size());
    answerBench({{"bench", "evaluate"}, {"way", options.way}, {"dtype", options.dtype}, {"task", sample->task.name},
        {"labels", sample->task.labels.size()}, {"rows", sample->rows.size()}, {"seconds", std::round(seconds * 100) / 100},
        {"rows_per_s", std::round(count / seconds * 1000) / 1000}, {"accuracy", static_cast<double>(right) / count},
        {"mean_log_probability", sum / count}});
    return {};
}

}  // namespace

void addBenchEvaluate(CLI::App& bench, Invocation& invocation)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = addCommand(bench, invocation, "evaluate", "Labels chosen for a task folder's test rows; model load not counted", false);
    command->add_option("--model", options->model, "A folder in Hugging Face form")->required();
    command->add_option("--task", options->task, "A folder with task.json and test.jsonl")->required();
    command->add_option("--rows", options->rows)->check(CLI::PositiveNumber);
    command->add_option("--batch", options->batch)->check(CLI::PositiveNumber);
    command->add_option("--dtype", options->dtype)->check(CLI::IsMember({"fp32", "bf16"}));
    command->add_option("--threads", options->threads);
    command->add_option("--way", options->way,
            "best: the label with the highest sum, others left as soon as they can't win; every: sums of all labels; "
            "per-character: all sums, divided by the label's length (lm_eval's acc_norm)")
        ->check(CLI::IsMember({"best", "every", "per-character"}));
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            return perform(invocation, "bench evaluate", [&](const JobContext& context) { return measure(*options, context); });
        };
    });
}

}  // namespace taskfold::cli
