#pragma once

#include "engine/core/comparison.h"
#include "engine/core/error.h"
#include "engine/core/run.h"

#include <QWidget>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTextBrowser;

namespace taskfold {

class ComparisonModel;
class ComparisonPlot;
class DataTable;
class DifferenceModel;
class EmptyState;
class ErrorBanner;
class LedgerModel;
class Segments;

/// What was won and lost, task by task and row by row, and what one model saves.
class ComparePage : public QWidget {
    Q_OBJECT

public:
    explicit ComparePage(QWidget* parent = nullptr);

    /// Completed multi-task runs that can be compared.
    void setCandidates(const std::vector<Run>& runs);
    void showComparison(const std::optional<Comparison>& comparison, const QString& suiteLine);
    void showRows(TaskId task, std::vector<RowDifference> rows);
    void setBusy(bool busy);
    RunId candidate() const;
    void showError(const Error& error);

signals:
    void compareRequested(taskfold::RunId candidate);
    /// Its rows are wanted. Answer with showRows.
    void taskSelected(taskfold::TaskId task);
    void manualRequested(const QString& topic);

private:
    QWidget* buildHead();
    QWidget* buildSuite();
    QWidget* buildPlots();
    QWidget* buildDetails();
    QWidget* buildContent();
    void onTask(int row);
    void selectTask(TaskId task);
    void showFates();
    void showText(int row);

    ComparisonModel* m_model;
    LedgerModel* m_ledger;
    DifferenceModel* m_differences;
    DataTable* m_table;
    DataTable* m_ledgerTable;
    DataTable* m_rowTable;
    std::vector<ComparisonPlot*> m_plots;
    Segments* m_look;
    Segments* m_fate;
    QTextBrowser* m_text;
    QLabel* m_line;
    QLabel* m_mean;
    QLabel* m_saves;
    QLabel* m_warnings;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    QComboBox* m_candidates = nullptr;
    QPushButton* m_compare = nullptr;
    TaskId m_task;
    std::vector<RowDifference> m_rows;
};

}  // namespace taskfold
