#pragma once

#include "engine/core/affinity.h"
#include "engine/core/metric.h"
#include "engine/core/plan.h"
#include "engine/core/result.h"
#include "engine/core/rowsource.h"
#include "engine/core/run.h"
#include "engine/core/task.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

/// What needs tensors, as plain values. The implementation is a module of its own (engine/module), which
/// app/jobs opens at the first job that computes: nothing else loads libtorch.
namespace taskfold::compute {

/// Where to compute. Sums depend on the number of threads: a run keeps it, and resumes with it.
struct Placement {
    std::string device = "cpu";  // or cuda:n
    int threads = 0;  // 0: all cores
    Precision precision = Precision::Fp32;
};

struct TaskRows {
    Task task;
    Rows train;
    std::vector<Row> validation;
};

/// One task's part in a stage.
struct Mixing {
    double share = 0;  // of examples at the first step; all sum to 1
    double shareAtEnd = 0;  // the same at the last step; between them on a straight line
    double epochsBefore = 0;  // seen in earlier stages
    double epochsCap = 0;  // over all stages; 0: none
    bool earlyStop = true;
};

struct TrainSetup {
    std::filesystem::path base;  // folder in Hugging Face form
    std::filesystem::path runFolder;  // checkpoints/step-N of this run go there
    Placement placement;
    Method method = Method::Full;
    LoraSettings lora;
    int accumulate = 1;  // parts of a batch that are computed one after the other
    bool checkpointing = false;
    bool inOrder = false;  // rows as they come instead of shuffled
    bool measureOnly = false;  // no evaluation and no checkpoint: for measurements of speed
    bool resume = false;  // continue from the newest whole checkpoint in runFolder
    std::uint64_t seed = 1;
    std::int64_t steps = 0;
    int batch = 32;
    int context = 256;
    double learningRate = 5e-4;
    Schedule schedule = Schedule::Cosine;
    double finalRate = 0;  // share of the peak that the schedule ends at
    double warmUp = 0.04;
    double beta2 = 0.999;
    double weightDecay = 0.01;
    double clip = 1.0;
    LossMean lossMean = LossMean::Example;
    int patience = 3;
    int validationRows = 100;
    std::int64_t evaluateEvery = 50;
    std::int64_t checkpointEvery = 50;  // for resuming after a crash; also at each evaluation and at a stop
    int maxNewTokens = 64;
    std::vector<TaskRows> tasks;
    std::vector<Mixing> mixing;  // one for each task
    std::int64_t targetTokens = 0;  // to be spent, whatever `steps`, early stops and caps say; 0: no such budget
    Weighting weighting = Weighting::Plain;
    double evaluationShare = 0;  // of the work of steps, that evaluations may come to; 0: no bound
    int averageCheckpoints = 0;  // the mean of so many of the best is kept where it scores higher; below 2: never
    bool meanLossChoosesCheckpoint = false;  // stage 2: least mean validation loss; else least regret (method.md 13)
};

struct TaskLoss {
    TaskId task;
    double loss = 0;
    std::int64_t examples = 0;
};

struct StepReport {
    std::int64_t step = 0;  // from 1
    double loss = 0;
    double learningRate = 0;
    double gradientNorm = 0;
    std::int64_t tokens = 0, targetTokens = 0;  // since the run began
    double seconds = 0;  // of computing since the run began
    double flops = 0;  // of this step's matrix products; 0 where nobody counted
    std::vector<TaskLoss> tasks;  // those in this batch
    std::int64_t steps = 0;  // in all, as it looks now
    double evaluationSeconds = 0;  // of `seconds`
};

struct TaskEvaluation {
    TaskId task;
    double loss = 0;
    double metric = 0, se = 0;
    double epochs = 0;
    double share = 0;
    std::string phase;
    std::int64_t bestStep = 0;
    double best = 0;
};

struct EvaluationReport {
    std::int64_t step = 0;
    std::vector<TaskEvaluation> tasks;
    double seconds = 0, evaluationSeconds = 0;  // since the run began: of computing, and of that of evaluating
};

struct CheckpointReport {
    std::int64_t step = 0;
    std::filesystem::path folder;
    std::string hash;  // of the weights
};

/// Told on the training thread. An error ends the training with that error.
struct TrainEvents {
    std::function<Result<void>(const StepReport&)> onStep;
    std::function<Result<void>(const EvaluationReport&)> onEvaluation;
    std::function<Result<void>(const CheckpointReport&)> onCheckpoint;
};

struct TrainResult {
    bool stopped = false;  // told to stop: kept up to `steps`, and can be resumed
    std::int64_t steps = 0;
    double loss = 0;
    std::int64_t tokens = 0, targetTokens = 0;
    double seconds = 0;
    std::filesystem::path checkpoint;  // folder in Hugging Face form: the model this run came to
    std::string hash;
    std::int64_t parameters = 0, bytes = 0;
    std::vector<RunTask> tasks;
    std::string note;
};

/// One of several trainings in one pass.
struct TrainPart {
    TrainSetup setup;
    TrainEvents events;
    std::function<void(const Result<TrainResult>&)> onEnd;
    std::stop_token stop;
};

/// Stage 0: next-token loss on documents, joined by the end token and cut into windows of the context.
struct PretrainSetup {
    TrainSetup train;  // tasks and mixing stay empty
    std::vector<std::string> documents;
    std::vector<std::string> replay;  // general text
    double replayShare = 0;
    std::vector<std::string> heldOut;
    std::vector<std::string> generalHeldOut;
};

struct Perplexity {
    double perplexity = 0, bitsPerByte = 0;
    std::int64_t tokens = 0, bytes = 0;
};

struct PretrainResult {
    TrainResult train;
    Perplexity domainBefore, domainAfter;
    Perplexity generalBefore, generalAfter;  // zero where there is no general text
};

struct EvaluateSetup {
    std::filesystem::path model;
    Placement placement;
    Task task;
    std::vector<Row> rows;
    Decode decode = Decode::Greedy;
    int batch = 32;
    int maxNewTokens = 64;
    int context = 0;  // 0: the model's own
    bool everyLabel = false;  // sums of all labels, also of those that can't win
    bool perCharacter = false;  // the best sum divided by the label's length (lm_eval's acc_norm); takes every label's sum
};

struct AffinitySetup {
    std::filesystem::path base;
    Placement placement;
    Signal signal = Signal::LookAhead;
    std::uint64_t seed = 1;
    int batch = 32;
    int context = 256;
    double learningRate = 5e-4;
    std::int64_t warmUpSteps = 50;  // joint, task-balanced
    int probes = 10;
    std::int64_t stepsBetween = 10;  // joint steps between two probes
    std::vector<TaskRows> tasks;
};

struct AffinityOutcome {
    AffinityEvidence evidence;  // its run and time stay empty
    std::int64_t tokens = 0;
    double seconds = 0;
};

struct GenerateSetup {
    std::filesystem::path model;
    Placement placement;
    std::string prompt;
    int maxNewTokens = 64;
    double temperature = 0;  // 0: always the likeliest token
    int topK = 0;  // 0: all
    double topP = 1;
    std::uint64_t seed = 1;
};

struct ScorePair {
    std::string input, target;
};

/// One question to a server that holds several models.
struct ServeRequest {
    std::size_t model = 0;  // which of the setup's
    Task task;
    Row row;
};

struct ServeSetup {
    std::vector<std::filesystem::path> models;
    std::vector<ServeRequest> requests;
    Placement placement;
    int context = 0;
    int maxNewTokens = 64;
};

struct ServeOutcome {
    double loadSeconds = 0;
    double firstAnswerSeconds = 0;  // since loading began
    std::vector<double> latencies;  // seconds, one a request
};

struct ModelFacts {
    std::int64_t parameters = 0, bytes = 0;
    int context = 0, vocabulary = 0;
    std::string hash;  // of the weights
};

struct Device {
    std::string name;  // cpu, cuda:0
    std::string title;
    double memoryMib = 0;
};

using Report = std::function<void(std::int64_t done, std::int64_t total)>;

/// Not thread-safe: use it on one thread at a time. Every call returns Cancelled soon after a stop, but `train` and
/// `pretrain`, which keep what they have and say `stopped`.
class Engine {
public:
    virtual ~Engine() = default;

