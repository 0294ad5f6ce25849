#include "widgets/pages/rowspanel.h"

#include "widgets/models/tabletext.h"
#include "widgets/models/text.h"
#include "widgets/parts/ask.h"
#include "widgets/parts/theme.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTextBrowser>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

RowsPanel::RowsPanel(QWidget* parent)
    : QWidget(parent)
    , m_model(new RowsModel(this))
    , m_search(new QLineEdit(this))
    , m_split(new QComboBox(this))
    , m_masked(new QComboBox(this))
    , m_order(new QComboBox(this))
    , m_part(new QComboBox(this))
    , m_count(new QLabel(this))
    , m_view(new QTableView(this))
    , m_text(new QTextBrowser(this))
{
    buildView();
    m_text->setObjectName(u"rowText"_s);
    m_text->setAccessibleName(tr("Exact text of the row"));
    m_text->setPlaceholderText(tr("Choose a row to read its exact text."));
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_view);
    splitter->addWidget(m_text);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(buildControls());
    layout->addWidget(splitter, 1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(200);
    connect(&m_pause, &QTimer::timeout, this, &RowsPanel::ask);
    connect(m_model, &PagedModelBase::pageWanted, this,
        [this](qint64 offset, qint64 limit) { emit rowsWanted(m_query, m_base + offset, limit); });
}

QWidget* RowsPanel::buildControls()
{
    auto* controls = new QWidget(this);
    m_search->setObjectName(u"rowsSearch"_s);
    m_search->setAccessibleName(tr("Search the rows"));
    m_search->setPlaceholderText(tr("Search input and target"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon(u"search"_s, theme::Tone::Muted), QLineEdit::LeadingPosition);
    m_split->setObjectName(u"rowsSplit"_s);
    m_split->setAccessibleName(tr("Split"));
    for (const Split split : {Split::Train, Split::Validation, Split::Test})
        m_split->addItem(titleOf(split), static_cast<int>(split));
    m_masked->setObjectName(u"rowsMasked"_s);
    m_masked->setAccessibleName(tr("Which rows"));
    m_masked->addItem(tr("All rows kept"));
    m_masked->addItem(tr("Masked as leaks"), static_cast<int>(Reason::Leak));
    m_order->setObjectName(u"rowsOrder"_s);
    m_order->setAccessibleName(tr("Order of the rows"));
    for (const auto& [title, order] : {std::pair{tr("As in the file"), RowsOrder::File}, {tr("Input A to Z"), RowsOrder::InputUp},
             {tr("Input Z to A"), RowsOrder::InputDown}, {tr("Target A to Z"), RowsOrder::TargetUp},
             {tr("Target Z to A"), RowsOrder::TargetDown}, {tr("Longest first"), RowsOrder::Longest}, {tr("Shortest first"), RowsOrder::Shortest}})
        m_order->addItem(title, static_cast<int>(order));
    m_part->setObjectName(u"rowsPart"_s);
    m_part->setAccessibleName(tr("Which of the rows stand in the table"));
    m_part->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_part->hide();
    auto* write = new QPushButton(tr("Export rows…"), controls);
    write->setObjectName(u"rowsExportAll"_s);
    write->setAccessibleName(tr("Export all rows of the split"));
    m_count->setObjectName(u"rowsCount"_s);
    m_count->setProperty("muted", true);
    auto* layout = new QHBoxLayout(controls);
    layout->setContentsMargins({});
    layout->addWidget(m_search, 1);
    layout->addWidget(m_split);
    layout->addWidget(m_masked);
    layout->addWidget(m_order);
    layout->addWidget(m_part);
    layout->addWidget(write);
    layout->addWidget(m_count);
    connect(m_search, &QLineEdit::textChanged, &m_pause, qOverload<>(&QTimer::start));
    connect(m_split, &QComboBox::activated, this, &RowsPanel::ask);
    connect(m_masked, &QComboBox::activated, this, &RowsPanel::ask);
    connect(m_order, &QComboBox::activated, this, &RowsPanel::ask);
    connect(m_part, &QComboBox::activated, this, &RowsPanel::showPart);
    connect(write, &QPushButton::clicked, this, &RowsPanel::exportRows);
    return controls;
}

void RowsPanel::buildView()
{
    m_view->setObjectName(u"rowsView"_s);
    m_view->setAccessibleName(tr("Rows"));
    m_view->setModel(m_model);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->fontMetrics().height() + 10);
    m_view->horizontalHeader()->setSectionResizeMode(RowsModel::InputColumn, QHeaderView::Stretch);
    m_view->setColumnWidth(RowsModel::LineColumn, 70);
    m_view->setColumnWidth(RowsModel::TargetColumn, 180);
    m_view->setColumnWidth(RowsModel::NoteColumn, 130);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    auto* copyAction = new QAction(tr("Copy"), m_view);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(copyAction);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(copyAction, &QAction::triggered, this, &RowsPanel::copy);
    connect(
        m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RowsPanel::showExactText);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &RowsPanel::showExactText);
}

