#include "widgets/parts/drawing.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

constexpr int kLetters = 12;  // pixels of the SVG

double number(const QXmlStreamReader& reader, const QString& name)
{
    return reader.attributes().value(name).toDouble();
}

QFont face()
{
    QFont font(u"DejaVu Sans"_s);
    font.setPixelSize(kLetters);
    return font;
}

}  // namespace

Drawing::Look Drawing::lookOf(QStringView name, Shape shape)
{
    const QColor text(0x1b, 0x24, 0x30), muted(0x5b, 0x66, 0x75), grid(0xd5, 0xdb, 0xe3), a(0x00, 0x72, 0xb2), b(0x9a, 0xa7, 0xb5),
        bad(0xb3, 0x26, 0x1e), open(0xb7, 0x79, 0x1f);
    if (shape == Shape::Words)
        return {{}, name == u"muted" ? muted : text};
    if (name == u"grid")
        return {grid, {}};
    if (name == u"line")
        return {muted, shape == Shape::Dot ? QColor(Qt::white) : QColor()};
    if (name == u"margin")
        return {muted, {}, 2, true};
    if (name == u"b")
        return {{}, b};
    if (name == u"bad")
        return {bad, bad, 2};
    if (name == u"open")
        return {open, Qt::white, 2};
    return {shape == Shape::Bar ? QColor() : a, a, 2};
}

Drawing Drawing::of(const QByteArray& svg)
{
    Drawing drawing;
    QXmlStreamReader reader(svg);
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement)
            continue;
        const QString element = reader.name().toString(), look = reader.attributes().value(u"class"_s).toString();
        const auto at = [&](const QString& name) { return number(reader, name); };
        if (element == u"svg") {
            const QStringList box = reader.attributes().value(u"viewBox"_s).toString().split(u' ');
            drawing.m_size = QSizeF(box.value(2).toDouble(), box.value(3).toDouble());
        } else if (element == u"line") {
            const QPointF from(at(u"x1"_s), at(u"y1"_s));
            drawing.m_marks.push_back({Shape::Line, QRectF(from, QPointF(at(u"x2"_s), at(u"y2"_s))), lookOf(look, Shape::Line)});
        } else if (element == u"rect") {
            drawing.m_marks.push_back(
                {Shape::Bar, QRectF(at(u"x"_s), at(u"y"_s), at(u"width"_s), at(u"height"_s)), lookOf(look, Shape::Bar)});
        } else if (element == u"circle") {
            const double r = at(u"r"_s);
            drawing.m_marks.push_back({Shape::Dot, QRectF(at(u"cx"_s) - r, at(u"cy"_s) - r, 2 * r, 2 * r), lookOf(look, Shape::Dot)});
        } else if (element == u"text") {
            const QString anchor = reader.attributes().value(u"text-anchor"_s).toString();
            Mark mark{Shape::Words, QRectF(at(u"x"_s), at(u"y"_s), 0, 0), lookOf(look, Shape::Words)};
            mark.anchor = anchor == u"end" ? Qt::AlignRight : anchor == u"middle" ? Qt::AlignHCenter : Qt::AlignLeft;
            mark.words = reader.readElementText();
            drawing.m_marks.push_back(std::move(mark));
        }
    }
    return drawing;
}

void Drawing::paint(QPainter& painter, const QRectF& place) const
{
    if (isEmpty() || m_size.isEmpty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(place.topLeft());
    painter.scale(place.width() / m_size.width(), place.height() / m_size.height());
    painter.setFont(face());
    const QFontMetricsF metrics(face());
    for (const Mark& mark : m_marks) {
        QPen pen(mark.look.stroke, mark.look.width);
        if (mark.look.dashed)
            pen.setDashPattern({1.5, 1});
        painter.setPen(mark.look.stroke.isValid() ? pen : QPen(Qt::NoPen));
        painter.setBrush(mark.look.fill.isValid() ? QBrush(mark.look.fill) : QBrush(Qt::NoBrush));
        switch (mark.shape) {
        case Shape::Line: painter.drawLine(QLineF(mark.place.topLeft(), mark.place.bottomRight())); break;
        case Shape::Bar: painter.drawRect(mark.place); break;
        case Shape::Dot: painter.drawEllipse(mark.place); break;
        case Shape::Words:
            const double width = mark.anchor == Qt::AlignLeft ? 0 : metrics.horizontalAdvance(mark.words);
            painter.setPen(mark.look.fill);
            painter.drawText(mark.place.topLeft() - QPointF(mark.anchor == Qt::AlignRight ? width : width / 2, 0), mark.words);
            break;
        }
    }
    painter.restore();
}

}  // namespace taskfold
