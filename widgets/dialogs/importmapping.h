#pragma once

#include "widgets/models/importvalues.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace taskfold {

/// The line between a file's options and its preview: a mapping that was used before, the labels, and what the rows look
/// like.
class ImportMapping : public QWidget {
    Q_OBJECT

public:
    explicit ImportMapping(QWidget* parent = nullptr);

    void setTaskNames(const QStringList& names);
    void showPreview(const ImportPreview& preview);

signals:
    /// The mapping that the task's rows were imported with is wanted.
    void taskChosen(const QString& task);
    /// The mapping in this file is wanted.
    void fileChosen(const QString& file);
    /// The mapping as it is now shall be written there.
    void saveWanted(const QString& file);
    void labelsWanted();

private:
    void onChosen(int index);

    QComboBox* m_used;
    QPushButton* m_save;
    QPushButton* m_labels;
    QLabel* m_guess;
};

}  // namespace taskfold
