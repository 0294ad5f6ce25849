#pragma once

#include "engine/core/task.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace taskfold {

/// A task's properties: what its owner and the comparison need to know.
class TaskDialog : public QDialog {
    Q_OBJECT

public:
    explicit TaskDialog(const Task& task, QWidget* parent = nullptr);

    Task task() const;

signals:
    void saveRequested(const taskfold::Task& task);

private:
    void build();
    void fillChoices();
    QWidget* buildButtons();
    void fill(const Task& task);
    void check();

    Task m_task;
    QComboBox* m_kind;
    QComboBox* m_metric;
    QPlainTextEdit* m_instruction;
    QPlainTextEdit* m_labels;
    QLineEdit* m_owner;
    QLineEdit* m_suite;
    QDoubleSpinBox* m_margin;
    QDoubleSpinBox* m_traffic;
    QCheckBox* m_hasDeployed;
    QDoubleSpinBox* m_deployed;
    QLabel* m_problem;
    QPushButton* m_save;
};

}  // namespace taskfold
