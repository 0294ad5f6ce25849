#pragma once

#include "engine/core/id.h"
#include "engine/core/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class Verdict { Better, NotWorse, Worse, Undecided, NotComputable };

/// One task, single against multi. Scores are fractions of 1; low and high are one-sided 95 % bounds of the difference.
struct TaskComparison {
    TaskId task;
    std::string name;
    MetricKind metric = MetricKind::Accuracy;
    double single = 0, multi = 0, difference = 0;
    double low = 0, high = 0, se = 0;
    double margin = 0;
    double resolvable = 0;  // the smallest margin that n rows could resolve at 80 % power
    Verdict verdict = Verdict::NotComputable;
    std::int64_t n = 0;
    int seeds = 1;
    std::int64_t won = 0, lost = 0;  // rows that only one of the two got right
    bool excluded = false;  // keeps its own model: compared with itself
    std::string note;  // why it can't be computed
};

/// The line on top. notWorse counts the better ones too.
struct SuiteComparison {
    int notWorse = 0, worse = 0, undecided = 0, notComputable = 0, tasks = 0;
    double meanDifference = 0, low = 0, high = 0, margin = 0.005;
};

/// One quantity of N models against one, and how it was measured.
struct LedgerLine {
    std::string key;  // models, parameters, bytes, train_tokens, train_seconds, probe_tokens, ...
    double before = 0, after = 0;
    std::string unit;
    std::string how;
};

struct Ledger {
    int modelsBefore = 0, modelsAfter = 0;
    double overheadReduction = 0;  // 1 - modelsAfter / modelsBefore
    std::vector<LedgerLine> lines;
};

struct Comparison {
    ComparisonId id;
    RunId candidate;
    std::string baseline = "single";  // or a run's number
    std::vector<TaskComparison> tasks;
    SuiteComparison suite;
    Ledger ledger;
    std::string created;
};

/// One row of the test split that the two models answered differently.
struct RowDifference {
    std::int64_t line = 0;
    std::string input, target, single, multi;
    double singleScore = 0, multiScore = 0;
};

std::string_view wordOf(Verdict verdict);
std::optional<Verdict> verdictOf(std::string_view word);

}  // namespace taskfold
