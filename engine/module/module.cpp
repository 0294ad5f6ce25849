#include "engine/affinity/affinity.h"
#include "engine/compute/compute.h"
#include "engine/format/modelfolder.h"
#include "engine/infer/answer.h"
#include "engine/infer/predict.h"
#include "engine/infer/serving.h"
#include "engine/model/device.h"
#include "engine/model/guard.h"
#include "engine/model/modelio.h"
#include "engine/model/packedtiles.h"
#include "engine/train/pretrain.h"
#include "engine/train/together.h"
#include "engine/train/trainer.h"

#include <torch/torch.h>


namespace taskfold::compute {

namespace {

Result<model::Loaded> loadAt(const std::filesystem::path& folder, const Placement& placement)
{
    const Result<torch::Device> device = model::place(placement);
    if (!device)
        return device.error();
    return model::load(folder, *device);
}

// None on other devices: there the plain form answers.
std::unique_ptr<model::PackedNet> netOf(model::Loaded& loaded, const Placement& placement)
{
    return loaded.model->device().is_cpu() ? model::PackedNet::make(*loaded.model, placement.precision) : nullptr;
}

std::vector<std::int32_t> promptTokens(const Tokenizer& tokenizer, const std::string& text)
{
    std::vector<std::int32_t> tokens;
    if (tokenizer.addsBos() && tokenizer.bos())
        tokens.push_back(*tokenizer.bos());
    const auto more = tokenizer.encode(text);
    tokens.insert(tokens.end(), more.begin(), more.end());
    return tokens;
}

ModelConfig configOf(const TinySize& size, const Tokenizer& tokenizer)
{
    ModelConfig config;
    config.hidden = size.hidden;
    config.layers = size.layers;
    config.heads = size.heads;
    config.keyValueHeads = size.keyValueHeads;
    config.headSize = size.hidden / size.heads;
    config.feedForward = size.feedForward;
    config.vocabulary = tokenizer.vocabularySize();
    config.context = size.context;
    config.normEpsilon = 1e-5;
    config.tiedHead = true;
    config.bos = tokenizer.bos();
    if (tokenizer.eos())
        config.eos = {*tokenizer.eos()};
    return config;
}

Result<void> checkSize(const TinySize& size)
{
    const bool fits = size.layers > 0 && size.hidden > 0 && size.heads > 0 && size.keyValueHeads > 0
        && size.feedForward > 0 && size.context > 1 && size.hidden % size.heads == 0
        && (size.hidden / size.heads) % 2 == 0 && size.heads % size.keyValueHeads == 0;
    if (!fits)
        return Error{ErrorCode::InvalidInput,
            "the sizes of the built-in model don't fit together: hidden must be an even multiple of heads, and heads a "
            "multiple of key-value heads"};
    return {};
}

class TorchEngine final : public Engine {
public:
    Result<TrainResult> train(const TrainSetup& setup, const TrainEvents& events, std::stop_token stop) override
    {
        return train::fineTune(setup, events, stop);
    }

    Result<void> trainTogether(const std::vector<TrainPart>& parts) override { return train::trainTogether(parts); }

    Result<PretrainResult> pretrain(
        const PretrainSetup& setup, const TrainEvents& events, std::stop_token stop) override
    {
        return train::pretrain(setup, events, stop);
    }

    Result<std::vector<Prediction>> evaluate(
        const EvaluateSetup& setup, const Report& report, std::stop_token stop) override
    {
        return model::guarded([&]() -> Result<std::vector<Prediction>> {
            Result<model::Loaded> loaded = loadAt(setup.model, setup.placement);
            if (!loaded)
                return loaded.error();
            const infer::PredictSettings settings{
                setup.decode, setup.batch, setup.maxNewTokens, setup.context, setup.everyLabel, setup.perCharacter};
            const std::unique_ptr<model::PackedNet> net = netOf(*loaded, setup.placement);
            return infer::predict({*loaded->model, net.get()}, *loaded->tokenizer, setup.task, setup.rows, settings, report, stop);
        });
    }

    Result<AffinityOutcome> affinity(const AffinitySetup& setup, const Report& report, std::stop_token stop) override
    {
        return affinity::measure(setup, report, stop);
    }

