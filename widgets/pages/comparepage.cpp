#include "widgets/pages/comparepage.h"

#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"
#include "widgets/parts/segments.h"
#include "widgets/plots/comparisonplot.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTextBrowser>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

QLabel* label(const QString& name, QWidget* parent)
{
    auto* made = new QLabel(parent);
    made->setObjectName(name);
    made->setWordWrap(true);
    made->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return made;
}

// Worst first; what can't be computed last.
bool worse(const TaskComparison& a, const TaskComparison& b)
{
    const bool known = a.verdict != Verdict::NotComputable, otherKnown = b.verdict != Verdict::NotComputable;
    return known != otherKnown ? known : a.difference < b.difference;
}

}  // namespace

ComparePage::ComparePage(QWidget* parent)
    : QWidget(parent)
    , m_model(new ComparisonModel(this))
    , m_ledger(new LedgerModel(this))
    , m_differences(new DifferenceModel(this))
    , m_table(new DataTable(u"comparison"_s, this))
    , m_ledgerTable(new DataTable(u"ledger"_s, this))
    , m_rowTable(new DataTable(u"differences"_s, this))
    , m_look(new Segments(u"compareLook"_s, tr("Show as"), {tr("Differences"), tr("Scores"), tr("Scatter")}, this))
    , m_fate(new Segments(u"rowFate"_s, tr("Rows"), {tr("All"), tr("Won"), tr("Lost")}, this))
    , m_text(new QTextBrowser(this))
    , m_line(label(u"suiteLine"_s, this))
    , m_mean(label(u"suiteMean"_s, this))
    , m_saves(label(u"suiteSaves"_s, this))
    , m_warnings(label(u"suiteWarnings"_s, this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState({u"compare"_s, tr("Nothing was compared yet: run a plan, evaluate, then compare."), tr("Compare"), u"compare"_s}, this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"comparePage"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    m_empty->button()->setObjectName(u"firstCompare"_s);
    connect(m_empty, &EmptyState::requested, this, [this] { emit compareRequested(candidate()); });
    connect(m_empty, &EmptyState::manualRequested, this, &ComparePage::manualRequested);
    connect(m_table, &DataTable::currentRowChanged, this, &ComparePage::onTask);
    connect(m_rowTable, &DataTable::currentRowChanged, this, &ComparePage::showText);
    connect(m_fate, &Segments::chosen, this, &ComparePage::showFates);
    for (DataTable* table : {m_table, m_ledgerTable, m_rowTable})
        connect(table, &DataTable::failed, this, &ComparePage::showError);
}

QWidget* ComparePage::buildHead()
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Compare"), this, layout);
    m_candidates = new QComboBox(head);
    m_candidates->setObjectName(u"candidates"_s);
    m_candidates->setAccessibleName(tr("Run to compare with the single-task models"));
    m_candidates->setMinimumWidth(180);
    m_compare = namedButton(u"compareNow"_s, tr("Compare"), head, true);
    layout->addWidget(m_candidates);
    layout->addWidget(m_compare);
    connect(m_compare, &QPushButton::clicked, this, [this] { emit compareRequested(candidate()); });
    return head;
}

QWidget* ComparePage::buildSuite()
{
    auto* card = new QFrame(this);
    card->setProperty("card", true);
    QFont large = m_line->font();
    large.setPointSizeF(large.pointSizeF() * 1.25);
    large.setBold(true);
    m_line->setFont(large);
    m_mean->setProperty("muted", true);
    m_saves->setProperty("muted", true);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->setSpacing(2);
    layout->addWidget(m_line);
    layout->addWidget(m_mean);
    layout->addWidget(m_saves);
    layout->addWidget(m_warnings);
    return card;
}

QWidget* ComparePage::buildPlots()
{
    auto* card = new QFrame(this);
    card->setProperty("card", true);
    auto* stack = new QStackedWidget(card);
    const std::vector<std::tuple<QString, ComparisonPlot::Look, QString>> looks{
        {u"forest"_s, ComparisonPlot::Look::Forest, tr("Differences with their intervals")},
        {u"scoreBars"_s, ComparisonPlot::Look::Bars, tr("Scores of single-task models and of the one model")},
        {u"scatter"_s, ComparisonPlot::Look::Scatter, tr("One model against single-task models")}};
    for (const auto& [name, look, title] : looks) {
        auto* plot = new ComparisonPlot(name, look, card);
        plot->setTitle(title);
        stack->addWidget(plot);
        m_plots.push_back(plot);
        connect(plot, &ComparisonPlot::taskClicked, this, &ComparePage::selectTask);
        connect(plot, &Plot::failed, this, &ComparePage::showError);
    }
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addWidget(m_look, 0, Qt::AlignLeft);
    layout->addWidget(stack, 1);
    connect(m_look, &Segments::chosen, stack, &QStackedWidget::setCurrentIndex);
    return card;
}

QWidget* ComparePage::buildDetails()
{
    m_rowTable->setTitle(tr("Rows that were answered differently"));
    m_rowTable->setPlaceholder(tr("Filter rows"));
    m_rowTable->setModel(m_differences);
    m_rowTable->setStretchColumn(2);
    m_rowTable->addControl(m_fate);
    m_text->setObjectName(u"differenceText"_s);
    m_text->setAccessibleName(tr("The row and both answers"));
    m_ledgerTable->setTitle(tr("Ledger"));
    m_ledgerTable->setModel(m_ledger);
    m_ledgerTable->setFilterVisible(false);
    m_ledgerTable->setStretchColumn(4);
    m_ledgerTable->setEmptyText(tr("A ledger needs every single-task model and the folded one."));
    auto* rows = new QSplitter(Qt::Horizontal, this);
    rows->addWidget(m_rowTable);
    rows->addWidget(m_text);
    rows->setStretchFactor(0, 1);
    rows->setSizes({760, 340});
    auto* tabs = new QTabWidget(this);
    tabs->setObjectName(u"compareTabs"_s);
    tabs->setDocumentMode(true);
    tabs->addTab(m_table, tr("Tasks"));
    tabs->addTab(rows, tr("Rows won and lost"));
    tabs->addTab(m_ledgerTable, tr("Ledger"));
    return tabs;
}

QWidget* ComparePage::buildContent()
{
    m_table->setTitle(tr("Comparison"));
    m_table->setPlaceholder(tr("Filter tasks"));
    m_table->setModel(m_model);
    auto* parts = new QSplitter(Qt::Vertical, this);
    parts->addWidget(buildPlots());
    parts->addWidget(buildDetails());
    parts->setChildrenCollapsible(false);
    parts->setSizes({340, 340});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(buildSuite());
    layout->addWidget(parts, 1);
    return content;
}

void ComparePage::setCandidates(const std::vector<Run>& runs)
{
    const RunId before = candidate();
    m_candidates->clear();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run)
        m_candidates->addItem(tr("Run %1 (%2, seed %3)").arg(run->id.value).arg(titleOf(run->kind)).arg(run->seed), qlonglong{run->id.value});
    m_candidates->setCurrentIndex(std::max(0, m_candidates->findData(qlonglong{before.value})));
    setBusy(false);
}

