#include "widgets/dialogs/previewpane.h"

#include "widgets/models/previewmodel.h"
#include "widgets/models/text.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/fieldtree.h"
#include "widgets/parts/theme.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTableView>

#include <algorithm>

using namespace Qt::StringLiterals;

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

}  // namespace

PreviewPane::PreviewPane(QWidget* parent)
    : QWidget(parent)
    , m_model(new PreviewModel(this))
    , m_table(new DataTable(u"preview"_s, this))
    , m_fields(new FieldTree(this))
    , m_note(new QLabel(this))
{
    m_table->setTitle(tr("Preview"));
    m_table->setModel(m_model);
    m_table->setFilterVisible(false);
    m_table->setEmptyText(tr("Add files or folders, or drop them here, to see their first rows."));
    m_table->view()->setItemDelegate(new BadRows(m_table->view()));
    m_table->view()->horizontalHeader()->setStretchLastSection(true);
    m_table->addControl(m_note);
    m_note->setObjectName(u"previewNote"_s);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_fields);
    splitter->addWidget(m_table);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->setSizes({250, 830});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(splitter);
    connect(m_fields, &FieldTree::given, this, &PreviewPane::given);
}

void PreviewPane::showReading()
{
    m_note->setText(tr("Reading…"));
}

void PreviewPane::clear()
{
    m_model->show({});
    m_fields->show({});
    m_note->clear();
}

void PreviewPane::show(const ImportPreview& preview)
{
    m_model->show(preview);
    m_fields->show(preview.fields);
    m_table->fitColumns(360);
    m_note->setText(noteOn(preview));
}

QString PreviewPane::noteOn(const ImportPreview& preview) const
{
    if (preview.error)
        return tr("This file can't be read as it is set.");
    if (!preview.problem.isEmpty())
        return preview.problem;
    const auto bad = std::count_if(
        preview.rows.begin(), preview.rows.end(), [](const PreviewRow& row) { return !row.problem.isEmpty(); });
    const QString rows = countedText(std::ssize(preview.rows), tr("the first row"), tr("the first %1 rows"));
    const QString file = QFileInfo(preview.file).fileName();
    return bad == 0 ? tr("%1: all of %2 are good").arg(file, rows) : tr("%1: %2 of %3 have a problem").arg(file, countText(bad), rows);
}

}  // namespace taskfold
