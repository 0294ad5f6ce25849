#include "widgets/pages/filterpage.h"

#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/pages/whatifpanel.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/pagehead.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/heatmap.h"
#include "widgets/plots/rowbars.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

FilterPage::FilterPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new FilterModel(this))
    , m_decisions(new DecisionModel(this))
    , m_table(new DataTable(u"filter"_s, this))
    , m_history(new DataTable(u"decisions"_s, this))
    , m_map(new HeatMap(u"affinity"_s, this))
    , m_volumes(new RowBars(u"filterVolumes"_s, this))
    , m_whatIf(new WhatIfPanel(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(new EmptyState({u"filter"_s, tr("Measure which tasks help and which harm each other before they are folded."),
                                 tr("Measure affinity"), u"filter"_s},
          this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"filterPage"_s);
    m_map->setTitle(tr("Affinity"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    m_empty->button()->setObjectName(u"firstMeasure"_s);
    connect(m_empty, &EmptyState::requested, this, &FilterPage::measure);
    connect(m_empty, &EmptyState::manualRequested, this, &FilterPage::manualRequested);
    connect(m_table, &DataTable::currentRowChanged, this, &FilterPage::showTask);
    connect(m_table, &DataTable::failed, this, &FilterPage::showError);
    connect(m_history, &DataTable::failed, this, &FilterPage::showError);
    connect(m_map, &Plot::failed, this, &FilterPage::showError);
    connect(m_volumes, &Plot::failed, this, &FilterPage::showError);
    connect(m_volumes, &RowBars::lineClicked, this, [this](int line) { m_table->selectRow(line); });
}

QWidget* FilterPage::buildHead()
{
    QHBoxLayout* layout = nullptr;
    QWidget* head = pageHead(tr("Filter"), this, layout);
    const auto choice = [&](const QString& name, const QString& title, const QString& help) {
        auto* box = new QComboBox(head);
        box->setObjectName(name);
        box->setAccessibleName(title);
        box->setToolTip(help);
        layout->addWidget(box);
        return box;
    };
    m_base = choice(u"filterBase"_s, tr("Base model"), tr("The model that affinity is measured on"));
    m_base->addItem(u"tiny"_s);
    m_signal = choice(u"filterSignal"_s, tr("Signal"), tr("What affinity is taken from"));
    for (const Signal signal : {Signal::LookAhead, Signal::GradientCosine})
        m_signal->addItem(titleOf(signal));
    m_accept = namedButton(u"acceptSuggestions"_s, tr("Accept suggestions"), head);
    m_measure = namedButton(u"measureAffinity"_s, tr("Measure affinity"), head, true);
    layout->addWidget(m_accept);
    layout->addWidget(m_measure);
    connect(m_accept, &QPushButton::clicked, this, &FilterPage::acceptRequested);
    connect(m_measure, &QPushButton::clicked, this, &FilterPage::measure);
    return head;
}

QWidget* FilterPage::buildDecision()
{
    auto* box = new QFrame(this);
    box->setProperty("card", true);
    m_sentence = new QLabel(box);
    m_sentence->setObjectName(u"evidenceSentence"_s);
    m_sentence->setWordWrap(true);
    m_reason = new QLineEdit(box);
    m_reason->setObjectName(u"decisionReason"_s);
    m_reason->setAccessibleName(tr("Reason"));
    m_reason->setPlaceholderText(tr("Why? It stands in the report."));
    m_pin = new QCheckBox(tr("Pin"), box);
    m_pin->setObjectName(u"decisionPin"_s);
    m_pin->setAccessibleName(tr("Pin the decision"));
    m_pin->setToolTip(tr("No suggestion changes a pinned decision"));
    m_keep = namedButton(u"keepTask"_s, tr("Keep"), box);
    m_exclude = namedButton(u"excludeTask"_s, tr("Leave out"), box);
    auto* layout = new QGridLayout(box);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addWidget(m_sentence, 0, 0, 1, 4);
    layout->addWidget(m_reason, 1, 0);
    layout->addWidget(m_pin, 1, 1);
    layout->addWidget(m_keep, 1, 2);
    layout->addWidget(m_exclude, 1, 3);
    connect(m_keep, &QPushButton::clicked, this, [this] { decide(Verb::Keep); });
    connect(m_exclude, &QPushButton::clicked, this, [this] { decide(Verb::Exclude); });
    return box;
}

QWidget* FilterPage::buildContent()
{
    m_table->setTitle(tr("Tasks and suggestions"));
    m_table->setPlaceholder(tr("Filter tasks"));
    m_table->setModel(m_model);
    m_history->setTitle(tr("Decisions"));
    m_history->setModel(m_decisions);
    m_history->setFilterVisible(false);
    m_history->setStretchColumn(5);
    m_history->setEmptyText(tr("Nothing was decided yet: every task is kept."));
    m_volumes->setTitle(tr("Training rows"));
    m_volumes->setValueTitle(tr("Training rows"));
    auto* tabs = new QTabWidget(this);
    tabs->setObjectName(u"filterTabs"_s);
    tabs->setAccessibleName(tr("About the decision"));
    tabs->setDocumentMode(true);
    tabs->addTab(m_whatIf, tr("What if"));
    tabs->addTab(m_history, tr("Decisions"));
    auto* tasks = new QWidget(this);
    auto* tasksLayout = new QVBoxLayout(tasks);
    tasksLayout->setContentsMargins({});
    tasksLayout->addWidget(m_table, 3);
    tasksLayout->addWidget(buildDecision());
    const auto side = [this](QWidget* left, QWidget* right) {
        auto* splitter = new QSplitter(Qt::Horizontal, this);
        splitter->addWidget(left);
        splitter->addWidget(right);
        splitter->setChildrenCollapsible(false);
        splitter->setStretchFactor(0, 2);
        splitter->setStretchFactor(1, 1);
        splitter->setSizes({800, 400});
        return splitter;
    };
    auto* columns = new QSplitter(Qt::Vertical, this);
    columns->addWidget(side(m_map, m_volumes));
    columns->addWidget(side(tasks, tabs));
    columns->setChildrenCollapsible(false);
    columns->setSizes({380, 360});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(columns, 1);
    return content;
}

void FilterPage::show(const Shown& shown)
{
    const int before = m_table->currentRow();
    const TaskId chosen = before >= 0 ? m_model->row(before).task : TaskId{};
    m_empty->setSentence(shown.tasks.size() < 2
            ? tr("Import at least two tasks; then affinity says which help and which harm each other.")
            : tr("Measure which tasks help and which harm each other before they are folded."));
    m_empty->button()->setEnabled(shown.tasks.size() >= 2);
    m_stack->setCurrentIndex(shown.evidence || !shown.history.empty() ? 1 : 0);
    std::vector<FilterLine> lines;
    std::map<TaskId, std::string> names;
    for (const Task& task : shown.tasks) {
        FilterLine line{task.id, task.name, 0, std::nullopt, std::nullopt};
        names[task.id] = task.name;
        if (const auto rows = shown.rows.find(task.id); rows != shown.rows.end())
            line.rows = rows->second;
        for (const Suggestion& suggestion : shown.suggestions)
            if (suggestion.task == task.id)
                line.suggestion = suggestion;
        if (const auto decision = shown.current.find(task.id); decision != shown.current.end())
            line.decision = decision->second;
        lines.push_back(std::move(line));
    }
    m_model->setRows(std::move(lines));
    m_table->fitColumns(220);
    showVolumes();
    std::vector<DecisionLine> decisions;
    for (auto one = shown.history.rbegin(); one != shown.history.rend(); ++one)
        decisions.push_back({*one, names[one->task]});
    m_decisions->setRows(std::move(decisions));
    m_history->fitColumns(180);
    showMap(shown);
    if (m_model->rowCount() > 0)
        m_table->selectRow(std::max(0, m_model->indexOf(chosen)));
}

void FilterPage::showMap(const Shown& shown)
{
    if (!shown.evidence)
        return m_map->setEmptyText(tr("Nothing was measured yet."));
    std::map<TaskId, QString> names;
    for (const Task& task : shown.tasks)
        names[task.id] = toQt(task.name);
    QStringList titles;
    std::map<TaskId, std::size_t> places;
    for (const TaskId task : shown.evidence->tasks)
        if (names.contains(task)) {
            places[task] = static_cast<std::size_t>(titles.size());
            titles.append(names[task]);
        }
    std::vector<std::vector<HeatMap::Cell>> cells(places.size(), std::vector<HeatMap::Cell>(places.size()));
    for (const AffinityCell& cell : shown.evidence->cells)
        if (places.contains(cell.from) && places.contains(cell.to))
            cells[places[cell.from]][places[cell.to]] = {cell.value, cell.se, cell.reliable};
    m_map->setEmptyText({});
    m_map->setCells(titles, std::move(cells));
}

void FilterPage::showVolumes()
{
    QStringList names;
    RowBars::Series kept{tr("Folded in"), [] { return theme::series(0); }, Qt::SolidPattern, {}};
    RowBars::Series out{tr("Left out"), [] { return theme::series(1); }, Qt::BDiagPattern, {}};
    for (const FilterLine& line : m_model->rows()) {
        const bool excluded = line.decision && line.decision->verb == Verb::Exclude;
        names.append(toQt(line.name));
        kept.values.push_back(excluded ? 0 : static_cast<double>(line.rows));
        out.values.push_back(excluded ? static_cast<double>(line.rows) : 0);
    }
    m_volumes->setBars(names, {kept, out});
}

void FilterPage::setBases(const QStringList& bases)
{
    const QString chosen = m_base->currentText();
    m_base->clear();
    m_base->addItems(bases);
    m_base->setCurrentIndex(std::max(0, static_cast<int>(bases.indexOf(chosen))));
}

void FilterPage::measure()
{
    emit measureRequested(
        m_base->currentText(), m_signal->currentIndex() == 1 ? Signal::GradientCosine : Signal::LookAhead);
}

void FilterPage::showWhatIf(const std::optional<WhatIf>& whatIf)
{
    m_whatIf->show(whatIf && whatIf->task == m_task ? whatIf : std::nullopt);
}

void FilterPage::showTask(int row)
{
    const bool any = row >= 0;
    m_task = any ? m_model->row(row).task : TaskId{};
    m_volumes->setSelected(row);
    m_whatIf->show(std::nullopt);
    if (any)
        emit whatIfWanted(m_task);
    m_keep->setEnabled(any);
    m_exclude->setEnabled(any);
    if (!any)
        return m_sentence->clear();
    const FilterLine& line = m_model->row(row);
    const QString words = line.suggestion && !line.suggestion->reason.empty() ? toQt(line.suggestion->reason)
        : line.suggestion ? tr("Nothing speaks against folding it.")
                          : tr("It wasn't measured.");
    m_sentence->setText(tr("<b>%1</b> — %2 Leaving it out costs one more model.").arg(toQt(line.name).toHtmlEscaped(), words.toHtmlEscaped()));
    m_pin->setChecked(line.decision && line.decision->pinned);
    m_reason->clear();
}

void FilterPage::decide(Verb verb)
{
    const int row = m_table->currentRow();
    if (row >= 0)
        emit decideRequested(m_model->row(row).task, verb, m_pin->isChecked(), m_reason->text().trimmed());
}

void FilterPage::setMeasuring(bool measuring)
{
    m_measure->setEnabled(!measuring);
    m_empty->button()->setEnabled(!measuring);
    m_measure->setText(measuring ? tr("Measuring…") : tr("Measure affinity"));
}

void FilterPage::showError(const Error& error)
{
    m_banner->showError(error);
}

}  // namespace taskfold
