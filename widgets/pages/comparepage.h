#pragma once

#include "engine/core/error.h"
#include "widgets/pages/showncomparison.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <set>
#include <vector>

class QAbstractItemModel;
class QCheckBox;
class QComboBox;
class QFrame;
class QLabel;
class QSplitter;
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

    void buildSuite();
    void buildTasks();
    QWidget* buildSettings();
    DataTable* buildTable(Tab tab, const QString& name, const QString& title, QAbstractItemModel* model);
    void buildTabs();
    /// The tabs behind the first are made one a turn of the event loop, so that the page opens without standing still.
    void buildNextTab();
    QWidget* makeTab(int tab);
    void fillTab(int tab);
    /// What stands below the head, in a turn of the event loop of its own or when it is first needed.
    void build();
    void makeParts();
    void connectParts();
    void fillSuites();
    void showTasks();
    void showSettings();
    void showHeadline();
    void onTask(int row);

    QStackedWidget* m_stack;
    QWidget* m_content;
    CompareHead* m_head;
    // These until build(). Outer ones are made first: a widget that changes its parent has the style of all it holds worked out again.
    QSplitter* m_parts = nullptr;
    QTabWidget* m_tabs = nullptr;
    QWidget* m_tasks = nullptr;
    QFrame* m_card = nullptr;
    ComparePlots* m_plots = nullptr;
    DataTable* m_table = nullptr;
    QComboBox* m_suite = nullptr;
    QComboBox* m_order = nullptr;
    QLabel* m_line = nullptr;
    QLabel* m_mean = nullptr;
    QLabel* m_saves = nullptr;
    QLabel* m_warnings = nullptr;
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
    ErrorBanner* m_banner;
    EmptyState* m_empty;
    TaskId m_task;
    std::optional<ShownComparison> m_shown;
    std::shared_ptr<const Overview> m_overview;
    std::vector<RowDifference> m_waiting;  // rows that came before their tab was made
    int m_lastTab = 0;  // that is made
    std::set<int> m_stale;  // tabs that don't show what was last shown; filled when they are looked at
    bool m_busy = false;
    bool m_anything = false;
};

}  // namespace taskfold
