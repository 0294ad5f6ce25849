#include "widgets/dialogs/importdialog.h"

#include "widgets/dialogs/importfiles.h"
#include "widgets/dialogs/importmapping.h"
#include "widgets/dialogs/importoptions.h"
#include "widgets/dialogs/importresult.h"
#include "widgets/dialogs/labeldialog.h"
#include "widgets/dialogs/previewpane.h"
#include "widgets/parts/errorbanner.h"

#include <QComboBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

ImportDialog::ImportDialog(QWidget* parent)
    : QDialog(parent)
    , m_pause(new QTimer(this))
    , m_banner(new ErrorBanner(this))
    , m_stack(new QStackedWidget(this))
    , m_files(new ImportFiles(this))
    , m_options(new ImportOptions(this))
    , m_mapping(new ImportMapping(this))
    , m_pane(new PreviewPane(this))
    , m_onError(new QComboBox(this))
    , m_progress(new ImportProgress(this))
    , m_result(new ImportResult(this))
    , m_start(new QPushButton(tr("Import"), this))
    , m_cancel(new QPushButton(tr("Cancel"), this))
{
    setObjectName(u"importDialog"_s);
    setWindowTitle(tr("Import data"));
    setAcceptDrops(true);
    resize(1120, 760);
    m_stack->addWidget(buildForm());
    m_stack->addWidget(m_progress);
    m_stack->addWidget(m_result);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(m_banner);
    layout->addWidget(m_stack, 1);
    layout->addWidget(buildButtons());
    m_pause->setSingleShot(true);
    m_pause->setInterval(120);
    connect(m_pause, &QTimer::timeout, this, &ImportDialog::askForPreview);
    connect(m_options, &ImportOptions::changed, this, &ImportDialog::onOptionsChanged);
    updateButtons();
}

void ImportDialog::setTaskNames(const QStringList& names)
{
    m_options->setTaskNames(names);
    m_mapping->setTaskNames(names);
}

void ImportDialog::addPaths(const QStringList& paths)
{
    m_files->addPaths(paths);
}

void ImportDialog::onFileChosen()
{
    const int item = m_files->chosen();
    m_options->setEnabled(item >= 0);
    if (item < 0)
        return m_pane->clear();
    m_options->showItem(m_files->items()[static_cast<std::size_t>(item)]);
    askForPreview();
}

void ImportDialog::onOptionsChanged()
{
    const int item = m_files->chosen();
    if (item < 0)
        return;
    m_files->setItem(item, m_options->applied(m_files->items()[static_cast<std::size_t>(item)]));
    m_pause->start();
}

void ImportDialog::askForPreview()
{
    m_requestedItem = m_files->chosen();
    if (m_requestedItem < 0)
        return;
    m_pane->showReading();
    emit previewWanted(++m_request, m_files->items()[static_cast<std::size_t>(m_requestedItem)], m_files->chosenFile());
}

void ImportDialog::showPreview(int request, const ImportPreview& preview)
{
    if (request != m_request || m_requestedItem < 0)
        return;
    m_files->showFiles(m_requestedItem, preview.files);
    m_options->showPreview(preview);
    m_mapping->showPreview(preview);
    m_pane->show(preview);
    if (preview.error)
        m_banner->showError(*preview.error);
    else
        m_banner->clear();
}

void ImportDialog::useMapping(const ReadSettings& settings, const std::map<QString, QString>& labels)
{
    const int item = m_files->chosen();
    if (item < 0)
        return;
    ImportItem now = m_files->items()[static_cast<std::size_t>(item)];
    now.settings = settings;
    now.labels = labels;
    m_files->setItem(item, now);
    m_options->showItem(now);
    askForPreview();
}

void ImportDialog::editLabels(const std::vector<LabelCount>& labels, const QStringList& declared)
{
    const int item = m_files->chosen();
    if (item < 0)
        return;
    auto* dialog = new LabelDialog(labels, declared, m_files->items()[static_cast<std::size_t>(item)].labels, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, item] {
        ImportItem now = m_files->items()[static_cast<std::size_t>(item)];
        now.labels = dialog->renamed();
        m_files->setItem(item, now);
        askForPreview();
    });
    dialog->open();
}

void ImportDialog::showNotice(const QString& text)
{
    m_banner->showNotice(text);
}

ImportForm ImportDialog::form() const
{
    return {m_files->items(), static_cast<OnError>(m_onError->currentIndex())};
}

void ImportDialog::showRunning()
{
    m_banner->clear();
    m_stack->setCurrentIndex(1);
    m_progress->start();
    updateButtons();
}

void ImportDialog::showProgress(qint64 done, qint64 total, const QString& phase)
{
    m_progress->show(done, total, phase);
}

void ImportDialog::showSummary(const ImportSummary& summary)
{
    m_result->show(summary);
    m_stack->setCurrentIndex(2);
    updateButtons();
}

void ImportDialog::showFailure(const Error& error)
{
    m_stack->setCurrentIndex(0);
    m_banner->showError(error);
    updateButtons();
}

void ImportDialog::showStopped()
{
    m_stack->setCurrentIndex(0);
    m_banner->showNotice(tr("Stopped. Nothing was imported."));
    updateButtons();
}

void ImportDialog::updateButtons()
{
    const int page = m_stack->currentIndex();
    m_start->setVisible(page == 0);
    m_start->setEnabled(!m_files->items().empty());
    m_start->setDefault(page == 0);
    m_cancel->setText(page == 2 ? tr("Close") : page == 1 ? tr("Stop") : tr("Cancel"));
    m_cancel->setAccessibleName(m_cancel->text());
}

void ImportDialog::reject()
{
    if (m_stack->currentIndex() == 1)
        emit cancelRequested();  // the form comes back when it has stopped
    else
        QDialog::reject();
}

}  // namespace taskfold
