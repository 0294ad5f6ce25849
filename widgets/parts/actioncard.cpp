#include "widgets/parts/actioncard.h"

#include "widgets/parts/theme.h"

#include <QPainter>

namespace taskfold {

using theme::Tone;
using theme::tone;

ActionCard::ActionCard(const Words& words, QWidget* parent)
    : QAbstractButton(parent)
    , m_icon(words.icon)
    , m_explanation(words.explanation)
{
    setObjectName(words.name);
    setText(words.title);
    setAccessibleName(words.title);
    setAccessibleDescription(words.explanation);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
}

QSize ActionCard::sizeHint() const
{
    return {232, 150};
}

void ActionCard::paintEvent(QPaintEvent*)
{
    constexpr int kPad = 18;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool lit = underMouse() || isDown();
    const QColor edge = hasFocus() ? tone(Tone::Accent) : tone(lit ? Tone::Muted : Tone::Border);
    painter.setPen(QPen(edge, hasFocus() ? 2 : 1));
    painter.setBrush(tone(isDown() ? Tone::AccentSoft : lit ? Tone::Raised : Tone::Surface));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 10, 10);

    theme::icon(m_icon, Tone::Accent).paint(&painter, QRect(kPad, kPad, 28, 28));
    QFont title = font();
    title.setPointSizeF(title.pointSizeF() * 1.2);
    title.setWeight(QFont::DemiBold);
    painter.setFont(title);
    painter.setPen(tone(Tone::Text));
    const QRect words = rect().adjusted(kPad, kPad + 40, -kPad, -kPad);
    QRect used;
    painter.drawText(words, Qt::AlignLeft | Qt::AlignTop, text(), &used);
    painter.setFont(font());
    painter.setPen(tone(Tone::Muted));
    painter.drawText(words.adjusted(0, used.height() + 4, 0, 8),
        Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_explanation);
}

void ActionCard::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void ActionCard::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

}  // namespace taskfold
