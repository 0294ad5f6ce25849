#pragma once

#include "widgets/models/importvalues.h"

#include <QDialog>

#include <map>

class QComboBox;
class QPushButton;
class QStackedWidget;
class QTimer;

namespace taskfold {

class ErrorBanner;
class ImportFiles;
class ImportMapping;
class ImportOptions;
class ImportProgress;
class ImportResult;
class PreviewPane;

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
    /// How the chosen item is to be read, as it was before.
    void useMapping(const ReadSettings& settings, const std::map<QString, QString>& labels);
    /// The labels of the chosen item, to be renamed and merged; `declared` are those of its task.
    void editLabels(const std::vector<LabelCount>& labels, const QStringList& declared);
    void showNotice(const QString& text);

    ImportForm form() const;

signals:
    void previewWanted(int request, const taskfold::ImportItem& item, const QString& file);
    void importRequested(const taskfold::ImportForm& form);
    void cancelRequested();
    /// Answer with useMapping.
    void mappingOfTaskWanted(const QString& task);
    void mappingInFileWanted(const QString& file);
    void mappingSaveWanted(const taskfold::ImportItem& item, const QString& file, const QString& to);
    /// Answer with editLabels.
    void labelsWanted(const taskfold::ImportItem& item, const QString& file);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void reject() override;

private:
    QWidget* buildForm();
    QWidget* buildButtons();
    void onFileChosen();
    void onOptionsChanged();
    void askForPreview();
    void updateButtons();

    int m_request = 0;
    int m_requestedItem = -1;
    QTimer* m_pause;
    ErrorBanner* m_banner;
    QStackedWidget* m_stack;
    ImportFiles* m_files;
    ImportOptions* m_options;
    ImportMapping* m_mapping;
    PreviewPane* m_pane;
    QComboBox* m_onError;
    ImportProgress* m_progress;
    ImportResult* m_result;
    QPushButton* m_start;
    QPushButton* m_cancel;
};

}  // namespace taskfold
