#include "engine/train/trainer.h"

#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/train/prepared.h"
#include "engine/train/stage.h"

#include <torch/torch.h>

namespace taskfold::train {

namespace {

Result<void> check(const compute::TrainSetup& setup, const std::vector<Source>& sources)
{
    if (setup.steps <= 0 || setup.batch <= 0)
        return Error{ErrorCode::InvalidInput, "a stage needs steps and a batch size above zero"};
    for (const Source& source : sources) {
        if (!source.examples->empty() && source.mixing.share + source.mixing.shareAtEnd > 0)
            return {};
    }
    return Error{ErrorCode::InvalidInput, "there are no training rows"};
}

}  // namespace

Result<compute::TrainResult> runStage(const compute::TrainSetup& setup, Learner& learner,
    const std::filesystem::path& base, std::vector<Source> sources, const Judge& judge, const compute::TrainEvents& events, const std::stop_token& stop)
{
    if (Result<void> fine = check(setup, sources); !fine)
        return std::move(fine).error();
    Stage stage(setup, learner, base, std::move(sources), judge, events);
    return stage.run(stop);
}

Result<compute::TrainResult> fineTune(
    const compute::TrainSetup& setup, const compute::TrainEvents& events, const std::stop_token& stop)
{
    return model::guarded([&]() -> Result<compute::TrainResult> {
        const Result<torch::Device> device = model::place(setup.placement);
        if (!device)
            return device.error();
        Result<model::Loaded> loaded = model::loadForTraining(setup, *device);
        if (!loaded)
            return std::move(loaded).error();
        Learner learner(*loaded->model, setup.placement.precision, loaded->adapter.get());
        Result<Prepared> prepared = prepare(setup, *loaded->tokenizer, loaded->model->config().context);
        if (!prepared)
            return std::move(prepared).error();
        const Judge judge = judgeOf(setup, *loaded->tokenizer, prepared->validation);
        Result<compute::TrainResult> result = runStage(setup, learner, loaded->adapter ? loaded->base : setup.base,
            std::move(prepared->sources), judge, events, stop);
        if (result)
            addNote(*prepared, *result);
        return result;
    });
}

}  // namespace taskfold::train