RunId ComparePage::candidate() const
{
    return RunId{m_candidates->currentData().toLongLong()};
}

void ComparePage::setBusy(bool busy)
{
    const bool can = !busy && m_candidates->count() > 0;
    m_compare->setEnabled(can);
    m_empty->button()->setEnabled(can);
}

void ComparePage::showComparison(const std::optional<Comparison>& comparison, const QString& suiteLine)
{
    m_stack->setCurrentIndex(comparison ? 1 : 0);
    if (!comparison)
        return;
    std::vector<TaskComparison> tasks = comparison->tasks;
    std::stable_sort(tasks.begin(), tasks.end(), worse);
    m_line->setText(suiteLine);
    m_mean->setText(tr("Mean difference %1 points (%2 to %3); run %4, %5")
                        .arg(signedPointsText(comparison->suite.meanDifference), signedPointsText(comparison->suite.low),
                            signedPointsText(comparison->suite.high))
                        .arg(comparison->candidate.value)
                        .arg(momentText(comparison->created)));
    m_saves->setText(tr("%1 models become %2: %3 fewer to serve")
                         .arg(comparison->ledger.modelsBefore)
                         .arg(comparison->ledger.modelsAfter)
                         .arg(percentText(comparison->ledger.overheadReduction)));
    QStringList warnings;
    for (const std::string& warning : comparison->warnings)
        warnings.append(u"⚠ "_s + toQt(warning));
    m_warnings->setTextFormat(Qt::PlainText);  // names of tasks stand in it
    m_warnings->setText(warnings.join(u'\n'));
    m_warnings->setVisible(!warnings.isEmpty());
    for (ComparisonPlot* plot : m_plots)
        plot->setTasks(tasks);
    m_model->setRows(std::move(tasks));
    m_table->fitColumns(260);
    m_ledger->setRows(comparison->ledger.lines);
    m_ledgerTable->fitColumns(260);
    const TaskId before = std::exchange(m_task, {});
    m_table->selectRow(std::max(0, m_model->indexOf(before)));
    onTask(m_table->currentRow());
}

void ComparePage::onTask(int row)
{
    const TaskId task = row < 0 ? TaskId{} : m_model->row(row).task;
    if (task == m_task)
        return;
    m_task = task;
    m_rows.clear();
    showFates();
    if (task)
        emit taskSelected(task);
}

void ComparePage::selectTask(TaskId task)
{
    m_table->selectRow(m_model->indexOf(task));
}

void ComparePage::showRows(TaskId task, std::vector<RowDifference> rows)
{
    if (task != m_task)
        return;
    m_rows = std::move(rows);
    showFates();
}

void ComparePage::showFates()
{
    std::vector<RowDifference> shown;
    const int fate = m_fate->current();
    for (const RowDifference& row : m_rows) {
        const double change = row.multiScore - row.singleScore;
        if (fate == 0 || (fate == 1 && change > 0) || (fate == 2 && change < 0))
            shown.push_back(row);
    }
    m_differences->setRows(std::move(shown));
    const int at = m_model->indexOf(m_task);
    const QString name = at < 0 ? QString() : toQt(m_model->row(at).name);
    m_rowTable->setEmptyText(tr("No such row of %1 was answered differently.").arg(name));
    m_rowTable->fitColumns(220);
    m_rowTable->selectRow(m_differences->rowCount() > 0 ? 0 : -1);
    showText(m_rowTable->currentRow());
}

void ComparePage::showText(int row)
{
    if (row < 0 || row >= m_differences->rowCount())
        return m_text->clear();
    const RowDifference& one = m_differences->row(row);
    const auto part = [](const QString& title, const std::string& text) {
        return u"<p><b>%1</b><br>%2</p>"_s.arg(title, toQt(text).toHtmlEscaped().replace(u'\n', u"<br>"_s));
    };
    m_text->setHtml(part(tr("Input"), one.input) + part(tr("Right answer"), one.target) + part(tr("Single-task model"), one.single)
        + part(tr("Multi-task model"), one.multi));
}

void ComparePage::showError(const Error& error)
{
    m_banner->showError(error);
}

}  // namespace taskfold
