#pragma once

#include "engine/core/affinity.h"
#include "engine/core/comparison.h"
#include "engine/core/plan.h"
#include "engine/core/run.h"
#include "widgets/models/rowmodel.h"

#include <optional>
#include <string>

/// The tables of the Filter, Plan, Runs and Compare pages.
namespace taskfold {

/// One task on the Filter page.
struct FilterLine {
    TaskId task;
    std::string name;
    std::int64_t rows = 0;
    std::optional<Suggestion> suggestion;
    std::optional<Decision> decision;
};

class FilterModel : public RowModel<FilterLine> {
public:
    explicit FilterModel(QObject* parent = nullptr);
    int indexOf(TaskId task) const;
};

struct DecisionLine {
    Decision decision;
    std::string task;
};

class DecisionModel : public RowModel<DecisionLine> {
public:
    explicit DecisionModel(QObject* parent = nullptr);
};

/// One task in one stage of a plan.
struct MixtureRow {
    std::string stage;
    std::int64_t steps = 0;
    MixtureLine line;
    std::string skipped;
};

class MixtureModel : public RowModel<MixtureRow> {
public:
    explicit MixtureModel(QObject* parent = nullptr);
};

class FindingModel : public RowModel<Finding> {
public:
    explicit FindingModel(QObject* parent = nullptr);
};

struct RunLine {
    Run run;
    std::string task;
};

class RunModel : public RowModel<RunLine> {
public:
    explicit RunModel(QObject* parent = nullptr);
    int indexOf(RunId run) const;
};

struct RunTaskLine {
    RunTask task;
    std::string name;
};

class RunTaskModel : public RowModel<RunTaskLine> {
public:
    explicit RunTaskModel(QObject* parent = nullptr);
};

class ComparisonModel : public RowModel<TaskComparison> {
public:
    explicit ComparisonModel(QObject* parent = nullptr);
    int indexOf(TaskId task) const;
};

class LedgerModel : public RowModel<LedgerLine> {
public:
    explicit LedgerModel(QObject* parent = nullptr);
};

class DifferenceModel : public RowModel<RowDifference> {
public:
    explicit DifferenceModel(QObject* parent = nullptr);
};

/// What became of a row: "won", "lost" or "even".
QString fateOf(const RowDifference& row);

}  // namespace taskfold