    Result<std::string> generate(const GenerateSetup& setup, std::stop_token stop) override
    {
        return model::guarded([&]() -> Result<std::string> {
            Result<model::Loaded> loaded = loadAt(setup.model, setup.placement);
            if (!loaded)
                return loaded.error();
            const std::vector<infer::TokenRow> prompts{promptTokens(*loaded->tokenizer, setup.prompt)};
            if (prompts.front().empty())
                return Error{ErrorCode::InvalidInput, "the prompt is empty"};
            if (prompts.front().size() >= static_cast<std::size_t>(loaded->model->config().context))
                return Error{ErrorCode::InvalidInput, "the prompt is longer than the model's context"};
            const std::unique_ptr<model::PackedNet> net = netOf(*loaded, setup.placement);
            infer::Answerer answerer({*loaded->model, net.get()}, {});
            auto answers = answerer.continued(prompts,
                {setup.maxNewTokens, setup.temperature, setup.topK, setup.topP, setup.seed, {}}, stop);
            if (!answers)
                return std::move(answers).error();
            return loaded->tokenizer->decode(answers->front().tokens);
        });
    }

    Result<std::vector<double>> score(const std::filesystem::path& folder, const Placement& placement,
        const std::vector<ScorePair>& pairs, std::stop_token stop) override
    {
        return model::guarded([&]() -> Result<std::vector<double>> {
            Result<model::Loaded> loaded = loadAt(folder, placement);
            if (!loaded)
                return loaded.error();
            const std::unique_ptr<model::PackedNet> net = netOf(*loaded, placement);
            std::vector<double> scores;
            for (const ScorePair& pair : pairs) {
                if (stop.stop_requested())
                    return Error{ErrorCode::Cancelled, {}};
                infer::Target row{promptTokens(*loaded->tokenizer, pair.input), 0};
                row.targetStart = row.tokens.size();
                const auto target = loaded->tokenizer->encodeContinuation(pair.target);
                row.tokens.insert(row.tokens.end(), target.begin(), target.end());
                if (row.tokens.size() > static_cast<std::size_t>(loaded->model->config().context))
                    return Error{ErrorCode::InvalidInput, "row " + std::to_string(scores.size() + 1)
                            + " is longer than the model's context"};
                scores.push_back(infer::scoreTargets({*loaded->model, net.get()}, {&row, 1}).front());
            }
            return scores;
        });
    }

    Result<ModelFacts> makeTiny(const TinySize& size, const std::filesystem::path& folder, std::uint64_t seed) override
    {
        return model::guarded([&]() -> Result<ModelFacts> {
            if (Result<void> fine = checkSize(size); !fine)
                return std::move(fine).error();
            const Result<std::unique_ptr<Tokenizer>> tokenizer = openTokenizer(folder);
            if (!tokenizer)
                return tokenizer.error();
            model::Transformer model(configOf(size, **tokenizer), torch::kCPU);
            model.initialise(seed);
            if (Result<void> saved = model::save(model, folder); !saved)
                return std::move(saved).error();
            const Result<ModelFolderFacts> facts = inspectModelFolder(folder);
            if (!facts)
                return facts.error();
            return ModelFacts{facts->parameters, facts->bytes, facts->config.context, facts->config.vocabulary, facts->hash};
        });
    }

    double productSpeed(const Placement& placement) override
    {
        const Result<torch::Device> device = model::place(placement);
        if (!device)
            return 0;
        return model::productSpeed(*device, placement.precision == Precision::Bf16 ? torch::kBFloat16 : torch::kFloat32);
    }

    Result<ServeOutcome> serve(const ServeSetup& setup, std::stop_token stop) override
    {
        return model::guarded([&]() -> Result<ServeOutcome> {
            const auto open = [&](const std::filesystem::path& folder) -> Result<infer::Served> {
                Result<model::Loaded> loaded = loadAt(folder, setup.placement);
                if (!loaded)
                    return std::move(loaded).error();
                infer::Served one{*std::move(loaded), nullptr};
                one.net = netOf(one.loaded, setup.placement);
                return one;
            };
            return infer::serve(setup, open, stop);
        });
    }

    std::vector<Device> devices() override { return model::devices(); }
};

}  // namespace

}  // namespace taskfold::compute

extern "C" taskfold::compute::Engine* taskfold_compute_engine()
{
    static taskfold::compute::TorchEngine engine;
    return &engine;
}
