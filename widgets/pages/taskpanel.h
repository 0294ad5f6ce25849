#pragma once

#include "engine/core/dataset.h"
#include "engine/core/error.h"
#include "widgets/models/importvalues.h"
#include "widgets/models/rowsmodel.h"

#include <QFrame>

class QLabel;
class QPushButton;
class QTabWidget;

namespace taskfold {

class DataTable;
class Histogram;
class IssueModel;
class LabelBars;
class RowsPanel;

/// Everything about the chosen task: lengths and labels, rows, issues.
class TaskPanel : public QFrame {
    Q_OBJECT

public:
    explicit TaskPanel(QWidget* parent = nullptr);

    void showTask(const TaskVolume& task);
    /// A text for stage 0, the same way: documents for rows, and what became of them for labels.
    void showCorpus(const TaskVolume& documents, const Corpus& corpus);
    /// Only as many as are worth listing; `total` says how many there are.
    void showIssues(TaskId task, std::vector<RowIssue> issues, qint64 total);
    RowsPanel* rows() const { return m_rows; }

signals:
    void propertiesRequested(taskfold::TaskId task);
    /// Its labels, the most frequent first, are to be renamed or merged.
    void labelsRequested(taskfold::TaskId task, const std::vector<taskfold::LabelCount>& labels);
    void removeRequested(taskfold::TaskId task);
    void corpusRemoveRequested(taskfold::CorpusId corpus, const QString& name);
    /// All issues of the task shall be written there, as CSV.
    void issuesExportWanted(taskfold::TaskId task, const QString& file);
    void failed(const taskfold::Error& error);

private:
    QWidget* buildHead();
    QWidget* buildShapes();
    void showWords(bool corpus);
    void changeTo(TaskId task, bool corpus);

    TaskId m_task;
    QLabel* m_name;
    QLabel* m_facts;
    QLabel* m_lengthsTitle = nullptr;
    QLabel* m_labelsTitle = nullptr;
    QPushButton* m_properties = nullptr;
    QPushButton* m_merge = nullptr;
    QPushButton* m_remove = nullptr;
    std::vector<LabelCount> m_counts;
    QTabWidget* m_tabs;
    Histogram* m_lengths;
    LabelBars* m_labels;
    RowsPanel* m_rows;
    IssueModel* m_issueModel;
    DataTable* m_issues;
};

}  // namespace taskfold
