#include "engine/core/affinity.h"
#include "engine/core/comparison.h"
#include "engine/core/issue.h"
#include "engine/core/metric.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "engine/core/task.h"

#include <array>
#include <utility>

namespace taskfold {

namespace {

template <typename Value, std::size_t N>
using Words = std::array<std::pair<Value, std::string_view>, N>;

template <typename Value, std::size_t N>
std::string_view wordIn(const Words<Value, N>& words, Value value)
{
    for (const auto& [known, word] : words) {
        if (known == value)
            return word;
    }
    return {};
}

template <typename Value, std::size_t N>
std::optional<Value> valueIn(const Words<Value, N>& words, std::string_view word)
{
    for (const auto& [value, known] : words) {
        if (known == word)
            return value;
    }
    return {};
}

constexpr Words<TaskKind, 4> kTaskKind{{
    {TaskKind::Classification, "classification"},
    {TaskKind::PairClassification, "pair-classification"},
    {TaskKind::Extraction, "extraction"},
    {TaskKind::Generation, "generation"},
}};

constexpr Words<MetricKind, 9> kMetricKind{{
    {MetricKind::Accuracy, "accuracy"},
    {MetricKind::MacroF1, "macro_f1"},
    {MetricKind::MicroF1, "micro_f1"},
    {MetricKind::SlotF1, "slot_f1"},
    {MetricKind::ExactMatch, "exact_match"},
    {MetricKind::RougeL, "rouge_l"},
    {MetricKind::Bleu, "bleu"},
    {MetricKind::ChrF, "chrf"},
    {MetricKind::Perplexity, "perplexity"},
}};

constexpr Words<Split, 3> kSplit{{
    {Split::Train, "train"},
    {Split::Validation, "validation"},
    {Split::Test, "test"},
}};

constexpr Words<Reason, 15> kReason{{
    {Reason::Empty, "empty"},
    {Reason::MissingField, "missing_field"},
    {Reason::Type, "type"},
    {Reason::Json, "json"},
    {Reason::Quote, "quote"},
    {Reason::Ragged, "ragged"},
    {Reason::Encoding, "encoding"},
    {Reason::LabelUnknown, "label_unknown"},
    {Reason::Duplicate, "duplicate"},
    {Reason::NearDuplicate, "near_duplicate"},
    {Reason::Conflict, "conflict"},
    {Reason::Leak, "leak"},
    {Reason::TooLong, "too_long"},
    {Reason::PairLength, "pair_length"},
    {Reason::Quality, "quality"},
}};

constexpr Words<IssueAction, 4> kIssueAction{{
    {IssueAction::Fixed, "fixed"},
    {IssueAction::Quarantined, "quarantined"},
    {IssueAction::Dropped, "dropped"},
    {IssueAction::Masked, "masked"},
}};

constexpr Words<Signal, 2> kSignal{{
    {Signal::GradientCosine, "gradient"},
    {Signal::LookAhead, "lookahead"},
}};

constexpr Words<FilterMode, 3> kFilterMode{{
    {FilterMode::Off, "off"},
    {FilterMode::Suggest, "suggest"},
    {FilterMode::Auto, "auto"},
}};

constexpr Words<Verb, 2> kVerb{{
    {Verb::Keep, "keep"},
    {Verb::Exclude, "exclude"},
}};

constexpr Words<Method, 2> kMethod{{
    {Method::Full, "full"},
    {Method::Lora, "lora"},
}};

constexpr Words<Precision, 2> kPrecision{{
    {Precision::Fp32, "fp32"},
    {Precision::Bf16, "bf16"},
}};

constexpr Words<LossMean, 2> kLossMean{{
    {LossMean::Example, "example"},
    {LossMean::Token, "token"},
}};

constexpr Words<Schedule, 4> kSchedule{{
    {Schedule::Cosine, "cosine"},
    {Schedule::Linear, "linear"},
    {Schedule::Constant, "constant"},
    {Schedule::WarmStableDecay, "wsd"},
}};

constexpr Words<HighResourceRule, 5> kHighResourceRule{{
    {HighResourceRule::GeometricMean, "geometric-mean"},
    {HighResourceRule::Coverage, "coverage"},
    {HighResourceRule::LargestGap, "largest-gap"},
    {HighResourceRule::Absolute, "absolute"},
    {HighResourceRule::EpochNeed, "epoch-need"},
}};

constexpr Words<TaskSet, 3> kTaskSet{{{TaskSet::All, "all"}, {TaskSet::High, "high"}, {TaskSet::Low, "low"}}};
constexpr Words<Weighting, 3> kWeighting{
    {{Weighting::Plain, "plain"}, {Weighting::Uncertainty, "uncertainty"}, {Weighting::PcGrad, "pcgrad"}}};
constexpr Words<SamplerKind, 8> kSamplerKind{{
    {SamplerKind::InstanceBalanced, "instance-balanced"},
    {SamplerKind::TaskBalanced, "task-balanced"},
    {SamplerKind::Power, "power"},
    {SamplerKind::Temperature, "temperature"},
    {SamplerKind::ProportionalCap, "proportional-cap"},
    {SamplerKind::ProgressivelyBalanced, "progressively-balanced"},
    {SamplerKind::UniMax, "unimax"},
    {SamplerKind::EpochMatched, "epoch-matched"},
}};

constexpr Words<RunKind, 6> kRunKind{{
    {RunKind::Baseline, "baseline"},
    {RunKind::Stage0, "stage0"},
    {RunKind::Stage2, "stage2"},
    {RunKind::Stage3, "stage3"},
    {RunKind::Probe, "probe"},
    {RunKind::Pilot, "pilot"},
}};

constexpr Words<RunStatus, 9> kRunStatus{{
    {RunStatus::Queued, "queued"},
    {RunStatus::Running, "running"},
    {RunStatus::Pausing, "pausing"},
    {RunStatus::Paused, "paused"},
    {RunStatus::Stopping, "stopping"},
    {RunStatus::Completed, "completed"},
    {RunStatus::Stopped, "stopped"},
    {RunStatus::Failed, "failed"},
    {RunStatus::Interrupted, "interrupted"},
}};

constexpr Words<Decode, 2> kDecode{{
    {Decode::Labels, "labels"},
    {Decode::Greedy, "greedy"},
}};

constexpr Words<Verdict, 5> kVerdict{{
    {Verdict::Better, "better"},
    {Verdict::NotWorse, "not worse"},
    {Verdict::Worse, "worse"},
    {Verdict::Undecided, "undecided"},
    {Verdict::NotComputable, "not computable"},
}};

}  // namespace

std::string_view wordOf(TaskKind value)
{
    return wordIn(kTaskKind, value);
}

std::optional<TaskKind> taskKindOf(std::string_view word)
{
    return valueIn(kTaskKind, word);
}

std::string_view wordOf(MetricKind value)
{
    return wordIn(kMetricKind, value);
}

std::optional<MetricKind> metricKindOf(std::string_view word)
{
    return valueIn(kMetricKind, word);
}

std::string_view wordOf(Split value)
{
    return wordIn(kSplit, value);
}

std::optional<Split> splitOf(std::string_view word)
{
    return valueIn(kSplit, word);
}

std::string_view wordOf(Reason value)
{
    return wordIn(kReason, value);
}

std::optional<Reason> reasonOf(std::string_view word)
{
    return valueIn(kReason, word);
}

std::string_view wordOf(IssueAction value)
{
    return wordIn(kIssueAction, value);
}

std::optional<IssueAction> issueActionOf(std::string_view word)
{
    return valueIn(kIssueAction, word);
}

std::string_view wordOf(Signal value)
{
    return wordIn(kSignal, value);
}

std::optional<Signal> signalOf(std::string_view word)
{
    return valueIn(kSignal, word);
}

std::string_view wordOf(FilterMode value)
{
    return wordIn(kFilterMode, value);
}

std::optional<FilterMode> filterModeOf(std::string_view word)
{
    return valueIn(kFilterMode, word);
}

std::string_view wordOf(Verb value)
{
    return wordIn(kVerb, value);
}

std::optional<Verb> verbOf(std::string_view word)
{
    return valueIn(kVerb, word);
}

std::string_view wordOf(Method value)
{
    return wordIn(kMethod, value);
}

std::optional<Method> methodOf(std::string_view word)
{
    return valueIn(kMethod, word);
}

std::string_view wordOf(Precision value)
{
    return wordIn(kPrecision, value);
}

std::optional<Precision> precisionOf(std::string_view word)
{
    return valueIn(kPrecision, word);
}

std::string_view wordOf(LossMean value)
{
    return wordIn(kLossMean, value);
}

std::optional<LossMean> lossMeanOf(std::string_view word)
{
    return valueIn(kLossMean, word);
}

std::string_view wordOf(Schedule value)
{
    return wordIn(kSchedule, value);
}

std::optional<Schedule> scheduleOf(std::string_view word)
{
    return valueIn(kSchedule, word);
}

std::string_view wordOf(HighResourceRule value)
{
    return wordIn(kHighResourceRule, value);
}

std::optional<HighResourceRule> highResourceRuleOf(std::string_view word)
{
    return valueIn(kHighResourceRule, word);
}

std::string_view wordOf(SamplerKind value)
{
    return wordIn(kSamplerKind, value);
}

std::optional<SamplerKind> samplerKindOf(std::string_view word)
{
    return valueIn(kSamplerKind, word);
}

std::string_view wordOf(TaskSet value)
{
    return wordIn(kTaskSet, value);
}

std::optional<TaskSet> taskSetOf(std::string_view word)
{
    return valueIn(kTaskSet, word);
}

std::string_view wordOf(Weighting value)
{
    return wordIn(kWeighting, value);
}

std::optional<Weighting> weightingOf(std::string_view word)
{
    return valueIn(kWeighting, word);
}

std::string_view wordOf(RunKind value)
{
    return wordIn(kRunKind, value);
}

std::optional<RunKind> runKindOf(std::string_view word)
{
    return valueIn(kRunKind, word);
}

std::string_view wordOf(RunStatus value)
{
    return wordIn(kRunStatus, value);
}

std::optional<RunStatus> runStatusOf(std::string_view word)
{
    return valueIn(kRunStatus, word);
}

std::string_view wordOf(Decode value)
{
    return wordIn(kDecode, value);
}

std::optional<Decode> decodeOf(std::string_view word)
{
    return valueIn(kDecode, word);
}

std::string_view wordOf(Verdict value)
{
    return wordIn(kVerdict, value);
}

std::optional<Verdict> verdictOf(std::string_view word)
{
    return valueIn(kVerdict, word);
}

bool largerIsBetter(MetricKind metric)
{
    return metric != MetricKind::Perplexity;
}

bool hasEnded(RunStatus status)
{
    return status == RunStatus::Completed || status == RunStatus::Stopped || status == RunStatus::Failed
        || status == RunStatus::Interrupted;
}

}  // namespace taskfold
