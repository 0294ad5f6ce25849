#pragma once

#include "engine/core/error.h"

#include <QWidget>

class QAbstractItemModel;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QTableView;

namespace taskfold {

class SortFilter;

/// A table that sorts by its headings, filters by words, copies with Ctrl+C and exports as CSV.
class DataTable : public QWidget {
    Q_OBJECT

public:
    /// The name tells this table from others: "tasks" gives tasksView, tasksFilter, tasksExport.
    explicit DataTable(const QString& name, QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model);
    /// What a screen reader calls it; also the exported file's proposed name.
    void setTitle(const QString& title);
    void setPlaceholder(const QString& text);
    /// Shows it over the empty table.
    void setEmptyText(const QString& text);
    void setFilterVisible(bool visible);
    /// A control of the page's own, in the line above the table.
    void addControl(QWidget* control);
    /// The same, at the line's right end.
    void addTrailingControl(QWidget* control);
    /// The column that takes the room that is left over.
    void setStretchColumn(int column);
    void fitColumns(int widest = 320);

    QTableView* view() const { return m_view; }
    SortFilter* proxy() const { return m_proxy; }

    /// The chosen row of the model below the sorting, -1: none.
    int currentRow() const;
    void selectRow(int sourceRow);

signals:
    void currentRowChanged(int sourceRow);
    void rowActivated(int sourceRow);
    void failed(const taskfold::Error& error);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildView();
    void buildHead();
    void showCount();
    void copy();
    void exportAsCsv();
    int sourceRow(const QModelIndex& index) const;

    QString m_name;
    QString m_emptyText;
    SortFilter* m_proxy;
    QTableView* m_view;
    QWidget* m_head;
    QHBoxLayout* m_controls;
    QLineEdit* m_filter;
    QLabel* m_count;
};

}  // namespace taskfold
