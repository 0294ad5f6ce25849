#pragma once

#include "engine/core/id.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class TaskKind { Classification, PairClassification, Extraction, Generation };
enum class MetricKind { Accuracy, MacroF1, MicroF1, SlotF1, ExactMatch, RougeL, Bleu, ChrF, Perplexity };
enum class Split { Train, Validation, Test };

/// One language task that is served today by a model of its own.
struct Task {
    TaskId id;
    std::string name;
    TaskKind kind = TaskKind::Generation;
    MetricKind metric = MetricKind::ExactMatch;
    std::vector<std::string> labels;  // empty: not a choice among labels
    std::string instruction;
    std::string owner;
    double trafficShare = 0;  // of all requests, a fraction of 1; 0: not said
    double margin = 0.01;  // how much loss is acceptable, in the metric's unit (a fraction of 1)
    std::string suite;
    std::optional<double> deployedScore;

    bool operator==(const Task&) const = default;
};

inline bool choosesLabels(const Task& task)
{
    return !task.labels.empty()
        && (task.kind == TaskKind::Classification || task.kind == TaskKind::PairClassification);
}

// The words that files, the database and JSON use. The other way round, nothing when it isn't one of them.
std::string_view wordOf(TaskKind kind);
std::string_view wordOf(MetricKind metric);
std::string_view wordOf(Split split);
std::optional<TaskKind> taskKindOf(std::string_view word);
std::optional<MetricKind> metricKindOf(std::string_view word);
std::optional<Split> splitOf(std::string_view word);

/// Whether a larger value is better; perplexity is the exception.
bool largerIsBetter(MetricKind metric);

}  // namespace taskfold
