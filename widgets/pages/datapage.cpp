#include "widgets/pages/datapage.h"

#include "widgets/models/taskmodel.h"
#include "widgets/models/text.h"
#include "widgets/pages/rowspanel.h"
#include "widgets/pages/taskpanel.h"
#include "widgets/pages/volumepanel.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/emptystate.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/theme.h"

#include <QDataStream>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

DataPage::DataPage(QWidget* parent)
    : QWidget(parent)
    , m_model(new TaskModel(this))
    , m_tasks(new DataTable(u"tasks"_s, this))
    , m_volume(new VolumePanel(this))
    , m_task(new TaskPanel(this))
    , m_banner(new ErrorBanner(this))
    , m_empty(
          new EmptyState({u"data"_s, tr("Import the data of your tasks to see how much there is of each."),
                             tr("Import data…"), u"data"_s},
              this))
    , m_stack(new QStackedWidget(this))
{
    setObjectName(u"dataPage"_s);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(buildContent());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    connect(m_empty, &EmptyState::requested, this, &DataPage::importRequested);
    connect(m_empty, &EmptyState::manualRequested, this, &DataPage::manualRequested);
    connect(m_tasks, &DataTable::currentRowChanged, this, &DataPage::onTaskRow);
    connect(m_tasks, &DataTable::rowActivated, this,
        [this](int row) {
            if (!m_model->row(row).corpus)
                emit propertiesRequested(m_model->row(row).volume.task.id);
        });
    connect(m_tasks, &DataTable::failed, this, &DataPage::showError);
    connect(m_volume, &VolumePanel::taskChosen, this, &DataPage::selectTask);
    connect(m_volume, &VolumePanel::failed, this, &DataPage::showError);
    connect(m_volume, &VolumePanel::overlapWanted, this, &DataPage::overlapWanted);
    connect(m_task, &TaskPanel::issuesExportWanted, this, &DataPage::issuesExportWanted);
    connect(m_task, &TaskPanel::propertiesRequested, this, &DataPage::propertiesRequested);
    connect(m_task, &TaskPanel::labelsRequested, this, &DataPage::labelsRequested);
    connect(m_task, &TaskPanel::removeRequested, this, &DataPage::removeRequested);
    connect(m_task, &TaskPanel::corpusRemoveRequested, this, &DataPage::corpusRemoveRequested);
    connect(m_task, &TaskPanel::failed, this, &DataPage::showError);
}

QWidget* DataPage::buildHead()
{
    auto* head = new QWidget(this);
    auto* title = new QLabel(tr("Data"), head);
    title->setProperty("title", true);
    auto* add = new QPushButton(tr("Import data…"), head);
    add->setObjectName(u"importButton"_s);
    add->setAccessibleName(tr("Import data"));
    add->setProperty("main", true);
    auto* layout = new QHBoxLayout(head);
    layout->setContentsMargins(2, 0, 0, 0);
    layout->addWidget(title);
    layout->addStretch();
    layout->addWidget(add);
    connect(add, &QPushButton::clicked, this, &DataPage::importRequested);
    return head;
}

QWidget* DataPage::buildLeft()
{
    auto* left = new QWidget(this);
    m_tasks->setTitle(tr("Tasks"));
    m_tasks->setPlaceholder(tr("Filter tasks"));
    m_tasks->setModel(m_model);
    auto* layout = new QVBoxLayout(left);
    layout->setContentsMargins({});
    layout->addWidget(m_tasks, 1);
    return left;
}

QWidget* DataPage::buildContent()
{
    m_rows = new QSplitter(Qt::Vertical, this);
    m_rows->addWidget(m_volume);
    m_rows->addWidget(m_task);
    m_rows->setChildrenCollapsible(false);
    m_rows->setHandleWidth(10);
    m_rows->setSizes({380, 360});
    m_columns = new QSplitter(Qt::Horizontal, this);
    m_columns->addWidget(buildLeft());
    m_columns->addWidget(m_rows);
    m_columns->setStretchFactor(1, 1);
    m_columns->setChildrenCollapsible(false);
    m_columns->setHandleWidth(12);
    m_columns->setSizes({450, 850});
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(16, 12, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(buildHead());
    layout->addWidget(m_columns, 1);
    return content;
}

void DataPage::showTasks(const std::vector<TaskVolume>& tasks, const std::vector<Corpus>& corpora, const std::vector<TaskVolume>& documents)
{
    const TaskId before = selectedTask();
    m_stack->setCurrentIndex(tasks.empty() && corpora.empty() ? 0 : 1);
    m_volume->showTasks(tasks);
    m_model->setTasks(tasks, corpora, documents);
    m_tasks->fitColumns(150);
    m_task->setVisible(!m_model->rows().empty());
    if (m_model->rows().empty())
        return;
    const auto largest
        = std::max_element(tasks.begin(), tasks.end(), [](const TaskVolume& a, const TaskVolume& b) {
              return TaskLine{a}.split(Split::Train).kept < TaskLine{b}.split(Split::Train).kept;
          });
    const int known = m_model->indexOf(before);
    m_tasks->selectRow(known >= 0 ? known : tasks.empty() ? 0 : static_cast<int>(largest - tasks.begin()));
}

void DataPage::showOverlap(const OverlapMatrix& matrix)
{
    m_volume->showOverlap(matrix);
}

bool DataPage::showsOverlap() const
{
    return m_volume->showsOverlap();
}

void DataPage::showIssues(TaskId task, std::vector<RowIssue> issues, qint64 total)
{
    m_task->showIssues(task, std::move(issues), total);
}

void DataPage::showError(const Error& error)
{
    m_banner->showError(error);
}

void DataPage::onTaskRow(int row)
{
    if (row < 0)
        return;
    const TaskLine& line = m_model->row(row);
    m_volume->selectTask(line.volume.task.id);
    if (line.corpus)
        m_task->showCorpus(line.volume, *line.corpus);
    else
        m_task->showTask(line.volume);
    emit taskSelected(line.volume.task.id);
}

void DataPage::selectTask(TaskId task)
{
    const int row = m_model->indexOf(task);
    if (row >= 0 && m_tasks->currentRow() != row)
        m_tasks->selectRow(row);
}

TaskId DataPage::selectedTask() const
{
    const int row = m_tasks->currentRow();
    return row < 0 ? TaskId() : m_model->row(row).volume.task.id;
}

RowsPanel* DataPage::rows() const
{
    return m_task->rows();
}

QByteArray DataPage::saveLayout() const
{
    QByteArray layout;
    QDataStream stream(&layout, QIODevice::WriteOnly);
    stream << m_columns->saveState() << m_rows->saveState();
    return layout;
}

void DataPage::restoreLayout(const QByteArray& layout)
{
    QDataStream stream(layout);
    QByteArray columns, rows;
    stream >> columns >> rows;
    if (stream.status() != QDataStream::Ok)
        return;
    m_columns->restoreState(columns);
    m_rows->restoreState(rows);
}

}  // namespace taskfold
