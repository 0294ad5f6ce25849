#include "widgets/pages/comparepage.h"

#include "widgets/models/comparemodels.h"
#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/pages/comparehead.h"
#include "widgets/pages/compareorder.h"
#include "widgets/pages/compareplots.h"
#include "widgets/pages/comparerows.h"
#include "widgets/pages/compareruns.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>
#include <QVBoxLayout>


using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QLabel* label(const QString& name, QWidget* parent)
{
    auto* made = new QLabel(parent);
    made->setObjectName(name);
    made->setWordWrap(true);
    made->setTextFormat(Qt::PlainText);  // names of tasks stand in it
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

template <typename Control>
Control* named(Control* control, const QString& name, const QString& title)
{
    control->setObjectName(name);
    control->setAccessibleName(title);
    control->setToolTip(title);
    return control;
}

}  // namespace

ComparePage::ComparePage(QWidget* parent)
    : QWidget(parent)
    , m_stack(new QStackedWidget(this))
    , m_content(new QWidget(m_stack))
    , m_head(new CompareHead(m_content))
    , m_model(new ComparisonModel(this))
    , m_ledger(new LedgerModel(this))
    , m_suites(new SuiteModel(this))
    , m_settings(new SettingModel(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState({u"compare"_s, tr("Nothing was compared yet: run a plan, evaluate, then compare."), tr("Compare"), u"compare"_s}, m_stack))
{
    setObjectName(u"comparePage"_s);
    m_empty->button()->setObjectName(u"firstCompare"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    const auto compare = [this] { emit compareRequested({m_head->candidate()}, m_head->baseline()); };
    connect(m_empty, &EmptyState::requested, this, compare);
    connect(m_empty, &EmptyState::manualRequested, this, &ComparePage::manualRequested);
    connect(m_head, &CompareHead::compareRequested, this, compare);
    connect(m_head, &CompareHead::choiceChanged, this, &ComparePage::choiceChanged);
    connect(m_head, &CompareHead::importRequested, this, &ComparePage::importRequested);
    QTimer::singleShot(1, this, &ComparePage::build);  // 0 would be this turn still
}

void ComparePage::makeParts()
{
    m_parts = new QSplitter(Qt::Vertical, m_content);
    m_tabs = new QTabWidget(m_parts);
    m_tasks = new QWidget(m_tabs);
    m_card = new QFrame(m_content);
    m_plots = new ComparePlots(m_parts);
    m_table = new DataTable(u"comparison"_s, m_tasks);
    m_suite = named(new QComboBox(m_table), u"suiteFilter"_s, tr("Suite"));
    m_order = named(new QComboBox(m_table), u"taskOrder"_s, tr("Order of tasks"));
    m_line = label(u"suiteLine"_s, m_card);
    m_mean = label(u"suiteMean"_s, m_card);
    m_saves = label(u"suiteSaves"_s, m_card);
    m_warnings = label(u"suiteWarnings"_s, m_card);
}

void ComparePage::connectParts()
{
    connect(m_plots, &ComparePlots::taskClicked, this, [this](TaskId task) { m_table->selectRow(m_model->indexOf(task)); });
    connect(m_plots, &ComparePlots::evaluateRequested, this, &ComparePage::evaluateRequested);
    connect(m_plots, &ComparePlots::failed, this, &ComparePage::showError);
    connect(m_table, &DataTable::currentRowChanged, this, &ComparePage::onTask);
    connect(m_suite, &QComboBox::activated, this, &ComparePage::showTasks);
    connect(m_order, &QComboBox::activated, this, &ComparePage::showTasks);
    connect(m_table, &DataTable::failed, this, &ComparePage::showError);
}

void ComparePage::buildSuite()
{
    m_card->setProperty("card", true);
    QFont large = m_line->font();
    large.setPointSizeF(large.pointSizeF() * 1.25);
    large.setBold(true);
    m_line->setFont(large);
    m_mean->setProperty("muted", true);
    m_saves->setProperty("muted", true);
    auto* layout = new QVBoxLayout(m_card);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->setSpacing(2);
    for (QLabel* one : {m_line, m_mean, m_saves, m_warnings})
        layout->addWidget(one);
}

void ComparePage::buildTasks()
{
    for (const auto& [order, title] : {std::pair{TaskOrder::WorstFirst, tr("Worst first")}, {TaskOrder::BestFirst, tr("Best first")},
             {TaskOrder::ByName, tr("By name")}, {TaskOrder::LargestFirst, tr("Largest first")}, {TaskOrder::MostHarmedFirst, tr("Least helped by others first")}})
        m_order->addItem(title, static_cast<int>(order));
    m_table->setTitle(tr("Comparison"));
    m_table->setPlaceholder(tr("Filter tasks"));
    m_table->setModel(m_model);
    m_suite->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_suite->setMinimumWidth(130);
    m_table->addControl(m_suite);
    m_table->addControl(m_order);
    auto* layout = new QVBoxLayout(m_tasks);
    layout->setContentsMargins({});
    layout->addWidget(m_table);
}

DataTable* ComparePage::buildTable(Tab tab, const QString& name, const QString& title, QAbstractItemModel* model)
{
    auto* table = new DataTable(name, m_tabs->widget(tab));
    table->setTitle(title);
    table->setModel(model);
    connect(table, &DataTable::failed, this, &ComparePage::showError);
    return table;
}

QWidget* ComparePage::buildSettings()
{
    m_settingTable = buildTable(SettingsTab, u"settingsCompared"_s, tr("Settings of both sides"), m_settings);
    m_onlyDifferences = named(new QCheckBox(tr("Differences only"), m_settingTable), u"onlyDifferences"_s, tr("Settings that differ only"));
    m_onlyDifferences->setChecked(true);
    m_settingTable->setPlaceholder(tr("Filter settings"));
    m_settingTable->addControl(m_onlyDifferences);
    m_settingTable->setEmptyText(tr("Both sides were made with the same settings, as far as is known."));
    connect(m_onlyDifferences, &QCheckBox::toggled, this, &ComparePage::showSettings);
    return m_settingTable;
}

QWidget* ComparePage::makeTab(int tab)
{
    switch (tab) {
    case RowsTab:
        m_rows = new CompareRows(m_tabs->widget(tab));
        connect(m_rows, &CompareRows::failed, this, &ComparePage::showError);
        return m_rows;
    case SuitesTab:
        m_suiteTable = buildTable(SuitesTab, u"suites"_s, tr("Suites"), m_suites);
        m_suiteTable->setFilterVisible(false);
        return m_suiteTable;
    case LedgerTab:
        m_ledgerTable = buildTable(LedgerTab, u"ledger"_s, tr("Ledger"), m_ledger);
        m_ledgerTable->setFilterVisible(false);
        m_ledgerTable->setStretchColumn(4);
        m_ledgerTable->setEmptyText(tr("A ledger needs every single-task model and the folded one."));
        return m_ledgerTable;
    case SettingsTab: return buildSettings();
    default: break;
    }
    m_runs = new CompareRuns(m_tabs->widget(tab));
    connect(m_runs, &CompareRuns::failed, this, &ComparePage::showError);
    connect(m_runs, &CompareRuns::compareRequested, this,
        [this](const std::vector<RunId>& runs) { emit compareRequested(runs, m_head->baseline()); });
    connect(m_runs, &CompareRuns::baselineChosen, this, [this](RunId run) {
        m_head->choose(m_head->candidate(), std::to_string(run.value));
        emit choiceChanged();
    });
    return m_runs;
}

void ComparePage::buildNextTab()
{
    if (m_lastTab == RunsTab)
        return;
    ++m_lastTab;
    m_tabs->widget(m_lastTab)->layout()->addWidget(makeTab(m_lastTab));
    m_stale.insert(m_lastTab);
    fillTab(m_tabs->currentIndex());
    QTimer::singleShot(1, this, &ComparePage::buildNextTab);  // 0 would be this turn still
}

void ComparePage::buildTabs()
{
    buildTasks();
    m_tabs->setObjectName(u"compareTabs"_s);
    m_tabs->setAccessibleName(tr("Details"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_tasks, tr("Tasks"));
    for (const QString& title : {tr("Rows won and lost"), tr("Suites"), tr("Ledger"), tr("Settings"), tr("All runs")}) {
        auto* place = new QWidget(m_tabs);
        (new QVBoxLayout(place))->setContentsMargins({});
        m_tabs->addTab(place, title);
    }
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        while (m_lastTab < tab)
            buildNextTab();
        fillTab(tab);
    });
    QTimer::singleShot(1, this, &ComparePage::buildNextTab);
}

void ComparePage::build()
{
    if (m_parts)
        return;
    makeParts();
    buildSuite();
    buildTabs();
    m_parts->addWidget(m_plots);
    m_parts->addWidget(m_tabs);
    m_parts->setChildrenCollapsible(false);
    m_parts->setSizes({340, 340});
    auto* layout = new QVBoxLayout(m_content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(m_head);
    layout->addWidget(m_card);
    layout->addWidget(m_parts, 1);
    connectParts();
    setBusy(m_busy);
}

}  // namespace taskfold
