#include "engine/train/pretrain.h"

#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/train/trainer.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace taskfold::train {

std::vector<Example> windowsOf(const Tokenizer& tokenizer, std::span<const std::string> documents, int context)
{
    std::vector<Example> windows;
    Example open{{}, 1};
    const auto add = [&](std::int32_t token) {
        open.tokens.push_back(token);
        if (open.tokens.size() == static_cast<std::size_t>(context)) {
            windows.push_back(std::move(open));
            open = {{token}, 1};  // the next window predicts from the last token on
        }
    };
    for (const std::string& document : documents) {
        for (const std::int32_t token : tokenizer.encode(document, SpecialTokens::AsText))
            add(token);
        if (tokenizer.eos())
            add(*tokenizer.eos());
    }
    if (open.tokens.size() > 1)
        windows.push_back(std::move(open));
    return windows;
}

compute::Perplexity perplexityOf(Learner& learner, const Tokenizer& tokenizer,
    std::span<const std::string> documents, int context, int batch)
{
    compute::Perplexity result;
    for (const std::string& document : documents)
        result.bytes += static_cast<std::int64_t>(document.size()) + 1;
    const std::vector<Example> windows = windowsOf(tokenizer, documents, context);
    double sum = 0;
    for (std::size_t from = 0; from < windows.size(); from += static_cast<std::size_t>(batch)) {
        std::vector<const Example*> part;
        for (std::size_t i = from; i < std::min(windows.size(), from + static_cast<std::size_t>(batch)); ++i)
            part.push_back(&windows[i]);
        const BatchLoss loss = learner.loss(part, LossMean::Token);
        sum += loss.total * static_cast<double>(loss.targetTokens);
        result.tokens += loss.targetTokens;
    }
    if (result.tokens == 0)
        return {};
    result.perplexity = std::exp(sum / static_cast<double>(result.tokens));
    result.bitsPerByte = sum / (std::numbers::ln2 * static_cast<double>(result.bytes));
    return result;
}

Result<compute::PretrainResult> pretrain(
    const compute::PretrainSetup& setup, const compute::TrainEvents& events, const std::stop_token& stop)
{
    return model::guarded([&]() -> Result<compute::PretrainResult> {
        const Result<torch::Device> device = model::place(setup.train.placement);
        if (!device)
            return device.error();
        Result<model::Loaded> loaded = model::load(setup.train.base, *device);
        if (!loaded)
            return std::move(loaded).error();
        const int context = std::min(setup.train.context, loaded->model->config().context);
        const Tokenizer& tokenizer = *loaded->tokenizer;
        const auto measure = [&](Learner& learner, const std::vector<std::string>& texts) {
            return perplexityOf(learner, tokenizer, texts, context, setup.train.batch);
        };
        Learner learner(*loaded->model, setup.train.placement.precision);
        compute::PretrainResult result;
        result.domainBefore = measure(learner, setup.heldOut);
        result.generalBefore = measure(learner, setup.generalHeldOut);

        std::vector<Source> sources;
        compute::Mixing mixing;
        const bool replays = !setup.replay.empty() && setup.replayShare > 0;
        mixing.share = mixing.shareAtEnd = replays ? 1 - setup.replayShare : 1;
        mixing.earlyStop = false;
        sources.push_back({{}, "domain", std::make_unique<ListedExamples>(windowsOf(tokenizer, setup.documents, context)), mixing});
        if (replays) {
            mixing.share = mixing.shareAtEnd = setup.replayShare;
            sources.push_back({{}, "general", std::make_unique<ListedExamples>(windowsOf(tokenizer, setup.replay, context)), mixing});
        }
        const std::vector<Example> held = windowsOf(tokenizer, setup.heldOut, context);
        const std::size_t count = sources.size();
        const Judge judge = [&](Learner& judged) -> Result<std::vector<stats::Seen>> {
            const double loss = judged.meanLoss(held, setup.train.batch);
            std::vector<stats::Seen> seen(count);
            for (stats::Seen& one : seen) {
                one.loss = loss;
                one.metric = held.empty() ? 0 : -std::exp(loss);
            }
            return seen;
        };
        Result<compute::TrainResult> trained
            = runStage(setup.train, learner, setup.train.base, std::move(sources), judge, events, stop);
        if (!trained)
            return std::move(trained).error();
        result.train = *std::move(trained);
        Result<model::Loaded> after = model::load(result.train.checkpoint, *device);
        if (!after)
            return std::move(after).error();
        Learner later(*after->model, setup.train.placement.precision);
        result.domainAfter = measure(later, setup.heldOut);
        result.generalAfter = measure(later, setup.generalHeldOut);
        return result;
    });
}

}  // namespace taskfold::train
