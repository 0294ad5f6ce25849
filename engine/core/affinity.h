#pragma once

#include "engine/core/id.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskfold {

enum class Signal { GradientCosine, LookAhead };  // method.md 5.1: S1 with two halves, S2
enum class FilterMode { Off, Suggest, Auto };

/// What a step on one task does to another's loss: positive helps. Relative to the loss, so without unit.
struct AffinityCell {
    TaskId from;
    TaskId to;
    double value = 0;
    double se = 0;
    bool reliable = true;

    bool operator==(const AffinityCell&) const = default;
};

/// One measurement of all pairs. `probes[k]` is the matrix (row helps or harms column, in the order of `tasks`) of
/// probe step k, from which standard errors of sums are made.
struct AffinityEvidence {
    RunId run;
    Signal signal = Signal::LookAhead;
    std::vector<TaskId> tasks;
    std::vector<AffinityCell> cells;
    std::vector<std::vector<double>> probes;  // each N * N, row-major
    std::string created;
};

enum class Verb { Keep, Exclude };

/// What the evidence says of a task. Only a suggestion: the user decides.
struct Suggestion {
    TaskId task;
    Verb suggest = Verb::Keep;
    std::string rule;  // "", "harms_others", "harmed_by_others", "unlearnable"
    double outgoing = 0, outgoingSe = 0;  // what it does to the others
    double incoming = 0, incomingSe = 0;  // what the others do to it
    double threshold = 0;  // epsilon
    std::string reason;  // one sentence with the numbers
};

/// One entry of the history; the newest of a task counts.
struct Decision {
    DecisionId id;
    TaskId task;
    Verb verb = Verb::Keep;
    bool pinned = false;
    std::string by;  // "user" or "auto"
    std::string rule;
    std::string reason;
    std::string evidence;  // JSON of the Suggestion it was taken from
    std::string created;
};

std::string_view wordOf(Signal signal);
std::string_view wordOf(FilterMode mode);
std::string_view wordOf(Verb verb);
std::optional<Signal> signalOf(std::string_view word);
std::optional<FilterMode> filterModeOf(std::string_view word);
std::optional<Verb> verbOf(std::string_view word);

}  // namespace taskfold
