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
#include <QStackedWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

void ComparePage::setOverview(const std::shared_ptr<const Overview>& overview)
{
    build();
    m_anything = !overview->comparisons.empty() || !overview->imported.empty();
    m_overview = overview;
    m_head->setOverview(overview);
    if (m_runs)
        m_runs->setOverview(overview);
    m_stack->setCurrentIndex(m_anything ? 1 : 0);
    m_empty->button()->setEnabled(m_head->canCompare());
}

void ComparePage::setBusy(bool busy)
{
    m_busy = busy;
    m_head->setBusy(busy);
    if (m_runs)
        m_runs->setBusy(busy);
    if (m_plots)
        m_plots->setBusy(busy);
    m_empty->button()->setEnabled(m_head->canCompare());
}

void ComparePage::showComparison(std::optional<ShownComparison> shown)
{
    build();
    m_shown = std::move(shown);
    fillSuites();
    m_ledger->setRows(m_shown ? m_shown->comparison.ledger.lines : std::vector<LedgerLine>{});
    m_stale = {RowsTab, SuitesTab, LedgerTab, SettingsTab, RunsTab};
    fillTab(m_tabs->currentIndex());
    showTasks();
}

void ComparePage::fillTab(int tab)
{
    if (tab > m_lastTab || m_stale.erase(tab) == 0)
        return;
    switch (tab) {
    case RowsTab: {
        const bool single = !m_shown || m_shown->comparison.baseline == "single";
        m_rows->setSides(single ? tr("Single-task model") : tr("Baseline"), tr("Multi-task model"));
        if (!m_waiting.empty())
            showRows(m_task, std::exchange(m_waiting, {}));
        return;
    }
    case SuitesTab: return m_suiteTable->fitColumns(260);
    case LedgerTab: return m_ledgerTable->fitColumns(260);
    case SettingsTab: return showSettings();
    default: break;
    }
    std::map<TaskId, double> baseline;
    if (m_shown)
        for (const TaskComparison& task : m_shown->comparison.tasks)
            if (task.verdict != Verdict::NotComputable)
                baseline[task.task] = task.single;
    m_runs->setBusy(m_busy);
    m_runs->setBaseline(baseline);
    if (m_overview)
        m_runs->setOverview(m_overview);
}

void ComparePage::fillSuites()
{
    const QString before = m_suite->currentData().toString();
    m_suite->clear();
    m_suite->addItem(tr("All suites"));
    std::vector<SuiteComparison> all;
    if (m_shown) {
        all.push_back(m_shown->comparison.suite);
        all.insert(all.end(), m_shown->comparison.suites.begin(), m_shown->comparison.suites.end());
    }
    for (std::size_t i = 1; i < all.size(); ++i)
        m_suite->addItem(excerptText(toQt(all[i].name), 40), toQt(all[i].name));
    m_suite->setCurrentIndex(std::max(0, m_suite->findData(before)));
    m_suite->setVisible(all.size() > 1);
    m_suites->setRows(std::move(all));
}

void ComparePage::showTasks()
{
    std::vector<TaskComparison> tasks;
    Slopes slopes;
    if (m_shown) {
        tasks = tasksOf(m_shown->comparison, toStd(m_suite->currentData().toString()), static_cast<TaskOrder>(m_order->currentData().toInt()));
        slopes = m_shown->slopes;
        std::erase_if(slopes.lines, [&](const SlopeLine& line) {
            return std::none_of(tasks.begin(), tasks.end(), [&](const TaskComparison& task) { return task.task == line.task; });
        });
    }
    showHeadline();
    m_plots->showTasks(tasks, slopes);
    m_table->setEmptyText(m_shown ? tr("No task here.") : tr("Not compared yet."));
    m_model->setRows(std::move(tasks));
    m_table->fitColumns(260);
    const TaskId before = std::exchange(m_task, {});
    m_table->selectRow(std::max(0, m_model->indexOf(before)));
    onTask(m_table->currentRow());
}

void ComparePage::showHeadline()
{
    m_saves->setVisible(m_shown.has_value());
    m_mean->setVisible(m_shown.has_value());
    m_warnings->setVisible(m_shown && !m_shown->comparison.warnings.empty());
    if (!m_shown)
        return m_line->setText(tr("These two weren't compared yet: press Compare."));
    const Comparison& comparison = m_shown->comparison;
    const int at = m_suite->currentIndex();
    const SuiteComparison& suite = m_suites->row(std::max(0, at));
    m_line->setText(at > 0 ? tr("%1: %2").arg(toQt(suite.name), countsText(suite)) : m_shown->line);
    m_mean->setText(tr("Mean difference %1 points (%2 to %3): %4. Run %5 against %6, %7")
                        .arg(signedPointsText(suite.meanDifference), signedPointsText(suite.low), signedPointsText(suite.high), titleOf(suite.verdict))
                        .arg(comparison.candidate.value)
                        .arg(baselineTitle(comparison.baseline), momentText(comparison.created)));
    m_saves->setText(tr("%1 models become %2: %3 fewer to serve")
                         .arg(comparison.ledger.modelsBefore)
                         .arg(comparison.ledger.modelsAfter)
                         .arg(percentText(comparison.ledger.overheadReduction)));
    QStringList warnings;
    for (const std::string& warning : comparison.warnings)
        warnings.append(u"⚠ "_s + excerptText(toQt(warning), 400));
    m_warnings->setText(warnings.join(u'\n'));
}

void ComparePage::showSettings()
{
    std::vector<SettingLine> lines = m_shown ? m_shown->settings : std::vector<SettingLine>{};
    if (m_onlyDifferences->isChecked())
        std::erase_if(lines, [](const SettingLine& line) { return !line.differs(); });
    m_settings->setRows(std::move(lines));
    m_settingTable->fitColumns(420);
}

void ComparePage::onTask(int row)
{
    const TaskId task = row < 0 ? TaskId{} : m_model->row(row).task;
    if (task == m_task)
        return;
    m_task = task;
    m_waiting.clear();
    if (m_rows)
        m_rows->showRows(row < 0 ? QString() : toQt(m_model->row(row).name), {});
    if (task)
        emit taskSelected(task);
}

void ComparePage::showRows(TaskId task, std::vector<RowDifference> rows)
{
    build();
    const int at = m_model->indexOf(task);
    if (task != m_task || at < 0)
        return;
    if (m_rows)
        m_rows->showRows(toQt(m_model->row(at).name), std::move(rows));
    else
        m_waiting = std::move(rows);
}

void ComparePage::showError(const Error& error)
{
    m_banner->showError(error);
}

void ComparePage::showNotice(const QString& text)
{
    m_banner->showNotice(text);
}

}  // namespace taskfold