    virtual Result<TrainResult> train(const TrainSetup& setup, const TrainEvents& events, std::stop_token stop) = 0;
    /// Several LoRA trainings on one base in one pass, each with its own rows, seed, schedule and early stop; each result is that
    /// of being trained alone to 1e-4. They must agree in base, placement, adapter settings and loss mean. `onEnd` is told of
    /// each as soon as it ends, on the training thread. Those that haven't ended are resumed together, to the same bits.
    virtual Result<void> trainTogether(const std::vector<TrainPart>& parts)
    {
        static_cast<void>(parts);
        return Error{ErrorCode::Unsupported, "this engine trains one after another"};
    }
    virtual Result<PretrainResult> pretrain(
        const PretrainSetup& setup, const TrainEvents& events, std::stop_token stop)
        = 0;
    /// One prediction a row, in the rows' order; run, task and split stay empty but for `task`.
    virtual Result<std::vector<Prediction>> evaluate(
        const EvaluateSetup& setup, const Report& report, std::stop_token stop)
        = 0;
    virtual Result<AffinityOutcome> affinity(
        const AffinitySetup& setup, const Report& report, std::stop_token stop)
        = 0;
    virtual Result<std::string> generate(const GenerateSetup& setup, std::stop_token stop) = 0;
    /// log p of each target after its input, without template or end token.
    virtual Result<std::vector<double>> score(const std::filesystem::path& model, const Placement& placement,
        const std::vector<ScorePair>& pairs, std::stop_token stop)
        = 0;
    /// Writes weights drawn from the seed beside the tokenizer that lies in `folder` already.
    virtual Result<ModelFacts> makeTiny(
        const TinySize& size, const std::filesystem::path& folder, std::uint64_t seed)
        = 0;
    /// All models held at once, requests answered one by one: what serving costs.
    virtual Result<ServeOutcome> serve(const ServeSetup&, std::stop_token)
    {
        return Error{ErrorCode::Unsupported, "this engine measures no serving"};
    }
    virtual std::vector<Device> devices() = 0;
    /// FLOP a second of a product of two matrices of 2048 squared, the best of a few.
    virtual double productSpeed(const Placement& placement) = 0;
};

}  // namespace taskfold::compute

/// The module's one door. The engine lives as long as the program.
extern "C" taskfold::compute::Engine* taskfold_compute_engine();
