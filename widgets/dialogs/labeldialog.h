#pragma once

#include "widgets/models/importvalues.h"

#include <QDialog>

class QLabel;
class QTableWidget;

namespace taskfold {

/// The labels of a file, how many rows have each, and what each shall become: renamed, or merged with others.
class LabelDialog : public QDialog {
    Q_OBJECT

public:
    /// `declared`: the labels that the task has already; others are marked. `renamed`: what was chosen before.
    LabelDialog(const std::vector<LabelCount>& labels, const QStringList& declared,
        const std::map<QString, QString>& renamed, QWidget* parent = nullptr);

    /// Labels as they are in the files, to what they shall be; those that stay as they are left out.
    std::map<QString, QString> renamed() const;

private:
    void buildTable(const std::vector<LabelCount>& labels, const std::map<QString, QString>& renamed);
    QWidget* buildButtons();
    void merge();
    void reset();
    void describe();

    QStringList m_declared;
    QTableWidget* m_table;
    QLabel* m_note;
};

}  // namespace taskfold
