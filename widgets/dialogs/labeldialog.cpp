#include "widgets/dialogs/labeldialog.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSet>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <set>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

enum Columns { LabelColumn, CountColumn, BecomesColumn };

}  // namespace

LabelDialog::LabelDialog(const std::vector<LabelCount>& labels, const QStringList& declared,
    const std::map<QString, QString>& renamed, QWidget* parent)
    : QDialog(parent)
    , m_declared(declared)
    , m_table(new QTableWidget(this))
    , m_note(new QLabel(this))
{
    setObjectName(u"labelDialog"_s);
    setWindowTitle(tr("Labels"));
    resize(640, 520);
    auto* intro = new QLabel(tr("Write what a label shall be called, or choose several and merge them. The "
                                "choice is kept with the version."),
        this);
    intro->setWordWrap(true);
    m_note->setObjectName(u"labelNote"_s);
    m_note->setProperty("muted", true);
    m_note->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->addWidget(intro);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_note);
    layout->addWidget(buildButtons());
    buildTable(labels, renamed);
    describe();
    connect(m_table, &QTableWidget::itemChanged, this, &LabelDialog::describe);
}

void LabelDialog::buildTable(const std::vector<LabelCount>& labels, const std::map<QString, QString>& renamed)
{
    m_table->setObjectName(u"labelTable"_s);
    m_table->setAccessibleName(tr("Labels and what they become"));
    m_table->setColumnCount(3);
    m_table->setHorizontalHeaderLabels({tr("Label"), tr("Rows"), tr("Becomes")});
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(LabelColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(BecomesColumn, QHeaderView::Stretch);
    m_table->setTabKeyNavigation(false);
    m_table->setRowCount(static_cast<int>(labels.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const LabelCount& label = labels[static_cast<std::size_t>(row)];
        auto* name = new QTableWidgetItem(label.label);
        auto* count = new QTableWidgetItem(countText(label.count));
        count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        for (QTableWidgetItem* fixed : {name, count})
            fixed->setFlags(fixed->flags() & ~Qt::ItemIsEditable);
        const auto found = renamed.find(label.label);
        m_table->setItem(row, LabelColumn, name);
        m_table->setItem(row, CountColumn, count);
        m_table->setItem(row, BecomesColumn, new QTableWidgetItem(found == renamed.end() ? label.label : found->second));
    }
}

QWidget* LabelDialog::buildButtons()
{
    auto* bar = new QWidget(this);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins({});
    const auto add = [&](const QString& name, const QString& text) {
        auto* made = new QPushButton(text, bar);
        made->setObjectName(name);
        made->setAccessibleName(text);
        made->setAutoDefault(false);
        layout->addWidget(made);
        return made;
    };
    connect(add(u"labelMerge"_s, tr("Merge chosen")), &QPushButton::clicked, this, &LabelDialog::merge);
    connect(add(u"labelReset"_s, tr("As in the file")), &QPushButton::clicked, this, &LabelDialog::reset);
    layout->addStretch();
    connect(add(u"labelCancel"_s, tr("Cancel")), &QPushButton::clicked, this, &QDialog::reject);
    auto* use = add(u"labelUse"_s, tr("Use these labels"));
    use->setProperty("main", true);
    use->setDefault(true);
    connect(use, &QPushButton::clicked, this, &QDialog::accept);
    return bar;
}

// The first that was chosen gives the others its name: lists are by count, so that is the most frequent one.
void LabelDialog::merge()
{
    std::set<int> rows;
    for (const QModelIndex& index : m_table->selectionModel()->selectedIndexes())
        rows.insert(index.row());
    if (rows.size() < 2)
        return;
    const QString name = m_table->item(*rows.begin(), BecomesColumn)->text();
    for (const int row : rows)
        m_table->item(row, BecomesColumn)->setText(name);
}

void LabelDialog::reset()
{
    for (int row = 0; row < m_table->rowCount(); ++row)
        m_table->item(row, BecomesColumn)->setText(m_table->item(row, LabelColumn)->text());
}

void LabelDialog::describe()
{
    const QSignalBlocker quiet(m_table);
    QSet<QString> after;
    QStringList strange;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        QTableWidgetItem* becomes = m_table->item(row, BecomesColumn);
        const QString name = becomes->text().trimmed();
        after.insert(name);
        const bool known = m_declared.isEmpty() || m_declared.contains(name, Qt::CaseInsensitive);
        becomes->setForeground(theme::tone(known && !name.isEmpty() ? theme::Tone::Text : theme::Tone::Bad));
        if (!known)
            strange.append(name);
    }
    QString words = tr("%1 become %2.").arg(countedText(m_table->rowCount(), tr("%1 label"), tr("%1 labels")), countText(after.size()));
    if (!strange.isEmpty())
        words += u' ' + tr("The task doesn't know %1: rows with it are kept apart.").arg(strange.mid(0, 5).join(u", "_s));
    m_note->setText(words);
}

std::map<QString, QString> LabelDialog::renamed() const
{
    std::map<QString, QString> all;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const QString from = m_table->item(row, LabelColumn)->text(), to = m_table->item(row, BecomesColumn)->text().trimmed();
        if (!to.isEmpty() && to != from)
            all[from] = to;
    }
    return all;
}

}  // namespace taskfold
