#include "widgets/parts/errorbanner.h"

#include "widgets/parts/text.h"
#include "widgets/parts/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace taskfold {

ErrorBanner::ErrorBanner(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_detail(new QLabel(this))
    , m_fold(new QToolButton(this))
{
    setObjectName(u"errorBanner"_s);
    build();
    hide();
}

void ErrorBanner::build()
{
    m_text->setObjectName(u"errorText"_s);
    m_text->setWordWrap(true);
    m_detail->setObjectName(u"errorDetail"_s);
    m_detail->setWordWrap(true);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detail->hide();
    m_fold->setObjectName(u"errorFold"_s);
    m_fold->setText(tr("Details"));
    m_fold->setAccessibleName(tr("Show the details"));
    m_fold->setCheckable(true);
    auto* close = new QToolButton(this);
    close->setObjectName(u"errorClose"_s);
    close->setIcon(theme::icon(u"close"_s, theme::Tone::Muted));
    close->setAccessibleName(tr("Close this message"));
    close->setToolTip(tr("Close this message"));
    close->setAutoRaise(true);

    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setHorizontalSpacing(10);
    layout->addWidget(m_icon, 0, 0, Qt::AlignTop);
    layout->addWidget(m_text, 0, 1);
    layout->addWidget(m_fold, 0, 2, Qt::AlignTop);
    layout->addWidget(close, 0, 3, Qt::AlignTop);
    layout->addWidget(m_detail, 1, 1, 1, 3);
    layout->setColumnStretch(1, 1);
    connect(m_fold, &QToolButton::toggled, m_detail, &QLabel::setVisible);
    connect(close, &QToolButton::clicked, this, &ErrorBanner::clear);
}

void ErrorBanner::showError(const Error& error)
{
    show(Look::Error, sentenceOf(error), toQt(error.detail));
}

void ErrorBanner::showNotice(const QString& text, const QString& detail)
{
    show(Look::Notice, text, detail);
}

void ErrorBanner::show(Look look, const QString& text, const QString& detail)
{
    const bool error = look == Look::Error;
    setProperty("look", error ? u"error"_s : u"notice"_s);
    style()->unpolish(this);
    style()->polish(this);
    m_look = look;
    paintIcon();
    m_text->setText(text);
    m_detail->setText(detail);
    m_fold->setVisible(!detail.isEmpty());
    m_fold->setChecked(false);
    setAccessibleName(text);
    setVisible(true);
}

void ErrorBanner::paintIcon()
{
    const QIcon icon = m_look == Look::Error ? theme::icon(u"warning"_s, theme::Tone::Bad)
                                             : theme::icon(u"info"_s, theme::Tone::Warning);
    m_icon->setPixmap(icon.pixmap(QSize(18, 18), devicePixelRatio()));
}

void ErrorBanner::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintIcon();
}

void ErrorBanner::clear()
{
    m_text->clear();
    m_detail->clear();
    hide();
}

QString ErrorBanner::text() const
{
    return m_text->text();
}

QString ErrorBanner::detail() const
{
    return m_detail->text();
}

}  // namespace taskfold
