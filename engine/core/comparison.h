#pragma once

#include "engine/core/id.h"
#include "engine/core/metric.h"
#include "engine/core/task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class Verdict { Better, NotWorse, Worse, Undecided, NotComputable };

/// One seed's scores: seeds are shown one by one, for a mean can hide one that failed.
struct SeedScore {
    std::uint64_t seed = 1;
    RunId singleRun, multiRun;
    double single = 0, multi = 0;
};

/// How far a model's confidence can be believed: rows by confidence, in bins of equal width.
struct ReliabilityBin {
    double confidence = 0, accuracy = 0;  // means over the bin's rows
    std::int64_t n = 0;
};

/// Calibration of one side; no bins where answers weren't chosen among labels.
struct Calibration {
    double ece = 0;  // expected calibration error
    std::vector<ReliabilityBin> bins;
};

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
    std::string suite;  // the name it is compared by
    std::string metricDetail;  // the tokenizer of BLEU, for one
    Decode decode = Decode::Greedy;
    double invalidSingle = 0, invalidMulti = 0;  // share of rows whose answer lies outside the task's form
    std::int64_t rowsNeeded = 0;  // to resolve the margin at 80 % power; 0: more rows alone can't
    std::optional<double> mcNemar;  // exact, two-sided; of metrics that are right or wrong by row
    std::optional<double> randomisation;  // approximate randomisation, two-sided
    std::optional<double> worseP;  // of the claim that it is worse by more than its margin, Holm's correction included
    std::vector<SeedScore> perSeed;
    std::int64_t trainRows = 0;
    std::optional<double> affinity;  // mean effect of the other tasks on it, as the filter measured
    std::string dataHash;  // of the test rows
    Calibration calibrationSingle, calibrationMulti;
};

/// The line on top. notWorse counts the better ones too.
struct SuiteComparison {
    int notWorse = 0, worse = 0, undecided = 0, notComputable = 0, tasks = 0;
    double meanDifference = 0, low = 0, high = 0, margin = 0.005;
    std::string name;  // empty: of all tasks
    Verdict verdict = Verdict::NotComputable;  // of the mean difference, at the margin
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
    std::vector<SuiteComparison> suites;  // by name, where tasks have more than one
    std::vector<std::string> warnings;  // what a reader must know before he believes it
    std::string fixed;  // when margin, metric and checkpoint rule were fixed: before test scores were read
    int testReads = 0;  // most often that one of the runs answered its test rows
    std::vector<RunId> runs;  // all that it rests on
    std::string program;  // version
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
