#pragma once

#include "engine/core/error.h"

#include <QDialog>
#include <QStringList>

#include <map>
#include <vector>

class QLineEdit;
class QPushButton;

namespace taskfold {

class ErrorBanner;

/// Answers of the models that are served today: a file a task, all under one name.
class PredictionsDialog : public QDialog {
    Q_OBJECT

public:
    struct TaskLine {
        QString name;
        qint64 testRows = 0;
    };

    PredictionsDialog(const std::vector<TaskLine>& tasks, QWidget* parent = nullptr);

    /// Files whose names are those of tasks go to them; the others are named in the banner.
    void addFiles(const QStringList& files);
    /// What was typed can be tried again.
    void showError(const Error& error);

signals:
    /// Files by task, and the name they are kept under.
    void importRequested(const std::map<QString, QString>& files, const QString& name);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildTasks(const std::vector<TaskLine>& tasks);
    QWidget* buildButtons();
    std::map<QString, QString> files() const;
    void check();

    std::vector<std::pair<QString, QLineEdit*>> m_files;
    QLineEdit* m_name;
    QPushButton* m_start;
    ErrorBanner* m_banner;
};

}  // namespace taskfold
