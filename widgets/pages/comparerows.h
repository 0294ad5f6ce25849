#pragma once

#include "engine/core/comparison.h"

#include <QWidget>

#include <vector>

class QLabel;
class QTextBrowser;

namespace taskfold {

class DataTable;
class DifferenceModel;
class Segments;
struct Error;

/// Rows that were answered differently: found by words, won or lost, with both answers and what changed between them.
class CompareRows : public QWidget {
    Q_OBJECT

public:
    explicit CompareRows(QWidget* parent = nullptr);

    /// `left` and `right`: what the two sides are called.
    void setSides(const QString& left, const QString& right);
    void showRows(const QString& task, std::vector<RowDifference> rows);

signals:
    void failed(const taskfold::Error& error);

protected:
    void changeEvent(QEvent* event) override;

private:
    void showFates();
    void showText(int row);

    DifferenceModel* m_model;
    DataTable* m_table;
    Segments* m_fate;
    QTextBrowser* m_text;
    std::vector<RowDifference> m_rows;
    QString m_task, m_left, m_right;
};

}  // namespace taskfold
