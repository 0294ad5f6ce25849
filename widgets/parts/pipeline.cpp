#include "widgets/parts/pipeline.h"

#include "widgets/parts/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace taskfold {

Pipeline::Pipeline(QWidget* parent) : QWidget(parent)
{
    setObjectName(u"pipeline"_s);
    setAccessibleName(tr("Stages of the plan"));
    setMinimumHeight(112);
}

void Pipeline::setBoxes(const std::vector<Box>& stages, const Box& baselines)
{
    m_stages = stages;
    m_baselines = baselines;
    QStringList words;
    for (const Box& box : m_stages)
        words.append(tr("%1: %2").arg(box.title, box.note));
    words.append(tr("%1: %2").arg(baselines.title, baselines.note));
    setAccessibleDescription(words.join(u"; "_s));
    update();
}

void Pipeline::paintBox(QPainter& painter, const QRectF& place, const Box& box) const
{
    painter.setPen(QPen(theme::tone(box.active ? theme::Tone::Accent : theme::Tone::Border), 1.4,
        box.active ? Qt::SolidLine : Qt::DashLine));
    painter.setBrush(theme::tone(box.active ? theme::Tone::AccentSoft : theme::Tone::Surface));
    painter.drawRoundedRect(place, 6, 6);
    painter.setPen(theme::tone(box.active ? theme::Tone::Text : theme::Tone::Muted));
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.drawText(place.adjusted(8, 4, -8, -place.height() / 2), Qt::AlignLeft | Qt::AlignVCenter, box.title);
    painter.setFont(font());
    const QString note = QFontMetrics(font()).elidedText(box.note, Qt::ElideRight, static_cast<int>(place.width()) - 16);
    painter.drawText(place.adjusted(8, place.height() / 2 - 4, -8, -4), Qt::AlignLeft | Qt::AlignVCenter, note);
}

void Pipeline::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    constexpr double kGap = 26, kHigh = 48;
    const auto count = static_cast<double>(std::max<std::size_t>(1, m_stages.size()));
    const double wide = (width() - 2 - kGap * (count - 1)) / count;
    double x = 1;
    for (std::size_t i = 0; i < m_stages.size(); ++i) {
        paintBox(painter, {x, 1, wide, kHigh}, m_stages[i]);
        if (i + 1 < m_stages.size()) {
            painter.setPen(QPen(theme::tone(theme::Tone::Muted), 1.4));
            const double end = x + wide + kGap - 4, y = 1 + kHigh / 2;
            painter.drawLine(QPointF(x + wide + 4, y), QPointF(end, y));
            painter.drawLine(QPointF(end, y), QPointF(end - 6, y - 4));
            painter.drawLine(QPointF(end, y), QPointF(end - 6, y + 4));
        }
        x += wide + kGap;
    }
    paintBox(painter, {1, kHigh + 12, width() - 2.0, kHigh}, m_baselines);
}

}  // namespace taskfold
