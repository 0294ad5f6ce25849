#include "widgets/dialogs/importdialog.h"
#include "widgets/dialogs/importoptions.h"
#include "widgets/models/issuemodel.h"
#include "widgets/models/previewmodel.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/theme.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

// How the import dialog is put together; what it does is in importdialog.cpp.
namespace taskfold {

namespace {

/// Rows with a problem stand on another ground; the problem's words stand in a column of their own.
class BadRows : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        // Not through the option's background: a style sheet paints over that.
        if (isBad(index))
            painter->fillRect(option.rect, theme::tone(theme::Tone::BadSoft));
        QStyledItemDelegate::paint(painter, option, index);
    }

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        if (index.column() == PreviewModel::ProblemColumn)
            option->palette.setColor(QPalette::Text, theme::tone(theme::Tone::Bad));
    }

private:
    static bool isBad(const QModelIndex& index)
    {
        return !index.siblingAtColumn(PreviewModel::ProblemColumn).data().toString().isEmpty();
    }
};

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
    m_preview->setTitle(tr("Preview"));
    m_preview->setModel(m_previewModel);
    m_preview->setFilterVisible(false);
    m_preview->setEmptyText(tr("Add files or folders, or drop them here, to see their first rows."));
    m_preview->view()->setItemDelegate(new BadRows(m_preview->view()));
    m_preview->view()->horizontalHeader()->setStretchLastSection(true);
    m_preview->addControl(m_previewNote);
    m_previewNote->setObjectName(u"previewNote"_s);
    auto* layout = new QVBoxLayout(preview);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(m_options);
    layout->addWidget(m_preview, 1);
    m_options->setEnabled(false);

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

QWidget* ImportDialog::buildProgress()
{
    auto* page = new QWidget(this);
    m_phase->setObjectName(u"importPhase"_s);
    m_phase->setAlignment(Qt::AlignCenter);
    m_progress->setObjectName(u"importProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the import"));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(420);
    auto* layout = new QVBoxLayout(page);
    layout->addStretch();
    layout->addWidget(m_phase);
    layout->addWidget(m_progress, 0, Qt::AlignCenter);
    layout->addStretch();
    return page;
}

QWidget* ImportDialog::buildSummary()
{
    auto* page = new QWidget(this);
    m_summaryText->setObjectName(u"summaryText"_s);
    m_summaryText->setProperty("heading", true);
    m_summary->setTitle(tr("What was imported"));
    m_summary->setModel(m_summaryModel);
    m_examples->setTitle(tr("Examples of rows with issues"));
    m_examples->setPlaceholder(tr("Filter the examples"));
    m_examples->setModel(m_exampleModel);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(10);
    layout->addWidget(m_summaryText);
    layout->addWidget(m_summary, 3);
    layout->addWidget(m_examples, 2);
    return page;
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
