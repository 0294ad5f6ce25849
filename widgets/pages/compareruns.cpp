#include "widgets/pages/compareruns.h"

#include "widgets/models/comparemodels.h"
#include "widgets/models/sortfilter.h"
#include "widgets/pages/comparehead.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/pagehead.h"
#include "widgets/parts/segments.h"

#include <QItemSelectionModel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

CompareRuns::CompareRuns(QWidget* parent)
    : QWidget(parent)
    , m_model(new PivotModel(this))
    , m_table(new DataTable(u"allRuns"_s, this))
    , m_value(new Segments(u"pivotValue"_s, tr("Values"), {tr("Scores"), tr("Differences")}, this))
    , m_which(new Segments(u"pivotRuns"_s, tr("Runs"), {tr("All"), tr("Multi-task"), tr("Single-task"), tr("Imported")}, this))
    , m_compare(namedButton(u"compareChosen"_s, tr("Compare the chosen"), this))
    , m_baseline(namedButton(u"useAsBaseline"_s, tr("Use as baseline"), this))
    , m_overview(std::make_shared<Overview>())
{
    m_table->setTitle(tr("All runs"));
    m_table->setPlaceholder(tr("Filter runs"));
    m_table->setModel(m_model);
    m_table->setEmptyText(tr("There are no runs yet."));
    m_table->view()->setSelectionMode(QAbstractItemView::ExtendedSelection);
    for (QWidget* control : {static_cast<QWidget*>(m_which), static_cast<QWidget*>(m_value), static_cast<QWidget*>(m_compare), static_cast<QWidget*>(m_baseline)})
        m_table->addControl(control);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_table);
    connect(m_table, &DataTable::failed, this, &CompareRuns::failed);
    connect(m_value, &Segments::chosen, this, &CompareRuns::fill);
    connect(m_which, &Segments::chosen, this, &CompareRuns::fill);
    connect(m_table->view()->selectionModel(), &QItemSelectionModel::selectionChanged, this, &CompareRuns::showButtons);
    connect(m_compare, &QPushButton::clicked, this, [this] { emit compareRequested(chosen(true)); });
    connect(m_baseline, &QPushButton::clicked, this, [this] { emit baselineChosen(chosen(true).front()); });
    showButtons();
}

void CompareRuns::setOverview(std::shared_ptr<const Overview> overview)
{
    if (std::exchange(m_overview, std::move(overview)) != m_overview)
        fill();
}

void CompareRuns::setBaseline(const std::map<TaskId, double>& scores)
{
    if (std::exchange(m_scores, scores) != scores && m_value->current() == 1)
        fill();
}

std::vector<const RunSummary*> CompareRuns::filtered() const
{
    std::vector<const RunSummary*> found;
    for (const RunSummary& one : m_overview->runs) {
        const bool imported = one.run.device == "imported", single = one.run.kind == RunKind::Baseline && !imported;
        const int which = m_which->current();
        if (which == 0 || (which == 1 && !single && !imported) || (which == 2 && single) || (which == 3 && imported))
            found.push_back(&one);
    }
    return found;
}

void CompareRuns::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale)
        fill();
}

void CompareRuns::fill()
{
    m_stale = !isVisible();
    if (m_stale)
        return;
    const auto before = std::exchange(m_shown, m_overview);  // until the model has others
    m_model->show(m_overview->tasks, filtered(), m_value->current() == 1 ? m_scores : std::map<TaskId, double>{});
    m_table->fitColumns(170);
    showButtons();
}

// Rows as they are shown, so that the order of a sorted table is kept.
std::vector<RunId> CompareRuns::chosen(bool candidatesOnly) const
{
    std::vector<RunId> runs;
    for (const QModelIndex& index : m_table->view()->selectionModel()->selectedRows()) {
        const Run& run = m_model->row(m_table->proxy()->mapToSource(index).row()).summary->run;
        if (!candidatesOnly || isCandidate(run))
            runs.push_back(run.id);
    }
    return runs;
}

void CompareRuns::setBusy(bool busy)
{
    m_busy = busy;
    showButtons();
}

void CompareRuns::showButtons()
{
    const std::size_t candidates = chosen(true).size();
    m_compare->setEnabled(!m_busy && candidates > 0);
    m_baseline->setEnabled(candidates == 1);
}

}  // namespace taskfold
