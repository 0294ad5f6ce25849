#pragma once

#include "engine/core/error.h"
#include "widgets/pages/showncomparison.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QAbstractItemModel;
class QCheckBox;
class QComboBox;
class QLabel;
class QStackedWidget;
class QTabWidget;

namespace taskfold {

class CompareHead;
class ComparePlots;
class CompareRows;
class CompareRuns;
class ComparisonModel;
class DataTable;
class EmptyState;
class ErrorBanner;
class LedgerModel;
class SettingModel;
class SuiteModel;

/// What was won and lost, task by task and row by row, and what one model saves.
class ComparePage : public QWidget {
    Q_OBJECT

public:
    explicit ComparePage(QWidget* parent = nullptr);

    CompareHead& head() { return *m_head; }
    void setOverview(const std::shared_ptr<const Overview>& overview);
    /// Nothing: what the head says wasn't compared yet.
    void showComparison(std::optional<ShownComparison> shown);
    void showRows(TaskId task, std::vector<RowDifference> rows);
    void setBusy(bool busy);
    void showError(const Error& error);
    void showNotice(const QString& text);

signals:
    /// What the head says was chosen by the user.
    void choiceChanged();
    void compareRequested(const std::vector<taskfold::RunId>& candidates, const std::string& baseline);
    void importRequested();
    void evaluateRequested(const std::vector<taskfold::RunId>& runs);
    /// Its rows are wanted. Answer with showRows.
    void taskSelected(taskfold::TaskId task);
    void manualRequested(const QString& topic);

private:
    enum Tab { TasksTab, RowsTab, SuitesTab, LedgerTab, SettingsTab, RunsTab };

    QWidget* buildSuite();
    QWidget* buildTasks();
    QWidget* buildSettings();
    DataTable* buildTable(const QString& name, const QString& title, QAbstractItemModel* model);
    QWidget* buildTabs();
    /// The tabs behind the first are made one a turn of the event loop, so that the page opens without standing still.
    void buildNextTab();
    QWidget* makeTab(int tab);
    void fillTab(int tab);
    QWidget* buildContent();
    void connectParts();
    void fillSuites();
    void showTasks();
    void showSettings();
    void showHeadline();
    void onTask(int row);

    CompareHead* m_head;
    ComparePlots* m_plots;
    CompareRows* m_rows = nullptr;  // these until their tabs are made
    CompareRuns* m_runs = nullptr;
    DataTable* m_ledgerTable = nullptr;
    DataTable* m_suiteTable = nullptr;
    DataTable* m_settingTable = nullptr;
    QCheckBox* m_onlyDifferences = nullptr;
    ComparisonModel* m_model;
    LedgerModel* m_ledger;
    SuiteModel* m_suites;
    SettingModel* m_settings;
    DataTable* m_table;
    QComboBox* m_suite;
    QComboBox* m_order;
    QLabel* m_line;
    QLabel* m_mean;
    QLabel* m_saves;
    QLabel* m_warnings;
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    TaskId m_task;
    std::optional<ShownComparison> m_shown;
    std::shared_ptr<const Overview> m_overview;
    std::vector<RowDifference> m_waiting;  // rows that came before their tab was made
    QTabWidget* m_tabs = nullptr;
    int m_lastTab = 0;  // that is made
    bool m_busy = false;
    bool m_anything = false;
};

}  // namespace taskfold
