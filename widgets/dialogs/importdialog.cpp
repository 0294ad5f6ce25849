#include "widgets/dialogs/importdialog.h"

#include "widgets/dialogs/importmapping.h"
#include "widgets/dialogs/importoptions.h"
#include "widgets/dialogs/importresult.h"
#include "widgets/dialogs/labeldialog.h"
#include "widgets/dialogs/previewpane.h"
#include "widgets/models/text.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/errorbanner.h"
#include "widgets/parts/theme.h"

#include <QComboBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kItemRole = Qt::UserRole;
constexpr int kFileRole = Qt::UserRole + 1;

}  // namespace

ImportDialog::ImportDialog(QWidget* parent)
    : QDialog(parent)
    , m_pause(new QTimer(this))
    , m_banner(new ErrorBanner(this))
    , m_stack(new QStackedWidget(this))
    , m_files(new QTreeWidget(this))
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
    for (const QString& path : paths) {
        const auto known = [&](const ImportItem& item) { return item.path == path; };
        if (std::any_of(m_items.begin(), m_items.end(), known))
            continue;
        ImportItem item;
        item.path = path;
        m_items.push_back(item);
        auto* entry = new QTreeWidgetItem(m_files, {QFileInfo(path).fileName()});
        entry->setToolTip(0, path);
        entry->setIcon(
            0, theme::icon(QFileInfo(path).isDir() ? u"folder"_s : u"report"_s, theme::Tone::Muted));
        entry->setData(0, kItemRole, static_cast<int>(m_items.size()) - 1);
    }
    if (!m_files->currentItem() && m_files->topLevelItemCount() > 0)
        m_files->setCurrentItem(m_files->topLevelItem(0));
    updateButtons();
}

int ImportDialog::chosenItem() const
{
    const QTreeWidgetItem* entry = m_files->currentItem();
    return entry ? (entry->parent() ? entry->parent() : entry)->data(0, kItemRole).toInt() : -1;
}

QString ImportDialog::chosenFile() const
{
    const QTreeWidgetItem* entry = m_files->currentItem();
    return entry ? entry->data(0, kFileRole).toString() : QString();
}

void ImportDialog::chooseFiles()
{
    ask::openFiles(this, tr("Add files"), tr("Data (*.jsonl *.ndjson *.json *.csv *.tsv *.txt *.conll *.parquet *.arrow *.feather *.zip *.gz);;All files (*)"),
        [this](const QStringList& names) { addPaths(names); });
}

void ImportDialog::chooseFolder()
{
    ask::openFolder(this, tr("Add a folder"), [this](const QString& name) { addPaths({name}); });
}

void ImportDialog::removeChosen()
{
    const int item = chosenItem();
    if (item < 0)
        return;
    m_items.erase(m_items.begin() + item);
    delete m_files->takeTopLevelItem(item);
    for (int i = 0; i < m_files->topLevelItemCount(); ++i)
        m_files->topLevelItem(i)->setData(0, kItemRole, i);
    if (m_items.empty())
        m_pane->clear();
    updateButtons();
    onFileChosen();
}

void ImportDialog::onFileChosen()
{
    const int item = chosenItem();
    m_options->setEnabled(item >= 0);
    if (item < 0)
        return;
    m_options->showItem(m_items[static_cast<std::size_t>(item)]);
    askForPreview();
}

void ImportDialog::onOptionsChanged()
{
    const int item = chosenItem();
    if (item < 0)
        return;
    ImportItem& now = m_items[static_cast<std::size_t>(item)];
    now = m_options->applied(now);
    m_pause->start();
}

void ImportDialog::askForPreview()
{
    m_requestedItem = chosenItem();
    if (m_requestedItem < 0)
        return;
    m_pane->showReading();
    emit previewWanted(++m_request, m_items[static_cast<std::size_t>(m_requestedItem)], chosenFile());
}

void ImportDialog::showPreview(int request, const ImportPreview& preview)
{
    if (request != m_request || m_requestedItem < 0)
        return;
    listFiles(m_requestedItem, preview.files);
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
    const int item = chosenItem();
    if (item < 0)
        return;
    ImportItem& now = m_items[static_cast<std::size_t>(item)];
    now.settings = settings;
    now.labels = labels;
    m_options->showItem(now);
    askForPreview();
}

void ImportDialog::editLabels(const std::vector<LabelCount>& labels, const QStringList& declared)
{
    const int item = chosenItem();
    if (item < 0)
        return;
    auto* dialog = new LabelDialog(labels, declared, m_items[static_cast<std::size_t>(item)].labels, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, item] {
        m_items[static_cast<std::size_t>(item)].labels = dialog->renamed();
        askForPreview();
    });
    dialog->open();
}

void ImportDialog::showNotice(const QString& text)
{
    m_banner->showNotice(text);
}

void ImportDialog::listFiles(int item, const std::vector<ImportFile>& files)
{
    QTreeWidgetItem* parent = m_files->topLevelItem(item);
    const bool single
        = files.size() == 1 && files.front().path == m_items[static_cast<std::size_t>(item)].path;
    while (parent->childCount() > static_cast<int>(single ? 0 : files.size()))
        delete parent->takeChild(parent->childCount() - 1);
    for (std::size_t i = 0; i < files.size(); ++i) {
        const ImportFile& file = files[i];
        QTreeWidgetItem* entry = parent;
        if (!single) {
            entry = parent->child(static_cast<int>(i));
            if (!entry)
                entry = new QTreeWidgetItem(parent);
            entry->setText(0, QFileInfo(file.path).fileName());
        }
        entry->setData(0, kFileRole, file.path);
        entry->setText(1, file.task);
        entry->setText(2, file.split ? titleOf(*file.split) : QString());
        entry->setText(3, bytesText(file.bytes));
        entry->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
        entry->setToolTip(0, file.path);
    }
    parent->setExpanded(true);
}

ImportForm ImportDialog::form() const
{
    return {m_items, static_cast<OnError>(m_onError->currentIndex())};
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
    m_start->setEnabled(!m_items.empty());
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
