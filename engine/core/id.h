#pragma once

#include <compare>
#include <cstdint>

namespace taskfold {

/// A row's key, of a type of its own, so that a run can't be passed for a task. 0: none.
template <typename Tag>
struct Id {
    std::int64_t value = 0;

    explicit operator bool() const { return value != 0; }
    auto operator<=>(const Id&) const = default;
};

using TaskId = Id<struct TaskTag>;
using CorpusId = Id<struct CorpusTag>;
using VersionId = Id<struct VersionTag>;
using BaseId = Id<struct BaseTag>;
using DecisionId = Id<struct DecisionTag>;
using PlanId = Id<struct PlanTag>;
using RunId = Id<struct RunTag>;
using ComparisonId = Id<struct ComparisonTag>;
using JobId = Id<struct JobTag>;

}  // namespace taskfold
