#pragma once

#include "engine/core/error.h"
#include "widgets/models/basevalues.h"

#include <QDialog>

#include <map>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace taskfold {

class ErrorBanner;

/// Adds a base model: a folder or file is chosen or dropped, what it is and what it takes to train is shown, then it is
/// registered.
class BaseDialog : public QDialog {
    Q_OBJECT

public:
    explicit BaseDialog(QWidget* parent = nullptr);

    /// Asks for its facts.
    void setPath(const QString& path);
    /// The answers to previewWanted; those to an earlier path are left out.
    void showFacts(const QString& path, const BaseFacts& facts);
    void showProblem(const QString& path, const Error& error);

    void showRunning();
    void showProgress(qint64 done, qint64 total, const QString& phase);
    /// Back to the form, with the reason on top.
    void showFailure(const Error& error);
    /// Back to the form: it was stopped, and nothing was added.
    void showStopped();

    QString path() const { return m_path; }
    QString name() const;

signals:
    void previewWanted(const QString& path);
    void addRequested(const QString& path, const QString& name);
    void cancelRequested();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void reject() override;

private:
    QWidget* buildPlace();
    QWidget* buildFacts();
    QWidget* buildButtons();
    QLabel* addFact(const QString& name, const QString& title);
    void clearFacts();
    void setRunning(bool running);
    void updateButtons();

    QString m_path;
    bool m_known = false;  // the facts belong to the path
    bool m_running = false;
    ErrorBanner* m_banner;
    QLineEdit* m_shownPath;
    QLineEdit* m_name;
    QLabel* m_note;
    QProgressBar* m_progress;
    std::map<QString, QLabel*> m_facts;
    QPushButton* m_add = nullptr;
    std::vector<QPushButton*> m_choosers;
};

}  // namespace taskfold
