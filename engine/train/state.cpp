#include "engine/train/state.h"

#include <nlohmann/json.hpp>

namespace taskfold::train {

namespace {

using nlohmann::json;

json of(const stats::TaskProgress& task)
{
    return {{"phase", task.phase}, {"best", task.best}, {"best_se", task.bestSe}, {"best_loss", task.bestLoss},
        {"best_epoch", task.bestEpoch}, {"epochs", task.epochs}, {"best_step", task.bestStep}, {"bad", task.bad},
        {"seen", task.seen}, {"early_stop", task.earlyStop}, {"cap", task.cap}};
}

stats::TaskProgress progressFrom(const json& value)
{
    stats::TaskProgress task;
    task.phase = value.at("phase");
    task.best = value.at("best");
    task.bestSe = value.at("best_se");
    task.bestLoss = value.at("best_loss");
    task.bestEpoch = value.at("best_epoch");
    task.epochs = value.at("epochs");
    task.bestStep = value.at("best_step");
    task.bad = value.at("bad");
    task.seen = value.at("seen");
    task.earlyStop = value.at("early_stop");
    task.cap = value.at("cap");
    return task;
}

// What checkpoints of earlier versions don't have.
void readLater(const json& value, TrainState& state)
{
    state.evaluationSeconds = value.value("evaluation_seconds", 0.0);
    state.stepWork = value.value("step_work", 0.0);
    state.evaluationWork = value.value("evaluation_work", 0.0);
    state.lastEvaluationWork = value.value("last_evaluation_work", 0.0);
    state.parts = value.value("parts", 1);
    state.notes = value.value("notes", "");
    if (const auto found = value.find("log_variance"); found != value.end()) {
        state.logVariance = found->at(0).get<std::vector<double>>();
        state.logVarianceFirst = found->at(1).get<std::vector<double>>();
        state.logVarianceSecond = found->at(2).get<std::vector<double>>();
    }
}

}  // namespace

std::string textOf(const TrainState& state)
{
    json tasks = json::array();
    for (const stats::TaskProgress& task : state.controller.progress)
        tasks.push_back(of(task));
    json history = json::array();
    for (const stats::Evaluation& seen : state.controller.history)
        history.push_back({{"step", seen.step}, {"metrics", seen.metrics}, {"losses", seen.losses}});
    const json value{{"step", state.step}, {"steps", state.steps}, {"tokens", state.tokens},
        {"target_tokens", state.targetTokens}, {"seconds", state.seconds}, {"loss", state.loss},
        {"random", state.draw.random.state}, {"drawn", state.draw.drawn}, {"tasks", tasks}, {"history", history},
        {"patience", state.controller.patience}, {"template", state.templateHash},
        {"evaluation_seconds", state.evaluationSeconds}, {"step_work", state.stepWork},
        {"evaluation_work", state.evaluationWork}, {"last_evaluation_work", state.lastEvaluationWork}, {"parts", state.parts},
        {"log_variance", {state.logVariance, state.logVarianceFirst, state.logVarianceSecond}}, {"notes", state.notes}};
    return value.dump(1);
}

Result<TrainState> stateFrom(const std::string& text)
{
    try {
        const json value = json::parse(text);
        TrainState state;
        state.step = value.at("step");
        state.steps = value.at("steps");
        state.tokens = value.at("tokens");
        state.targetTokens = value.at("target_tokens");
        state.seconds = value.at("seconds");
        state.loss = value.at("loss");
        state.draw.random.state = value.at("random");
        state.draw.drawn = value.at("drawn").get<std::vector<std::int64_t>>();
        for (const json& task : value.at("tasks"))
            state.controller.progress.push_back(progressFrom(task));
        for (const json& seen : value.at("history"))
            state.controller.history.push_back({seen.at("step"), seen.at("metrics"), seen.at("losses")});
        state.controller.patience = value.at("patience");
        state.templateHash = value.at("template");
        readLater(value, state);
        return state;
    } catch (const json::exception& e) {
        return Error{ErrorCode::Damaged, std::string("state.json: ") + e.what()};
    }
}

}  // namespace taskfold::train
