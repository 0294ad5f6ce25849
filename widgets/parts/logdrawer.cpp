#include "widgets/parts/logdrawer.h"

#include "widgets/parts/datatable.h"
#include "widgets/parts/theme.h"

#include <QAbstractItemModel>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace taskfold {

LogDrawer::LogDrawer(QWidget* parent) : QWidget(parent), m_table(new DataTable(u"log"_s, this))
{
    setObjectName(u"logDrawer"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto* close = new QToolButton(this);
    close->setObjectName(u"logClose"_s);
    close->setIcon(theme::icon(u"close"_s, theme::Tone::Muted));
    close->setToolTip(tr("Close the log"));
    close->setAccessibleName(tr("Close the log"));
    close->setAutoRaise(true);
    m_table->setTitle(tr("Log"));
    m_table->setEmptyText(tr("Nothing has happened yet."));
    m_table->addTrailingControl(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->addWidget(m_table);
    connect(close, &QToolButton::clicked, this, &LogDrawer::closeRequested);
    connect(m_table, &DataTable::failed, this, &LogDrawer::failed);
}

void LogDrawer::setModel(QAbstractItemModel* model)
{
    m_table->setModel(model);
    m_table->setStretchColumn(2);
    m_table->view()->setColumnWidth(0, 90);
    connect(model, &QAbstractItemModel::rowsInserted, m_table->view(), &QTableView::scrollToBottom);
    connect(model, &QAbstractItemModel::modelReset, m_table->view(), &QTableView::scrollToBottom);
}

}  // namespace taskfold
