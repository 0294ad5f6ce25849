#pragma once

#include "engine/core/id.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace taskfold {

enum class RunKind { Baseline, Stage0, Stage2, Stage3, Probe, Pilot };
enum class RunStatus { Queued, Running, Pausing, Paused, Stopping, Completed, Stopped, Failed, Interrupted };

/// A process, told from a later one that got the same number by when it started.
struct ProcessMark {
    std::int64_t pid = 0;
    std::int64_t started = 0;  // in the system's ticks since it booted

    bool operator==(const ProcessMark&) const = default;
};

/// One training of a part of a plan.
struct Run {
    RunId id;
    PlanId plan;
    RunKind kind = RunKind::Baseline;
    TaskId task;  // of a baseline
    RunId parent;  // whose checkpoint it starts from
    std::uint64_t seed = 1;
    std::string device = "cpu";
    int threads = 0;
    RunStatus status = RunStatus::Queued;
    std::int64_t position = 0;  // in the queue
    std::int64_t steps = 0;
    std::int64_t stepsTotal = 0;
    double loss = 0;  // of the last step; 0 before the first
    std::int64_t tokens = 0;
    std::int64_t targetTokens = 0;
    double seconds = 0;
    std::string checkpoint;  // folder, relative to the project's; empty: none
    std::string checkpointHash;
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;  // of the checkpoint's model files
    ProcessMark process;  // who trains it
    std::string note;  // why it failed, was skipped or ended early, in words
    std::string created, ended;
};

/// What a run came to for one task: the best step, and the epochs that were seen.
struct RunTask {
    RunId run;
    TaskId task;
    std::string phase = "active";  // active, cooled, capped
    std::int64_t bestStep = 0;
    double bestEpoch = 0;
    double best = 0;
    double bestSe = 0;
    double epochs = 0;
};

std::string_view wordOf(RunKind kind);
std::string_view wordOf(RunStatus status);
std::optional<RunKind> runKindOf(std::string_view word);
std::optional<RunStatus> runStatusOf(std::string_view word);

/// Whether nothing more happens to it by itself.
bool hasEnded(RunStatus status);

}  // namespace taskfold
