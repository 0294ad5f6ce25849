#include "widgets/dialogs/importdialog.h"
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
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

// How the import dialog is put together; what it does is in importdialog.cpp.
namespace taskfold {

namespace {

QPushButton* button(const QString& name, const QString& text, QWidget* parent)
{
    auto* made = new QPushButton(text, parent);
    made->setObjectName(name);
    made->setAccessibleName(text);
    made->setAutoDefault(false);
    return made;
}

}  // namespace

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
    connect(m_pane, &PreviewPane::given, m_options, &ImportOptions::setColumn);
    connect(m_mapping, &ImportMapping::taskChosen, this, &ImportDialog::mappingOfTaskWanted);
    connect(m_mapping, &ImportMapping::fileChosen, this, &ImportDialog::mappingInFileWanted);
    connect(m_mapping, &ImportMapping::saveWanted, this, [this](const QString& file) {
        if (const int item = chosenItem(); item >= 0)
            emit mappingSaveWanted(m_items[static_cast<std::size_t>(item)], chosenFile(), file);
    });
    connect(m_mapping, &ImportMapping::labelsWanted, this, [this] {
        if (const int item = chosenItem(); item >= 0)
            emit labelsWanted(m_items[static_cast<std::size_t>(item)], chosenFile());
    });

    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(buildFiles());
    splitter->addWidget(preview);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({190, 480});
    return splitter;
}

QWidget* ImportDialog::buildFiles()
{
    auto* files = new QWidget(this);
    m_files->setObjectName(u"importFiles"_s);
    m_files->setAccessibleName(tr("Files to import"));
    m_files->setHeaderLabels({tr("File"), tr("Task"), tr("Split"), tr("Size")});
    m_files->header()->setStretchLastSection(false);
    m_files->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_files->header()->resizeSection(1, 220);
    m_files->header()->resizeSection(2, 110);
    m_files->setUniformRowHeights(true);
    m_files->headerItem()->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
    auto* add = button(u"importAddFiles"_s, tr("Add files…"), files);
    auto* folder = button(u"importAddFolder"_s, tr("Add folder…"), files);
    auto* remove = button(u"importRemove"_s, tr("Remove"), files);
    auto* buttons = new QVBoxLayout;
    for (QPushButton* one : {add, folder, remove})
        buttons->addWidget(one);
    buttons->addStretch();
    auto* layout = new QHBoxLayout(files);
    layout->setContentsMargins({});
    layout->addWidget(m_files, 1);
    layout->addLayout(buttons);
    connect(add, &QPushButton::clicked, this, &ImportDialog::chooseFiles);
    connect(folder, &QPushButton::clicked, this, &ImportDialog::chooseFolder);
    connect(remove, &QPushButton::clicked, this, &ImportDialog::removeChosen);
    connect(m_files, &QTreeWidget::currentItemChanged, this, &ImportDialog::onFileChosen);
    return files;
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
