#include "engine/train/prepared.h"

#include "engine/infer/predict.h"
#include "engine/stats/metrics.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace taskfold::train {

namespace {

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

}  // namespace

Result<Prepared> prepare(const compute::TrainSetup& setup, const Tokenizer& tokenizer, int modelContext)
{
    const int context = std::min(setup.context, modelContext);
    Prepared prepared;
    for (std::size_t i = 0; i < setup.tasks.size(); ++i) {
        const compute::TaskRows& task = setup.tasks[i];
        Result<std::unique_ptr<RenderedRows>> examples = RenderedRows::of(tokenizer, task.task, task.train, context);
        if (!examples)
            return std::move(examples).error();
        if ((*examples)->tooLong() > 0)
            prepared.leftOut += (prepared.leftOut.empty() ? "" : ", ") + std::to_string((*examples)->tooLong()) + " of " + task.task.name;
        const std::size_t most = std::min<std::size_t>(
            task.validation.size(), static_cast<std::size_t>(std::max(0, setup.validationRows)));
        Result<std::vector<Example>> held = examplesOf(tokenizer, task.task, std::span<const Row>(task.validation.data(), most), context);
        if (!held)
            return std::move(held).error();
        Source source{task.task.id, task.task.name, *std::move(examples), setup.mixing.at(i), choosesLabels(task.task)};
        source.mixing.earlyStop = source.mixing.earlyStop && !held->empty();
        prepared.sources.push_back(std::move(source));
        prepared.validation.push_back(*std::move(held));
    }
    return prepared;
}

Judge judgeOf(const compute::TrainSetup& setup, const Tokenizer& tokenizer, const std::vector<std::vector<Example>>& validation)
{
    return [&](Learner& judged) -> Result<std::vector<stats::Seen>> {
        std::vector<stats::Seen> seen;
        for (std::size_t i = 0; i < setup.tasks.size(); ++i) {
            Result<stats::Seen> one = judgeTask(setup, judged, tokenizer, setup.tasks[i], validation[i], {});
            if (!one)
                return std::move(one).error();
            seen.push_back(*one);
        }
        return seen;
    };
}

void addNote(const Prepared& prepared, compute::TrainResult& result)
{
    if (!prepared.leftOut.empty())
        result.note += (result.note.empty() ? "" : "; ")
            + ("rows left out, their target alone is longer than the context: " + prepared.leftOut);
}

}  // namespace taskfold::train
