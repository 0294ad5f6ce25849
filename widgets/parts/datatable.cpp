#include "widgets/parts/datatable.h"

#include "widgets/models/sortfilter.h"
#include "widgets/models/tabletext.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/text.h"
#include "widgets/parts/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QSaveFile>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

DataTable::DataTable(const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_name(name)
    , m_proxy(new SortFilter(this))
    , m_view(new QTableView(this))
    , m_head(new QWidget(this))
    , m_controls(new QHBoxLayout(m_head))
    , m_filter(new QLineEdit(m_head))
    , m_count(new QLabel(m_head))
{
    buildHead();
    buildView();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(6);
    layout->addWidget(m_head);
    layout->addWidget(m_view, 1);
}

void DataTable::buildHead()
{
    m_filter->setObjectName(m_name + u"Filter"_s);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setAccessibleName(tr("Filter the table"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(260);
    m_filter->addAction(theme::icon(u"search"_s, theme::Tone::Muted), QLineEdit::LeadingPosition);
    m_count->setObjectName(m_name + u"Count"_s);
    m_count->setProperty("muted", true);
    auto* save = new QToolButton(m_head);
    save->setObjectName(m_name + u"Export"_s);
    save->setIcon(theme::icon(u"export"_s));
    save->setToolTip(tr("Export this table as a CSV file"));
    save->setAccessibleName(tr("Export this table as a CSV file"));
    save->setAutoRaise(true);

    m_controls->setContentsMargins({});
    m_controls->setSpacing(8);
    m_controls->addWidget(m_filter, 1);
    m_controls->addWidget(m_count);
    m_controls->addStretch();
    m_controls->addWidget(save);
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &SortFilter::setWords);
    connect(save, &QToolButton::clicked, this, &DataTable::exportAsCsv);
}

void DataTable::buildView()
{
    m_view->setObjectName(m_name + u"View"_s);
    m_view->setModel(m_proxy);
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_view->horizontalHeader()->setSortIndicatorClearable(true);
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setResizeContentsPrecision(64);  // rows whose widths count: of a thousand it took 45 ms
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->fontMetrics().height() + 10);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setAlternatingRowColors(false);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);

    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex& current) { emit currentRowChanged(sourceRow(current)); });
    connect(m_view, &QTableView::activated, this,
        [this](const QModelIndex& index) { emit rowActivated(sourceRow(index)); });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, this, &DataTable::showCount);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &DataTable::showCount);
    connect(m_proxy, &QAbstractItemModel::layoutChanged, this, &DataTable::showCount);
}

void DataTable::setModel(QAbstractItemModel* model)
{
    m_proxy->setSourceModel(model);
    showCount();
}

void DataTable::setTitle(const QString& title)
{
    m_view->setAccessibleName(title);
    setAccessibleName(title);
}

void DataTable::setPlaceholder(const QString& text)
{
    m_filter->setPlaceholderText(text);
}

void DataTable::setEmptyText(const QString& text)
{
    m_emptyText = text;
    m_view->viewport()->update();
}

void DataTable::setFilterVisible(bool visible)
{
    m_filter->setVisible(visible);
    m_count->setVisible(visible);
}

void DataTable::addControl(QWidget* control)
{
    m_controls->insertWidget(m_controls->count() - 2, control);
}

void DataTable::addTrailingControl(QWidget* control)
{
    m_controls->addWidget(control);
}

void DataTable::setStretchColumn(int column)
{
    m_view->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
}

void DataTable::fitColumns(int widest)
{
    // Narrower than resizeColumnsToContents(), which leaves room for a sort mark in every heading.
    constexpr int kPad = 20;
    QHeaderView* header = m_view->horizontalHeader();
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics headings(bold);
    const QAbstractItemView* view = m_view;
    for (int column = 0; column < header->count(); ++column) {
        if (header->sectionResizeMode(column) != QHeaderView::Interactive)
            continue;
        const QString title = m_proxy->headerData(column, Qt::Horizontal).toString();
        const int content
            = std::max(view->sizeHintForColumn(column) + 6, headings.horizontalAdvance(title) + kPad);
        header->resizeSection(column, std::min(content, widest));
    }
}

int DataTable::sourceRow(const QModelIndex& index) const
{
    return index.isValid() ? m_proxy->mapToSource(index).row() : -1;
}

int DataTable::currentRow() const
{
    return sourceRow(m_view->currentIndex());
}

void DataTable::selectRow(int row)
{
    const QModelIndex index = m_proxy->mapFromSource(m_proxy->sourceModel()->index(row, 0));
    if (!index.isValid())
        return m_view->clearSelection();
    // Not view()->selectRow(): that looks at the keyboard and toggles while Ctrl is held.
    m_view->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_view->scrollTo(index);
}

void DataTable::showCount()
{
    const int all = m_proxy->sourceModel() ? m_proxy->sourceModel()->rowCount() : 0;
    const int shown = m_proxy->rowCount();
    m_count->setText(shown == all ? countText(all) : tr("%1 of %2").arg(countText(shown), countText(all)));
    m_view->viewport()->update();
}

void DataTable::copy()
{
    QGuiApplication::clipboard()->setText(tsvOf(m_view->selectionModel()->selectedIndexes()));
}

void DataTable::exportAsCsv()
{
    const QString title = m_view->accessibleName().isEmpty() ? m_name : m_view->accessibleName();
    ask::saveFile(this, tr("Export the table"), title + u".csv"_s, tr("CSV files (*.csv)"),
        [this](const QString& name) {
            QSaveFile file(name);
            const QByteArray csv = csvOf(*m_proxy);
            if (!file.open(QIODevice::WriteOnly) || file.write(csv) != csv.size() || !file.commit())
                emit failed({ErrorCode::Io, toStd(name + u": "_s + file.errorString())});
        });
}

bool DataTable::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    if (watched == m_view->viewport() && event->type() == QEvent::Paint && m_proxy->rowCount() == 0) {
        QPainter painter(m_view->viewport());
        painter.setPen(theme::tone(theme::Tone::Muted));
        painter.drawText(m_view->viewport()->rect().adjusted(16, 16, -16, -16),
            Qt::AlignCenter | Qt::TextWordWrap,
            m_filter->text().isEmpty() ? m_emptyText : tr("No row holds these words."));
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace taskfold
