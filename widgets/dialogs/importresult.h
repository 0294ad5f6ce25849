#pragma once

#include "widgets/models/importvalues.h"

#include <QWidget>

class QLabel;
class QProgressBar;

namespace taskfold {

class DataTable;
class IssueModel;
class SummaryModel;

/// How far an import is.
class ImportProgress : public QWidget {
    Q_OBJECT

public:
    explicit ImportProgress(QWidget* parent = nullptr);

    void start();
    void show(qint64 done, qint64 total, const QString& phase);
    using QWidget::show;

private:
    QLabel* m_phase;
    QProgressBar* m_bar;
};

/// What became of the rows.
class ImportResult : public QWidget {
    Q_OBJECT

public:
    explicit ImportResult(QWidget* parent = nullptr);

    void show(const ImportSummary& summary);
    using QWidget::show;

private:
    QLabel* m_text;
    SummaryModel* m_model;
    DataTable* m_lines;
    IssueModel* m_exampleModel;
    DataTable* m_examples;
};

}  // namespace taskfold
