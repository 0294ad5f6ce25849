#pragma once

#include "widgets/models/rowsmodel.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;
class QTextBrowser;

namespace taskfold {

/// The rows of one task: searchable, by split, and the chosen one's exact text.
class RowsPanel : public QWidget {
    Q_OBJECT

public:
    explicit RowsPanel(QWidget* parent = nullptr);

    /// Of a text for stage 0 (`corpus`) the documents, and those held out.
    void setTask(TaskId task, bool corpus = false);
    const RowsQuery& query() const { return m_query; }

    void showTotal(const RowsQuery& query, qint64 total);
    void showRows(const RowsQuery& query, qint64 offset, std::vector<ShownRow> rows);

    /// So many rows stand in the table at once: a view keeps some bytes for each, and takes its time for tens of millions.
    static constexpr qint64 kPart = 1'000'000;

signals:
    /// Answer with showTotal.
    void totalWanted(const taskfold::RowsQuery& query);
    /// Answer with showRows.
    void rowsWanted(const taskfold::RowsQuery& query, qint64 offset, qint64 limit);
    /// The kept rows of the task's split shall be written there, .jsonl or .parquet.
    void exportWanted(taskfold::TaskId task, taskfold::Split split, const QString& file);

private:
    QWidget* buildControls();
    void buildView();
    void ask();
    void showPart(int part);
    void copy();
    void exportRows();
    void showExactText();

    RowsQuery m_query;
    RowsModel* m_model;
    QLineEdit* m_search;
    QComboBox* m_split;
    QComboBox* m_masked;
    QComboBox* m_order;
    QComboBox* m_part;
    QLabel* m_count;
    QTableView* m_view;
    QTextBrowser* m_text;
    qint64 m_total = 0, m_base = 0;  // rows; the first one of the part that is shown
    QTimer m_pause;  // between the last key and the search
};

}  // namespace taskfold
