#include "widgets/pages/taskpanel.h"

#include "widgets/models/issuemodel.h"
#include "widgets/models/text.h"
#include "widgets/pages/rowspanel.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/theme.h"
#include "widgets/plots/histogram.h"
#include "widgets/plots/labelbars.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace taskfold {

TaskPanel::TaskPanel(QWidget* parent)
    : QFrame(parent)
    , m_name(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_tabs(new QTabWidget(this))
    , m_lengths(new Histogram(this))
    , m_labels(new LabelBars(this))
    , m_rows(new RowsPanel(this))
    , m_issueModel(new IssueModel(this))
    , m_issues(new DataTable(u"issues"_s, this))
{
    setProperty("card", true);
    m_tabs->setObjectName(u"taskTabs"_s);
    m_tabs->setAccessibleName(tr("About the chosen task"));
    m_tabs->setDocumentMode(true);
    m_issues->setModel(m_issueModel);
    m_issues->setTitle(tr("Issues"));
    m_issues->setPlaceholder(tr("Filter by reason, field or text"));
    m_issues->setEmptyText(tr("No row of this task was left out or changed."));
    m_issues->setStretchColumn(5);
    auto* write = new QPushButton(tr("Export all…"), this);
    write->setObjectName(u"issuesExportAll"_s);
    write->setAccessibleName(tr("Export all issues of the task"));
    m_issues->addTrailingControl(write);
    connect(write, &QPushButton::clicked, this, [this] {
        ask::saveFile(this, tr("Export issues"), u"issues.csv"_s, tr("CSV files (*.csv)"),
            [this, task = m_task](const QString& file) { emit issuesExportWanted(task, file); });
    });
    QWidget* head = buildHead();
    m_tabs->addTab(buildShapes(), tr("Lengths and labels"));
    m_tabs->addTab(m_rows, tr("Rows"));
    m_tabs->addTab(m_issues, tr("Issues"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->addWidget(head);
    layout->addWidget(m_tabs, 1);
    connect(m_lengths, &Plot::failed, this, &TaskPanel::failed);
    connect(m_labels, &Plot::failed, this, &TaskPanel::failed);
    connect(m_issues, &DataTable::failed, this, &TaskPanel::failed);
}

QWidget* TaskPanel::buildHead()
{
    auto* head = new QWidget(this);
    m_name->setObjectName(u"taskName"_s);
    m_name->setProperty("heading", true);
    m_facts->setObjectName(u"taskFacts"_s);
    m_facts->setProperty("muted", true);
    auto* properties = m_properties = new QPushButton(theme::icon(u"edit"_s), tr("Properties…"), head);
    properties->setObjectName(u"taskProperties"_s);
    properties->setAccessibleName(tr("Properties of the task"));
    auto* merge = m_merge = new QPushButton(tr("Labels…"), head);
    merge->setObjectName(u"taskMergeLabels"_s);
    merge->setAccessibleName(tr("Rename and merge the task's labels"));
    auto* remove = m_remove = new QPushButton(theme::icon(u"trash"_s), tr("Remove…"), head);
    remove->setObjectName(u"taskRemove"_s);
    remove->setAccessibleName(tr("Remove the task"));
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins({});
    layout->addWidget(m_name);
    layout->addSpacing(8);
    layout->addWidget(m_facts, 1);
    layout->addWidget(properties);
    layout->addWidget(merge);
    layout->addWidget(remove);
    connect(properties, &QPushButton::clicked, this, [this] { emit propertiesRequested(m_task); });
    connect(merge, &QPushButton::clicked, this, [this] { emit labelsRequested(m_task, m_counts); });
    connect(remove, &QPushButton::clicked, this, [this] {
        if (m_task.value > 0)
            emit removeRequested(m_task);
        else
            emit corpusRemoveRequested(CorpusId{-m_task.value}, m_name->text());
    });
    return head;
}

QWidget* TaskPanel::buildShapes()
{
    auto* shapes = new QWidget(this);
    auto* layout = new QHBoxLayout(shapes);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(14);
    const auto add = [&](const QString& title, Plot* plot) {
        auto* column = new QVBoxLayout;
        auto* heading = new QLabel(title, shapes);
        heading->setProperty("muted", true);
        column->addWidget(heading);
        column->addWidget(plot, 1);
        layout->addLayout(column, 1);
        return heading;
    };
    m_lengthsTitle = add(QString(), m_lengths);
    m_labelsTitle = add(QString(), m_labels);
    showWords(false);
    return shapes;
}

void TaskPanel::showTask(const TaskVolume& volume)
{
    const Task& task = volume.task;
    m_name->setText(toQt(task.name));
    QStringList facts{
        titleOf(task.kind), titleOf(task.metric), tr("margin %1 points").arg(pointsText(task.margin))};
    if (!task.labels.empty())
        facts.append(countedText(std::ssize(task.labels), tr("%1 label"), tr("%1 labels")));
    if (!task.owner.empty())
        facts.append(tr("owner %1").arg(toQt(task.owner)));
    m_facts->setText(facts.join(u"  ·  "_s));
    m_facts->setToolTip(toQt(task.instruction));
    m_lengths->show(volume.lengths, toQt(volume.unit.empty() ? "bytes" : volume.unit));
    m_labels->show(volume.labels);
    m_counts.clear();
    for (const std::string& label : task.labels) {
        const auto found = volume.labels.find(label);
        m_counts.push_back({toQt(label), found == volume.labels.end() ? 0 : found->second});
    }
    std::stable_sort(m_counts.begin(), m_counts.end(), [](const LabelCount& a, const LabelCount& b) { return a.count > b.count; });
    changeTo(task.id, false);
    m_merge->setVisible(choosesLabels(task));
}

void TaskPanel::showCorpus(const TaskVolume& documents, const Corpus& corpus)
{
    m_name->setText(toQt(corpus.name));
    m_facts->setText(QStringList{corpus.domain ? tr("Domain text for stage 0") : tr("General text for stage 0"),
        tr("%1 of %2 documents kept").arg(countText(corpus.documentsKept + corpus.heldOut), countText(corpus.documentsIn)),
        tr("%1 held out").arg(countText(corpus.heldOut)), bytesText(corpus.bytesKept)}
                         .join(u"  ·  "_s));
    m_facts->setToolTip({});
    m_lengths->show(documents.lengths, toQt(documents.unit.empty() ? "bytes" : documents.unit));
    std::map<std::string, std::int64_t> fates{{toStd(tr("Kept")), corpus.documentsKept}, {toStd(tr("Held out")), corpus.heldOut}};
    for (const auto& [reason, count] : corpus.issues)
        fates[toStd(titleOf(reason))] += count;
    m_labels->show(fates);
    changeTo(documents.task.id, true);
}

void TaskPanel::changeTo(TaskId task, bool corpus)
{
    showWords(corpus);
    if (std::exchange(m_task, task) == task)
        return;
    m_issueModel->setRows({});
    m_rows->setTask(task, corpus);
}

void TaskPanel::showWords(bool corpus)
{
    m_lengthsTitle->setText(corpus ? tr("Length of the documents kept") : tr("Length of the training rows"));
    m_labelsTitle->setText(corpus ? tr("What became of the documents") : tr("Labels of the training rows"));
    m_tabs->setTabText(0, corpus ? tr("Lengths and filters") : tr("Lengths and labels"));
    m_tabs->setTabText(1, corpus ? tr("Documents") : tr("Rows"));
    m_properties->setVisible(!corpus);
    m_merge->setVisible(!corpus);
    m_remove->setAccessibleName(corpus ? tr("Remove the text") : tr("Remove the task"));
}

void TaskPanel::showIssues(TaskId task, std::vector<RowIssue> issues, qint64 total)
{
    if (task != m_task)
        return;
    const bool all = total <= static_cast<qint64>(issues.size());
    m_tabs->setTabText(2, total == 0 ? tr("Issues") : tr("Issues (%1)").arg(countText(total)));
    m_tabs->setTabToolTip(
        2, all ? QString() : tr("The first %1 are listed").arg(countText(std::ssize(issues))));
    m_issueModel->setRows(std::move(issues));
    m_issues->fitColumns(160);
}

}  // namespace taskfold
