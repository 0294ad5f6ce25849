#include "widgets/parts/activityrow.h"

#include "widgets/models/activitymodel.h"
#include "widgets/parts/text.h"
#include "widgets/parts/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace taskfold {

void showProgress(QProgressBar& bar, const Activity& activity)
{
    constexpr int kParts = 1000;
    const bool known = activity.total > 0 || activity.state != Activity::State::Running;
    bar.setRange(0, known ? kParts : 0);
    if (known)
        bar.setValue(activity.total > 0 ? static_cast<int>(kParts * activity.done / activity.total) : 0);
}

ActivityRow::ActivityRow(const Activity& activity, QWidget* parent)
    : QFrame(parent)
    , m_id(activity.id)
    , m_title(new QLabel(this))
    , m_line(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_cancel(new QToolButton(this))
    , m_result(new QToolButton(this))
{
    setObjectName(u"activityRow%1"_s.arg(m_id));
    m_title->setProperty("strong", true);
    m_line->setProperty("muted", true);
    m_line->setWordWrap(true);
    m_bar->setTextVisible(false);
    m_cancel->setObjectName(u"activityRowCancel%1"_s.arg(m_id));
    m_cancel->setIcon(theme::icon(u"close"_s));
    m_cancel->setAccessibleName(tr("Stop %1").arg(activity.title));
    m_cancel->setToolTip(tr("Stop"));
    m_cancel->setAutoRaise(true);
    m_result->setObjectName(u"activityRowResult%1"_s.arg(m_id));
    m_result->setText(tr("Show"));
    m_result->setAccessibleName(tr("Show the result of %1").arg(activity.title));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setVerticalSpacing(3);
    layout->addWidget(m_title, 0, 0);
    layout->addWidget(m_cancel, 0, 1, 2, 1, Qt::AlignTop);
    layout->addWidget(m_result, 0, 2, 2, 1, Qt::AlignTop);
    layout->addWidget(m_line, 1, 0);
    layout->addWidget(m_bar, 2, 0, 1, 3);
    layout->setColumnStretch(0, 1);
    connect(m_cancel, &QToolButton::clicked, this, [this] { emit cancelRequested(m_id); });
    connect(m_result, &QToolButton::clicked, this, [this] { emit resultRequested(m_id); });
    show(activity);
}

void ActivityRow::show(const Activity& activity)
{
    m_title->setText(activity.title);
    m_line->setText(lineOf(activity));
    m_line->setToolTip(activity.state == Activity::State::Failed ? sentenceOf(activity.error) : QString());
    m_bar->setVisible(activity.isOpen());
    m_cancel->setVisible(activity.isOpen());
    m_result->setVisible(activity.state == Activity::State::Done);
    showProgress(*m_bar, activity);
}

}  // namespace taskfold
