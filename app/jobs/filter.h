#pragma once

#include "app/jobs/project.h"
#include "engine/core/affinity.h"
#include "engine/core/plan.h"
#include "engine/core/task.h"
#include "engine/jobs/job.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace taskfold::jobs {

struct FilterSetup {
    std::string base;  // empty: the usual one, else tiny
    TinySize tiny;
    Signal signal = Signal::LookAhead;
    std::string device = "cpu";
    int threads = 0;
    std::uint64_t seed = 1;
    double learningRate = 0;  // 0: by the base's size
    std::int64_t warmUpSteps = 60;
    int probes = 6;
    int batch = 32;
    int context = 256;
    std::int64_t heldRows = 32;  // validation rows of each task that effects are measured on
};

/// What is known about which tasks help or harm each other, and what was decided.
struct FilterView {
    std::vector<Task> tasks;
    std::optional<AffinityEvidence> evidence;
    std::vector<Suggestion> suggestions;  // one a task that the evidence knows
    std::map<TaskId, Decision> current;
    std::vector<Decision> history;  // oldest first
};

/// Measures every two tasks' affinity; the probe is a run of its own and counts in the ledger.
Result<void> measureAffinity(const Project& project, const FilterSetup& setup, const JobContext& context);

Result<FilterView> filterView(const Project& project);

/// Adds a decision with the evidence it was taken from.
Result<void> decide(const Project& project, const std::string& task, Verb verb, bool pinned, const std::string& by,
    const std::string& reason);

/// Takes over every suggestion whose task isn't pinned and whose decision differs. Answers how many there were. By "auto"
/// only harm excludes: that a task learned nothing alone stays a suggestion (method.md 5.2).
Result<int> acceptSuggestions(const Project& project, const std::string& by);

}  // namespace taskfold::jobs
