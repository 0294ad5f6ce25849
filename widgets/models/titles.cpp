#include "widgets/models/text.h"

#include <QCoreApplication>

namespace taskfold {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(taskfold::Words)
};

}  // namespace

QString titleOf(TaskKind kind)
{
    switch (kind) {
    case TaskKind::Classification: return Words::tr("Classification");
    case TaskKind::PairClassification: return Words::tr("Pair classification");
    case TaskKind::Extraction: return Words::tr("Extraction");
    case TaskKind::Generation: return Words::tr("Generation");
    }
    return {};
}

QString shortTitleOf(TaskKind kind)
{
    switch (kind) {
    case TaskKind::Classification: return Words::tr("Classes");
    case TaskKind::PairClassification: return Words::tr("Pairs");
    case TaskKind::Extraction: return Words::tr("Extraction");
    case TaskKind::Generation: return Words::tr("Generation");
    }
    return {};
}

QString titleOf(MetricKind metric)
{
    switch (metric) {
    case MetricKind::Accuracy: return Words::tr("Accuracy");
    case MetricKind::MacroF1: return Words::tr("Macro F1");
    case MetricKind::MicroF1: return Words::tr("Micro F1");
    case MetricKind::SlotF1: return Words::tr("Slot F1");
    case MetricKind::ExactMatch: return Words::tr("Exact match");
    case MetricKind::RougeL: return Words::tr("ROUGE-L");
    case MetricKind::Bleu: return Words::tr("BLEU");
    case MetricKind::ChrF: return Words::tr("chrF");
    case MetricKind::Perplexity: return Words::tr("Perplexity");
    }
    return {};
}

QString titleOf(Split split)
{
    switch (split) {
    case Split::Train: return Words::tr("Training");
    case Split::Validation: return Words::tr("Validation");
    case Split::Test: return Words::tr("Test");
    }
    return {};
}

QString titleOf(Reason reason)
{
    switch (reason) {
    case Reason::Empty: return Words::tr("Empty field");
    case Reason::MissingField: return Words::tr("Missing field");
    case Reason::Type: return Words::tr("Wrong type");
    case Reason::Json: return Words::tr("Broken JSON");
    case Reason::Quote: return Words::tr("Broken quotes");
    case Reason::Ragged: return Words::tr("Wrong number of columns");
    case Reason::Encoding: return Words::tr("Wrong encoding");
    case Reason::LabelUnknown: return Words::tr("Label outside the set");
    case Reason::Duplicate: return Words::tr("Duplicate");
    case Reason::NearDuplicate: return Words::tr("Near duplicate");
    case Reason::Conflict: return Words::tr("Same input, other target");
    case Reason::Leak: return Words::tr("Leak from a test split");
    case Reason::TooLong: return Words::tr("Too long");
    case Reason::PairLength: return Words::tr("Files of different length");
    case Reason::Quality: return Words::tr("Too poor to learn from");
    }
    return {};
}

QString titleOf(IssueAction action)
{
    switch (action) {
    case IssueAction::Fixed: return Words::tr("Fixed");
    case IssueAction::Quarantined: return Words::tr("Quarantined");
    case IssueAction::Dropped: return Words::tr("Dropped");
    case IssueAction::Masked: return Words::tr("Masked");
    }
    return {};
}

QString titleOf(RunKind kind)
{
    switch (kind) {
    case RunKind::Baseline: return Words::tr("Baseline");
    case RunKind::Stage0: return Words::tr("Stage 0");
    case RunKind::Stage2: return Words::tr("Stage 2");
    case RunKind::Stage3: return Words::tr("Stage 3");
    case RunKind::Probe: return Words::tr("Probe");
    case RunKind::Pilot: return Words::tr("Pilot");
    }
    return {};
}

QString titleOf(RunStatus status)
{
    switch (status) {
    case RunStatus::Queued: return Words::tr("Queued");
    case RunStatus::Running: return Words::tr("Running");
    case RunStatus::Pausing: return Words::tr("Pausing");
    case RunStatus::Paused: return Words::tr("Paused");
    case RunStatus::Stopping: return Words::tr("Stopping");
    case RunStatus::Completed: return Words::tr("Completed");
    case RunStatus::Stopped: return Words::tr("Stopped");
    case RunStatus::Failed: return Words::tr("Failed");
    case RunStatus::Interrupted: return Words::tr("Interrupted");
    }
    return {};
}

QString titleOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Better: return Words::tr("Better");
    case Verdict::NotWorse: return Words::tr("Not worse");
    case Verdict::Worse: return Words::tr("Worse");
    case Verdict::Undecided: return Words::tr("Undecided");
    case Verdict::NotComputable: return Words::tr("Can't be computed");
    }
    return {};
}

QString titleOf(Verb verb)
{
    return verb == Verb::Keep ? Words::tr("Keep") : Words::tr("Exclude");
}

QString titleOf(Signal signal)
{
    return signal == Signal::LookAhead ? Words::tr("Look-ahead") : Words::tr("Gradient cosine");
}

QString titleOf(SamplerKind sampler)
{
    switch (sampler) {
    case SamplerKind::InstanceBalanced: return Words::tr("By size");
    case SamplerKind::TaskBalanced: return Words::tr("Same for every task");
    case SamplerKind::Power: return Words::tr("Power of the size");
    case SamplerKind::Temperature: return Words::tr("Temperature");
    case SamplerKind::ProportionalCap: return Words::tr("By size up to a cap");
    case SamplerKind::ProgressivelyBalanced: return Words::tr("From by size to balanced");
    case SamplerKind::UniMax: return Words::tr("UniMax");
    case SamplerKind::EpochMatched: return Words::tr("Epoch matched");
    }
    return {};
}

QString titleOf(HighResourceRule rule)
{
    switch (rule) {
    case HighResourceRule::GeometricMean: return Words::tr("Above geometric mean");
    case HighResourceRule::Coverage: return Words::tr("Coverage of the rows");
    case HighResourceRule::LargestGap: return Words::tr("Above the largest gap");
    case HighResourceRule::Absolute: return Words::tr("At least so many rows");
    case HighResourceRule::EpochNeed: return Words::tr("Needs few epochs");
    }
    return {};
}

QString titleOf(Method method)
{
    return method == Method::Full ? Words::tr("Full fine-tuning") : Words::tr("LoRA");
}

QString titleOf(Precision precision)
{
    return precision == Precision::Fp32 ? Words::tr("32-bit float") : Words::tr("bfloat16");
}

QString titleOf(LossMean mean)
{
    return mean == LossMean::Example ? Words::tr("Mean over examples") : Words::tr("Mean over tokens");
}

}  // namespace taskfold
