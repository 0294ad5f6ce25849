#pragma once

#include "engine/core/overview.h"
#include "widgets/models/rowmodel.h"

/// The tables of the Compare page beside that of the tasks.
namespace taskfold {

class SuiteModel : public RowModel<SuiteComparison> {
public:
    explicit SuiteModel(QObject* parent = nullptr);
};

class SettingModel : public RowModel<SettingLine> {
public:
    explicit SettingModel(QObject* parent = nullptr);
};

/// A run and its values: the mean, then one a task; not a number where there is none.
struct PivotRow {
    const RunSummary* summary = nullptr;
    std::vector<double> values;
};

/// All runs, a column a task: the test score, or its difference to the baseline's.
class PivotModel : public RowModel<PivotRow> {
public:
    explicit PivotModel(QObject* parent = nullptr);

    /// The runs belong to who shows them, and outlive what is shown. `baseline`: scores by task, to be subtracted; empty: scores
    /// as they are.
    void show(const std::vector<TaskName>& tasks, const std::vector<const RunSummary*>& runs, const std::map<TaskId, double>& baseline);
};

/// The words that a run is found by in a table. May be asked for on any thread.
QString searchWords(const RunSummary& run);
/// "Run 7 (Stage 3, seed 1, plan small)"
QString runTitle(const RunSummary& run);
/// What a comparison's candidate was set against: "single-task models", "run 3", "live (imported)".
QString baselineTitle(const std::string& baseline);
/// "Not worse on 9 of 11 tasks, worse on 1, undecided on 1."
QString countsText(const SuiteComparison& suite);

}  // namespace taskfold
