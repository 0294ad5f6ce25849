#pragma once

#include "widgets/models/importvalues.h"

#include <QDialog>

#include <map>

class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTimer;
class QTreeWidget;
class QTreeWidgetItem;

namespace taskfold {

class DataTable;
class ErrorBanner;
class ImportOptions;
class IssueModel;
class PreviewModel;
class SummaryModel;

/// Files and folders, how to read them, a preview that follows every change, and at the end what became of
/// the rows.
class ImportDialog : public QDialog {
    Q_OBJECT

public:
    explicit ImportDialog(QWidget* parent = nullptr);

    void addPaths(const QStringList& paths);
    void setTaskNames(const QStringList& names);

    /// The answer to previewWanted; one to an earlier request is left out.
    void showPreview(int request, const ImportPreview& preview);
    void showRunning();
    void showProgress(qint64 done, qint64 total, const QString& phase);
    void showSummary(const ImportSummary& summary);
    /// Back to the form, with the reason on top.
    void showFailure(const Error& error);
    /// Back to the form: the import was stopped, and nothing was imported.
    void showStopped();

    ImportForm form() const;

signals:
    void previewWanted(int request, const taskfold::ImportItem& item, const QString& file);
    void importRequested(const taskfold::ImportForm& form);
    void cancelRequested();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void reject() override;

private:
    QWidget* buildForm();
    QWidget* buildFiles();
    QWidget* buildProgress();
    QWidget* buildSummary();
    QWidget* buildButtons();
    void chooseFiles();
    void chooseFolder();
    void removeChosen();
    void onFileChosen();
    void onOptionsChanged();
    void askForPreview();
    void listFiles(int item, const std::vector<ImportFile>& files);
    void updateButtons();
    int chosenItem() const;
    QString chosenFile() const;

    std::vector<ImportItem> m_items;
    int m_request = 0;
    int m_requestedItem = -1;
    QTimer* m_pause;
    ErrorBanner* m_banner;
    QStackedWidget* m_stack;
    QTreeWidget* m_files;
    ImportOptions* m_options;
    PreviewModel* m_previewModel;
    DataTable* m_preview;
    QLabel* m_previewNote;
    QComboBox* m_onError;
    QLabel* m_phase;
    QProgressBar* m_progress;
    QLabel* m_summaryText;
    SummaryModel* m_summaryModel;
    DataTable* m_summary;
    IssueModel* m_exampleModel;
    DataTable* m_examples;
    QPushButton* m_start;
    QPushButton* m_cancel;
};

}  // namespace taskfold