void RowsPanel::copy()
{
    QGuiApplication::clipboard()->setText(tsvOf(m_view->selectionModel()->selectedIndexes()));
}

void RowsPanel::exportRows()
{
    if (m_query.task)
        ask::saveFile(this, tr("Export rows"), u"rows.jsonl"_s, tr("JSON lines (*.jsonl);;Parquet (*.parquet)"),
            [this, query = m_query](const QString& file) { emit exportWanted(query.task, query.split, file); });
}

void RowsPanel::setTask(TaskId task, bool corpus)
{
    if (m_query.task == task)
        return;
    m_query.task = task;
    const int before = m_split->currentIndex();
    m_split->clear();
    m_split->addItem(corpus ? tr("To train on") : titleOf(Split::Train), static_cast<int>(Split::Train));
    m_split->addItem(corpus ? tr("Held out") : titleOf(Split::Validation), static_cast<int>(Split::Validation));
    if (!corpus)
        m_split->addItem(titleOf(Split::Test), static_cast<int>(Split::Test));
    m_split->setCurrentIndex(before < m_split->count() ? std::max(0, before) : 0);
    m_masked->setVisible(!corpus);
    if (corpus)
        m_masked->setCurrentIndex(0);
    ask();
}

void RowsPanel::ask()
{
    m_query.split = static_cast<Split>(m_split->currentData().toInt());
    m_query.words = m_search->text();
    m_query.order = static_cast<RowsOrder>(m_order->currentData().toInt());
    const QVariant masked = m_masked->currentData();
    m_query.masked = masked.isValid() ? std::optional(static_cast<Reason>(masked.toInt())) : std::nullopt;
    if (m_query.task)
        emit totalWanted(m_query);
}

void RowsPanel::showTotal(const RowsQuery& query, qint64 total)
{
    if (query != m_query)
        return;
    m_count->setText(countedText(total, tr("%1 row"), tr("%1 rows")));
    m_total = total;
    m_part->clear();
    for (qint64 from = 0; from < total && total > kPart; from += kPart)
        m_part->addItem(tr("Rows %1 to %2").arg(countText(from + 1), countText(std::min(from + kPart, total))));
    m_part->setVisible(total > kPart);
    showPart(0);
}

void RowsPanel::showPart(int part)
{
    m_base = part * kPart;
    m_model->setTotal(std::min(kPart, m_total - m_base));
    showExactText();
}

void RowsPanel::showRows(const RowsQuery& query, qint64 offset, std::vector<ShownRow> rows)
{
    if (query == m_query && offset >= m_base && offset < m_base + kPart)
        m_model->setPage(offset - m_base, std::move(rows));
}

void RowsPanel::showExactText()
{
    const QModelIndex current = m_view->currentIndex();
    const ShownRow* shown = current.isValid() ? m_model->row(current.row()) : nullptr;
    if (!shown)
        return m_text->clear();
    const auto part = [](const QString& title, const std::string& text) {
        return u"<p style='color:%1'>%2</p><pre style='white-space:pre-wrap'>%3</pre>"_s.arg(
            theme::tone(theme::Tone::Muted).name(), title, toQt(text).toHtmlEscaped());
    };
    QString html = part(m_query.task.value < 0 ? tr("Document") : tr("Input"), shown->row.input);
    if (m_query.task.value >= 0)
        html += part(tr("Target"), shown->row.target);
    for (const std::string& reference : shown->row.references)
        html += part(tr("Further right answer"), reference);
    if (!shown->row.group.empty())
        html += part(tr("Group"), shown->row.group);
    if (shown->masked)
        html += part(titleOf(*shown->masked), shown->twin);
    m_text->setHtml(html);
}

}  // namespace taskfold
