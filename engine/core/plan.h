#pragma once

#include "engine/core/id.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class Method { Full, Lora };
enum class Precision { Fp32, Bf16 };
enum class LossMean { Example, Token };
enum class Schedule { Cosine, Linear, Constant, WarmStableDecay };
enum class HighResourceRule { GeometricMean, Coverage, LargestGap, Absolute, EpochNeed };
enum class SamplerKind {
    InstanceBalanced,
    TaskBalanced,
    Power,  // parameter: q
    Temperature,  // parameter: T
    ProportionalCap,  // parameter: K; second parameter: T
    ProgressivelyBalanced,
    UniMax,  // parameter: most epochs
    EpochMatched,
};
/// Which of the kept tasks a stage trains on; the other two are ablations.
enum class TaskSet { All, High, Low };
/// How the tasks' losses meet in one step: their sum (the sampler is the weight), with learned weights (Kendall et al.
/// 2018), or with conflicting gradients projected (PCGrad, Yu et al. 2020). The last two are there to be compared with.
enum class Weighting { Plain, Uncertainty, PcGrad };

/// The built-in model's sizes.
struct TinySize {
    int layers = 3;
    int hidden = 96;
    int heads = 4;
    int keyValueHeads = 2;
    int feedForward = 256;
    int context = 256;
    int vocabulary = 512;  // 259: bytes and three special tokens; more: a BPE trained on the project's rows

    bool operator==(const TinySize&) const = default;
};

/// Low-rank adapters (Hu et al. 2021), by PEFT's names.
struct LoraSettings {
    int rank = 16;
    double alpha = 32;
    double dropout = 0;
    std::vector<std::string> targets;  // q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj; empty: all
    bool rankStabilised = false;  // scale alpha / sqrt(rank) instead of alpha / rank (Kalajdzievski 2023)
    bool dora = false;  // Liu et al. 2024

    bool operator==(const LoraSettings&) const = default;
};

/// What a person chooses before a GPU hour is spent. Frozen when run; its hash names it.
struct Plan {
    PlanId id;
    std::string name;
    std::string base = "tiny";  // a base model's name
    TinySize tiny;
    Method method = Method::Full;
    LoraSettings lora;
    std::vector<std::string> kept, excluded;  // tasks by name
    HighResourceRule rule = HighResourceRule::GeometricMean;
    double ruleParameter = 0;  // 0: the rule's own default
    std::vector<std::string> highResource;
    SamplerKind sampler = SamplerKind::EpochMatched;
    double samplerParameter = 0;  // 0: the sampler's own default
    double samplerSecond = 0;
    std::vector<int> stages{2, 3};
    bool baselines = true;
    std::vector<std::uint64_t> seeds{1};
    std::string device = "cpu";  // or cuda:n
    int threads = 0;  // 0: all cores
    Precision precision = Precision::Fp32;
    int batch = 32;
    int context = 256;  // tokens of the longest row; the model's own limit when smaller
    LossMean lossMean = LossMean::Example;
    std::map<std::string, double> learningRate{{"baseline", 5e-4}, {"stage0", 1e-3}, {"stage2", 5e-4}, {"stage3", 3e-4}};
    Schedule schedule = Schedule::Cosine;
    double warmUp = 0.04;  // share of the steps
    int accumulate = 1;  // parts a batch is computed in, one after the other: the same step in less memory
    bool checkpointing = false;  // activations are computed twice instead of kept: less memory, a third more work
    double weightDecay = 0.01;
    double clip = 1.0;
    double epochsCap = 20;  // per task
    double epochsDefault = 3;  // where no baseline says better
    double stage0Epochs = 1;
    double replay = 0.1;  // share of general text in stage 0
    int patience = 3;
    int validationRows = 100;  // per task and evaluation
    int evaluations = 20;  // per stage: every max(minEvaluationGap, steps / evaluations) steps
    int minEvaluationGap = 50;
    std::int64_t trainRowsCap = 0;  // per task; 0: all
    std::int64_t testRowsCap = 0;
    int maxNewTokens = 64;
    double evaluationShare = 0.5;  // of the work of steps, that evaluations may come to; 0: no bound
    int averageCheckpoints = 0;  // the best ones' mean is kept where it scores higher than each; 0: never
    int together = 0;  // LoRA baselines trained in one pass over one base; 0: as many as fit, 1: one after another
    TaskSet stage2Tasks = TaskSet::High, stage3Tasks = TaskSet::All;
    Weighting weighting = Weighting::Plain;
    std::string ablation;  // what it leaves out or changes; empty: nothing
    std::string reference;  // hash of the plan it is set against: stages spend as many target tokens
    std::map<std::string, std::string> dataHashes;  // "task/split" to the version's hash
    std::map<std::string, std::string> masks;  // task to the hash of its masked rows' line numbers
    std::string created;
};

/// One task within one stage, before it is run.
struct MixtureLine {
    TaskId task;
    std::string name;
    std::int64_t rows = 0;
    double share = 0;  // of examples
    double tokenShare = 0;
    double effectiveEpochs = 0;
    double expectedBestEpoch = 0;
    bool known = false;  // whether the best epoch was measured by a baseline
    std::vector<std::string> warnings;
};

struct StagePreview {
    std::string stage;  // "baseline", "stage0", "stage2", "stage3"
    std::int64_t steps = 0;
    std::string skipped;  // why, when it is
    std::vector<MixtureLine> tasks;
};

/// One line of the pre-flight: a blocking error or a warning, each with what to do.
struct Finding {
    bool blocking = false;
    std::string what;
    std::string todo;
};

struct PlanPreview {
    std::vector<std::string> highResource;
    double highResourceThreshold = 0;
    std::vector<StagePreview> stages;
    double memoryMib = 0;
    double seconds = 0;
    std::vector<Finding> findings;
};

std::string_view wordOf(Method method);
std::string_view wordOf(Precision precision);
std::string_view wordOf(LossMean mean);
std::string_view wordOf(Schedule schedule);
std::string_view wordOf(HighResourceRule rule);
std::string_view wordOf(SamplerKind sampler);
std::string_view wordOf(TaskSet set);
std::string_view wordOf(Weighting weighting);
std::optional<Method> methodOf(std::string_view word);
std::optional<Precision> precisionOf(std::string_view word);
std::optional<LossMean> lossMeanOf(std::string_view word);
std::optional<Schedule> scheduleOf(std::string_view word);
std::optional<HighResourceRule> highResourceRuleOf(std::string_view word);
std::optional<SamplerKind> samplerKindOf(std::string_view word);
std::optional<TaskSet> taskSetOf(std::string_view word);
std::optional<Weighting> weightingOf(std::string_view word);

}  // namespace taskfold
