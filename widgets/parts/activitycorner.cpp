#include "widgets/parts/activitycorner.h"

#include "widgets/models/activitymodel.h"
#include "widgets/parts/activityrow.h"
#include "widgets/parts/text.h"
#include "widgets/parts/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QScrollArea>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

ActivityCorner::ActivityCorner(ActivityModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_title(new QLabel(this))
    , m_line(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
    , m_more(new QToolButton(this))
    , m_list(new QFrame(this, Qt::Popup))
    , m_rows(nullptr)
{
    build();
    buildList();
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &ActivityCorner::refresh);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &ActivityCorner::refresh);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ActivityCorner::refresh);
    refresh();
}

void ActivityCorner::build()
{
    setObjectName(u"activityCorner"_s);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("All background work"));
    m_title->setObjectName(u"activityTitle"_s);
    m_line->setObjectName(u"activityLine"_s);
    m_line->setProperty("muted", true);
    m_bar->setObjectName(u"activityBar"_s);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(130);
    m_bar->setAccessibleName(tr("Progress"));
    m_cancel->setObjectName(u"activityCancel"_s);
    m_cancel->setIcon(theme::icon(u"close"_s));
    m_cancel->setToolTip(tr("Stop this work"));
    m_cancel->setAccessibleName(tr("Stop this work"));
    m_cancel->setAutoRaise(true);
    m_more->setObjectName(u"activityMore"_s);
    m_more->setToolTip(tr("All background work"));
    m_more->setAccessibleName(tr("All background work"));
    m_more->setAutoRaise(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 0, 4, 0);
    layout->setSpacing(8);
    for (QWidget* part : {static_cast<QWidget*>(m_title), static_cast<QWidget*>(m_line),
             static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_more)})
        layout->addWidget(part);
    connect(m_more, &QToolButton::clicked, this, &ActivityCorner::showAll);
    connect(m_cancel, &QToolButton::clicked, this, [this] {
        if (const Activity* activity = m_model.current())
            emit cancelRequested(activity->id);
    });
}

void ActivityCorner::buildList()
{
    m_list->setObjectName(u"activityList"_s);
    m_list->setAccessibleName(tr("Background work"));
    auto* content = new QWidget(m_list);
    content->setObjectName(u"activityRows"_s);
    m_rows = new QVBoxLayout(content);
    m_rows->setContentsMargins({});
    m_rows->setSpacing(0);
    m_rows->addStretch();
    auto* scroll = new QScrollArea(m_list);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(m_list);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(scroll);
    m_list->setFixedWidth(420);
}

void ActivityCorner::refresh()
{
    const Activity* activity = m_model.current();
    if (activity)
        showOne(*activity);
    else
        showIdle();
    m_bar->setVisible(activity != nullptr);
    m_cancel->setVisible(activity != nullptr);
    m_line->setVisible(!m_line->text().isEmpty());
    setVisible(m_model.rowCount() > 0);
    if (m_list->isVisible())
        fillList();
}

void ActivityCorner::showOne(const Activity& activity)
{
    m_title->setText(activity.title);
    m_line->setText(lineOf(activity));
    showProgress(*m_bar, activity);
    const int others = m_model.openCount() - 1;
    m_more->setText(others > 0 ? tr("+%1").arg(others) : QString());
    m_more->setIcon(theme::icon(u"up"_s, theme::Tone::Muted));
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setAccessibleName(activity.title + u": "_s + lineOf(activity));
}

void ActivityCorner::showIdle()
{
    const bool any = m_model.rowCount() > 0;
    const Activity* last = any ? &m_model.rows().back() : nullptr;
    m_title->setText(last ? last->title : QString());
    m_line->setText(last ? titleOf(last->state) : QString());
    m_more->setText({});
    m_more->setIcon(theme::icon(u"up"_s, theme::Tone::Muted));
    setAccessibleName(any ? m_title->text() + u": "_s + m_line->text() : tr("No background work"));
}

void ActivityCorner::fillList()
{
    for (const Activity& activity : m_model.rows()) {
        if (auto* known = m_list->findChild<ActivityRow*>(u"activityRow%1"_s.arg(activity.id))) {
            known->show(activity);
            continue;
        }
        auto* row = new ActivityRow(activity, m_list);
        m_rows->insertWidget(0, row);
        connect(row, &ActivityRow::cancelRequested, this, &ActivityCorner::cancelRequested);
        connect(row, &ActivityRow::resultRequested, this, [this](int id) {
            m_list->hide();
            emit resultRequested(id);
        });
    }
}

void ActivityCorner::showAll()
{
    constexpr int kRowHeight = 66;
    fillList();
    m_list->setFixedHeight(std::clamp(m_model.rowCount() * kRowHeight, kRowHeight, 5 * kRowHeight) + 6);
    const QPoint corner = mapToGlobal(QPoint(width(), 0));
    m_list->move(corner - QPoint(m_list->width(), m_list->height() + 4));
    m_list->show();
}

void ActivityCorner::mousePressEvent(QMouseEvent*)
{
    showAll();
}

void ActivityCorner::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        return showAll();
    QWidget::keyPressEvent(event);
}

}  // namespace taskfold
