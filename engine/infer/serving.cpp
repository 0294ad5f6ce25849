#include "engine/infer/serving.h"

#include "engine/infer/predict.h"

#include <chrono>

namespace taskfold::infer {

namespace {

double secondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Result<compute::ServeOutcome> serve(const compute::ServeSetup& setup,
    const std::function<Result<Served>(const std::filesystem::path&)>& open, const std::stop_token& stop)
{
    const auto start = std::chrono::steady_clock::now();
    std::vector<Served> models;
    for (const std::filesystem::path& folder : setup.models) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        Result<Served> loaded = open(folder);
        if (!loaded)
            return std::move(loaded).error();
        models.push_back(*std::move(loaded));
    }
    compute::ServeOutcome outcome;
    outcome.loadSeconds = secondsSince(start);
    for (const compute::ServeRequest& request : setup.requests) {
        if (stop.stop_requested())
            return Error{ErrorCode::Cancelled, {}};
        if (request.model >= models.size())
            return Error{ErrorCode::InvalidInput, "a request names a model that isn't there"};
        const Served& one = models[request.model];
        const PredictSettings settings{choosesLabels(request.task) ? Decode::Labels : Decode::Greedy, 1, setup.maxNewTokens, setup.context, false, false};
        const auto asked = std::chrono::steady_clock::now();
        const auto answer = predict({*one.loaded.model, one.net.get()}, *one.loaded.tokenizer, request.task, {&request.row, 1}, settings, nullptr, stop);
        if (!answer)
            return answer.error();
        outcome.latencies.push_back(secondsSince(asked));
        if (outcome.latencies.size() == 1)
            outcome.firstAnswerSeconds = secondsSince(start);
    }
    return outcome;
}

}  // namespace taskfold::infer
