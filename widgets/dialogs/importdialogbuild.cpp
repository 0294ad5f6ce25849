#include "widgets/dialogs/importdialog.h"
#include "widgets/dialogs/importfiles.h"
#include "widgets/dialogs/importmapping.h"
#include "widgets/dialogs/importoptions.h"
#include "widgets/dialogs/previewpane.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QHeaderView>
#include <QMimeData>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

// How the import dialog is put together; what it does is in importdialog.cpp.
namespace taskfold {

QWidget* ImportDialog::buildForm()
{
    auto* preview = new QWidget(this);
    auto* layout = new QVBoxLayout(preview);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(m_options);
    layout->addWidget(m_mapping);
    layout->addWidget(m_pane, 1);
    m_options->setEnabled(false);
    connect(m_files, &ImportFiles::choiceChanged, this, &ImportDialog::onFileChosen);
    connect(m_files, &ImportFiles::itemsChanged, this, &ImportDialog::updateButtons);
    connect(m_pane, &PreviewPane::given, m_options, &ImportOptions::setColumn);
    connect(m_mapping, &ImportMapping::taskChosen, this, &ImportDialog::mappingOfTaskWanted);
    connect(m_mapping, &ImportMapping::fileChosen, this, &ImportDialog::mappingInFileWanted);
    connect(m_mapping, &ImportMapping::saveWanted, this, [this](const QString& file) {
        if (const int item = m_files->chosen(); item >= 0)
            emit mappingSaveWanted(m_files->items()[static_cast<std::size_t>(item)], m_files->chosenFile(), file);
    });
    connect(m_mapping, &ImportMapping::labelsWanted, this, [this] {
        if (const int item = m_files->chosen(); item >= 0)
            emit labelsWanted(m_files->items()[static_cast<std::size_t>(item)], m_files->chosenFile());
    });

    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_files);
    splitter->addWidget(preview);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({190, 480});
    return splitter;
}

QWidget* ImportDialog::buildButtons()
{
    auto* bar = new QWidget(this);
    m_onError->setObjectName(u"importOnError"_s);
    m_onError->setAccessibleName(tr("Rows with a problem"));
    m_onError->addItems({tr("Keep rows with a problem apart, and list them"),
        tr("Import nothing if a row has a problem"), tr("Leave rows with a problem out, and count them")});
    m_start->setObjectName(u"importStart"_s);
    m_start->setAccessibleName(tr("Import"));
    m_start->setProperty("main", true);
    m_cancel->setObjectName(u"importCancel"_s);
    m_cancel->setAutoDefault(false);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    layout->addWidget(m_onError);
    layout->addStretch();
    layout->addWidget(m_cancel);
    layout->addWidget(m_start);
    connect(m_start, &QPushButton::clicked, this, [this] { emit importRequested(form()); });
    connect(m_cancel, &QPushButton::clicked, this, &ImportDialog::reject);
    connect(m_stack, &QStackedWidget::currentChanged, m_onError,
        [this](int page) { m_onError->setVisible(page == 0); });
    return bar;
}

void ImportDialog::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls() && m_stack->currentIndex() == 0)
        event->acceptProposedAction();
}

void ImportDialog::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    addPaths(paths);
}

}  // namespace taskfold
