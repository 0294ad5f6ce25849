#include "engine/infer/predict.h"

#include "engine/infer/answer.h"
#include "engine/text/template.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace taskfold::infer {

namespace {

constexpr int kSearchedTogether = 64;

struct Work {
    const Reader& reader;
    const Tokenizer& tokenizer;
    const Task& task;
    const PredictSettings& settings;
    std::optional<LabelTrie> trie;
    std::stop_token stop;
};

std::string trimmed(std::string text)
{
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string::npos)
        return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

Result<std::vector<TokenRow>> promptsOf(const Work& work, std::span<const Row> rows)
{
    const int context = work.settings.context > 0 ? std::min(work.settings.context, work.reader.model.config().context)
                                                  : work.reader.model.config().context;
    const int room = work.trie ? work.trie->depth() : std::min(work.settings.maxNewTokens, context / 2);
    std::vector<TokenRow> prompts;
    for (const Row& row : rows) {
        Result<Rendered> prompt = promptOnly(work.tokenizer, work.task, row.input, context, room);
        if (!prompt)
            return std::move(prompt).error().within(work.task.name + ", line " + std::to_string(row.line));
        prompts.push_back(std::move(prompt->tokens));
    }
    return prompts;
}

// The label that is answered, and how probable it is among all of them where all were read.
struct Chosen {
    Best best;
    double confidence = 0;
};

double confidenceOf(const std::vector<double>& scores, std::size_t chosen)
{
    double all = 0;
    for (const double score : scores)
        all += std::exp(score - scores[chosen]);
    return 1 / all;
}

std::vector<Chosen> bestOf(const Work& work, Answerer& answerer, std::span<const TokenRow> prompts)
{
    std::vector<Chosen> chosen;
    if (!work.settings.everyLabel && !work.settings.perCharacter) {
        for (const Best& best : answerer.best(prompts, *work.trie))
            chosen.push_back({best, 0});
        return chosen;
    }
    for (const std::vector<double>& sums : answerer.scored(prompts, *work.trie)) {
        std::vector<double> scores = sums;
        if (work.settings.perCharacter)
            for (std::size_t i = 0; i < scores.size(); ++i)
                scores[i] /= static_cast<double>(std::max<std::size_t>(1, work.task.labels[i].size()));
        const auto most = std::max_element(scores.begin(), scores.end());
        const std::ptrdiff_t label = most - scores.begin();
        chosen.push_back({{static_cast<int>(label), *most}, confidenceOf(sums, static_cast<std::size_t>(label))});
    }
    return chosen;
}

Result<std::vector<Prediction>> answersTo(const Work& work, Answerer& answerer, std::span<const TokenRow> prompts)
{
    std::vector<Prediction> answers;
    if (work.trie) {
        for (const Chosen& chosen : bestOf(work, answerer, prompts)) {
            Prediction answer;
            answer.text = work.task.labels[static_cast<std::size_t>(chosen.best.label)];
            answer.logProbability = chosen.best.logProbability;
            answer.confidence = chosen.confidence;
            answers.push_back(std::move(answer));
        }
        return answers;
    }
    Result<std::vector<Continuation>> texts
        = answerer.continued(prompts, {.most = work.settings.maxNewTokens}, work.stop);
    if (!texts)
        return std::move(texts).error();
    for (const Continuation& text : *texts) {
        Prediction answer;
        answer.text = trimmed(work.tokenizer.decode(text.tokens));
        answer.logProbability = text.logProbability;
        answer.invalid = choosesLabels(work.task)
            && std::find(work.task.labels.begin(), work.task.labels.end(), answer.text) == work.task.labels.end();
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace

Result<std::vector<Prediction>> predict(const Reader& reader, const Tokenizer& tokenizer, const Task& task,
    std::span<const Row> rows, const PredictSettings& settings, const compute::Report& report,
    const std::stop_token& stop)
{
    Work work{reader, tokenizer, task, settings, {}, stop};
    if (settings.decode == Decode::Labels && choosesLabels(task)) {
        Result<LabelTrie> trie = LabelTrie::of(tokenizer, task.labels);
        if (!trie)
            return std::move(trie).error().within(task.name);
        work.trie = *std::move(trie);
    }
    Result<std::vector<TokenRow>> prompts = promptsOf(work, rows);
    if (!prompts)
        return std::move(prompts).error();
    if (report)
        report(0, static_cast<std::int64_t>(rows.size()));
    Answerer answerer(reader, commonBeginning(*prompts));
    // Prompts of like length go together, so that little is padding.
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return (*prompts)[a].size() < (*prompts)[b].size(); });
    std::vector<Prediction> predictions(rows.size());
    // Where only the best label is looked for, little is read of each row, and more rows fill a round.
    const bool best = work.trie && !settings.everyLabel && !settings.perCharacter;
    const auto step = static_cast<std::size_t>(std::max(best ? kSearchedTogether : 1, settings.batch));
    for (std::size_t from = 0; from < order.size(); from += step) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        const std::size_t to = std::min(order.size(), from + step);
        std::vector<TokenRow> batch;
        for (std::size_t i = from; i < to; ++i)
            batch.push_back((*prompts)[order[i]]);
        Result<std::vector<Prediction>> answers = answersTo(work, answerer, batch);
        if (!answers)
            return answers;
        for (std::size_t i = from; i < to; ++i) {
            Prediction& prediction = predictions[order[i]] = (*answers)[i - from];
            prediction.task = task.id;
            prediction.line = rows[order[i]].line;
        }
        if (report)
            report(static_cast<std::int64_t>(to), static_cast<std::int64_t>(order.size()));
    }
    return predictions;
}

}  // namespace taskfold::infer
