#pragma once

#include "engine/core/overview.h"

#include <QWidget>

#include <map>
#include <memory>
#include <vector>

class QPushButton;

namespace taskfold {

class DataTable;
class PivotModel;
class Segments;
struct Error;

/// All runs with a column a task: sorted, filtered, chosen as candidates or as the baseline.
class CompareRuns : public QWidget {
    Q_OBJECT

public:
    explicit CompareRuns(QWidget* parent = nullptr);

    void setOverview(std::shared_ptr<const Overview> overview);
    /// What differences are taken from: the shown comparison's baseline.
    void setBaseline(const std::map<TaskId, double>& scores);
    void setBusy(bool busy);

signals:
    /// The chosen lines that are candidates, against the baseline that the page's head says.
    void compareRequested(const std::vector<taskfold::RunId>& candidates);
    void baselineChosen(taskfold::RunId run);
    void failed(const taskfold::Error& error);

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// Now, or when it is looked at.
    void fill();
    void showButtons();
    std::vector<const RunSummary*> filtered() const;
    std::vector<RunId> chosen(bool candidatesOnly) const;

    std::shared_ptr<const Overview> m_shown;  // what the model's rows belong to
    PivotModel* m_model;
    DataTable* m_table;
    Segments* m_value;
    Segments* m_which;
    QPushButton* m_compare;
    QPushButton* m_baseline;
    std::shared_ptr<const Overview> m_overview;
    std::map<TaskId, double> m_scores;
    bool m_busy = false;
    bool m_stale = false;
};

}  // namespace taskfold
