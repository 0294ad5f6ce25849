#include "widgets/pages/comparerows.h"

#include "widgets/models/resultmodels.h"
#include "widgets/models/text.h"
#include "widgets/models/worddiff.h"
#include "widgets/parts/datatable.h"
#include "widgets/parts/segments.h"
#include "widgets/parts/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QSplitter>
#include <QTextBrowser>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

// Whole in the exported table; here what can be read.
QString shown(const std::string& text)
{
    constexpr qsizetype kMost = 20000;
    QString all = toQt(text);
    return all.size() > kMost ? all.left(kMost) + u"…"_s : all;
}

QString part(const QString& title, const QString& html)
{
    return u"<p dir=\"auto\"><b>%1</b><br>"_s.arg(title.toHtmlEscaped()) + html + u"</p>"_s;
}

QString escaped(const QString& text)
{
    return text.isEmpty() ? CompareRows::tr("<i>(nothing)</i>") : text.toHtmlEscaped().replace(u'\n', u"<br>"_s);
}

}  // namespace

CompareRows::CompareRows(QWidget* parent)
    : QWidget(parent)
    , m_model(new DifferenceModel(this))
    , m_table(new DataTable(u"differences"_s, this))
    , m_fate(new Segments(u"rowFate"_s, tr("Rows"), {tr("All"), tr("Won"), tr("Lost")}, this))
    , m_text(new QTextBrowser(this))
{
    m_table->setTitle(tr("Rows that were answered differently"));
    m_table->setPlaceholder(tr("Search rows"));
    m_table->setModel(m_model);
    m_table->setStretchColumn(2);
    m_table->addControl(m_fate);
    m_text->setObjectName(u"differenceText"_s);
    m_text->setAccessibleName(tr("The row and both answers"));
    m_text->setOpenLinks(false);
    auto* parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(m_table);
    parts->addWidget(m_text);
    parts->setStretchFactor(0, 1);
    parts->setChildrenCollapsible(false);
    parts->setSizes({740, 360});
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(parts);
    connect(m_table, &DataTable::currentRowChanged, this, &CompareRows::showText);
    connect(m_table, &DataTable::failed, this, &CompareRows::failed);
    connect(m_fate, &Segments::chosen, this, &CompareRows::showFates);
}

void CompareRows::setSides(const QString& left, const QString& right)
{
    m_left = left;
    m_right = right;
}

void CompareRows::showRows(const QString& task, std::vector<RowDifference> rows)
{
    m_task = task;
    m_rows = std::move(rows);
    showFates();
}

void CompareRows::showFates()
{
    std::vector<RowDifference> chosen;
    const int fate = m_fate->current();
    for (const RowDifference& row : m_rows) {
        const double change = row.multiScore - row.singleScore;
        if (fate == 0 || (fate == 1 && change > 0) || (fate == 2 && change < 0))
            chosen.push_back(row);
    }
    m_model->setRows(std::move(chosen));
    m_table->setEmptyText(m_task.isEmpty() ? tr("Choose a task.") : tr("No such row of %1 was answered differently.").arg(excerptText(m_task, 60)));
    m_table->fitColumns(220);
    m_table->selectRow(m_model->rowCount() > 0 ? 0 : -1);
    showText(m_table->currentRow());
}

void CompareRows::showText(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return m_text->clear();
    const RowDifference& one = m_model->row(row);
    const QString single = shown(one.single), multi = shown(one.multi);
    QString html = part(tr("Input"), escaped(shown(one.input))) + part(tr("Right answer"), escaped(shown(one.target)))
        + part(m_left, escaped(single)) + part(m_right, escaped(multi));
    html += part(tr("From the first answer to the second"),
        diffHtml(wordDiff(single, multi), theme::tone(theme::Tone::Bad).name(), theme::tone(theme::Tone::Good).name()));
    m_text->setHtml(html);
}

void CompareRows::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_model->rowCount() > 0)
        showText(m_table->currentRow());
}

}  // namespace taskfold
