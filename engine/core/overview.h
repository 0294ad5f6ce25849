#pragma once

#include "engine/core/comparison.h"
#include "engine/core/run.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What can be compared, and what was: of all runs at once.
namespace taskfold {

/// A run beside all others, and what it scored on the test split.
struct RunSummary {
    Run run;
    std::string task;  // of a baseline
    std::string plan;  // its name
    std::map<TaskId, Score> scores;
    std::string words;  // what a table finds it by
};

/// A comparison that was made, without its numbers.
struct ComparisonLine {
    ComparisonId id;
    RunId candidate;
    std::string baseline;
    std::string created;
};

struct TaskName {
    TaskId id;
    std::string name;
    std::int64_t testRows = 0;
};

struct Overview {
    std::vector<TaskName> tasks;
    std::vector<RunSummary> runs;  // oldest first
    std::vector<std::string> imported;  // names of imported predictions
    std::vector<ComparisonLine> comparisons;  // newest first
};

/// One place on the way from the baseline to the candidate, or an ablation beside it.
struct SlopeStop {
    bool baseline = false;
    bool ablation = false;  // another plan's last stage, on the same test rows
    RunKind kind = RunKind::Stage3;
    RunId run;
    std::string plan;
};

/// A task's scores from stop to stop; nothing where a run wasn't scored on it.
struct SlopeLine {
    TaskId task;
    std::string name;
    Verdict verdict = Verdict::NotComputable;
    std::vector<std::optional<double>> scores;
};

struct Slopes {
    std::vector<SlopeStop> stops;
    std::vector<SlopeLine> lines;
    std::vector<RunId> unscored;  // stops with a model that hasn't answered the test rows yet
};

/// One setting of both sides; of several baselines all values, each once.
struct SettingLine {
    std::string key;  // as `plan --set` calls it
    std::string baseline, candidate;

    bool differs() const { return baseline != candidate; }
};

}  // namespace taskfold
