#include "app/cli/benchcommands.h"
#include "app/cli/benchrows.h"
#include "app/cli/benchtrain.h"
#include "app/jobs/computemodule.h"

#include <algorithm>
#include <chrono>
#include <memory>

namespace taskfold::cli {

namespace {

// The sample's rows over and over, each with a line of its own: no more of them is held than the sample.
class RepeatedRows : public RowSource {
public:
    RepeatedRows(const std::vector<Row>& sample, std::size_t first, std::size_t step, std::size_t count)
        : m_sample(sample), m_first(first), m_step(step), m_count(count)
    {
    }

    std::size_t size() const override { return m_count; }

    Row row(std::size_t index) const override
    {
        Row row = of(index);
        row.line = static_cast<std::int64_t>(placeOf(index)) + 1;
        return row;
    }

    Lengths lengths(std::size_t index) const override { return {of(index).input.size(), of(index).target.size()}; }

private:
    std::size_t placeOf(std::size_t index) const { return m_first + index * m_step; }
    const Row& of(std::size_t index) const { return m_sample[placeOf(index) % m_sample.size()]; }

    const std::vector<Row>& m_sample;
    std::size_t m_first, m_step, m_count;
};

// Rows dealt among the tasks; drawn evenly and shuffled.
compute::TrainSetup mixtureOf(const TrainBench& options, const TaskSample& sample, std::size_t tasks, std::size_t rows)
{
    compute::TrainSetup setup = setupOf(options, sample.task, sample.rows);
    setup.inOrder = false;
    const double share = 1.0 / static_cast<double>(tasks);
    setup.mixing.assign(tasks, {share, share, 0, 0, false});
    setup.tasks.assign(tasks, {sample.task, {}, {}});
    for (std::size_t i = 0; i < tasks; ++i) {
        setup.tasks[i].task.id = TaskId{static_cast<std::int64_t>(i) + 1};
        setup.tasks[i].task.name = sample.task.name + " " + std::to_string(i + 1);
        setup.tasks[i].train = Rows(std::make_shared<RepeatedRows>(sample.rows, i, tasks, (std::max(rows, tasks) - i + tasks - 1) / tasks));
    }
    return setup;
}

Result<void> measureOne(compute::Engine& engine, const TrainBench& options, const TaskSample& sample, std::size_t tasks,
    std::size_t rows, const JobContext& context)
{
    using Clock = std::chrono::steady_clock;
    const compute::TrainSetup setup = mixtureOf(options, sample, tasks, rows);
    double before = 0, seconds = 0, tokensBefore = 0, tokens = 0, untilFirst = 0;
    compute::TrainEvents events;
    const auto start = Clock::now();
    events.onStep = [&](const compute::StepReport& step) -> Result<void> {
        if (step.step == 1)
            untilFirst = std::chrono::duration<double>(Clock::now() - start).count() - step.seconds;
        if (step.step <= options.warmUp) {
            before = step.seconds;
            tokensBefore = static_cast<double>(step.tokens);
        }
        seconds = step.seconds - before;
        tokens = static_cast<double>(step.tokens) - tokensBefore;
        return {};
    };
    const Result<compute::TrainResult> result = engine.train(setup, events, context.stop);
    if (!result)
        return result.error();
    answerBench({{"bench", "train"}, {"tasks", tasks}, {"rows", std::max(rows, tasks)}, {"dtype", options.dtype}, {"lora", options.lora},
        {"steps", result->steps}, {"tokens", tokens}, {"us_per_token", rounded(seconds / std::max(tokens, 1.0) * 1e6, 10)},
        {"seconds_to_start", rounded(untilFirst, 1000)}});
    return {};
}

}  // namespace

Result<void> measureScale(const TrainBench& options, const JobContext& context)
{
    const Result<TaskSample> sample = sampleOf(options.task, "train.jsonl", options.rows);
    const Result<compute::Engine*> engine = jobs::computeEngine();
    if (!sample || !engine)
        return sample ? engine.error() : sample.error();
    for (const std::size_t tasks : options.tasks)
        for (const std::size_t rows : options.scaledRows)
            if (Result<void> done = measureOne(**engine, options, *sample, tasks, rows, context); !done)
                return done;
    return {};
}

}  // namespace taskfold::cli
