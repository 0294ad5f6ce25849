#include "widgets/parts/figureobject.h"

#include <QAbstractTextDocumentLayout>
#include <QPainter>
#include <QTextDocument>
#include <QTextFormat>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace taskfold {

FigureObject::FigureObject(const Figures& figures, QTextDocument& document) : QObject(&document), m_figures(figures)
{
    document.documentLayout()->registerHandler(QTextFormat::ImageObject, this);
}

const Drawing* FigureObject::drawingOf(const QTextFormat& format) const
{
    constexpr QStringView kStart = u"figure:";
    const QString name = format.toImageFormat().name();
    const auto found = name.startsWith(kStart) ? m_figures.find(name.mid(kStart.size())) : m_figures.end();
    return found == m_figures.end() || found->second.isEmpty() ? nullptr : &found->second;
}

QSizeF FigureObject::intrinsicSize(QTextDocument* document, int, const QTextFormat& format)
{
    constexpr double kLargest = 1.25;  // letters of a figure stay near those of the text
    const Drawing* drawing = drawingOf(format);
    if (!drawing)
        return {};
    const QSizeF natural = drawing->size();
    const double margin = 2 * document->documentMargin();
    const bool paged = document->pageSize().height() > 0 && document->pageSize().height() < 1e6;
    const double width = (paged || document->textWidth() <= 0 ? document->pageSize().width() : document->textWidth()) - margin;
    double scale = std::min(kLargest, std::max(200.0, width) / natural.width());
    if (paged)
        scale = std::min(scale, (document->pageSize().height() - margin - 60) / natural.height());
    return natural * scale;
}

void FigureObject::drawObject(QPainter* painter, const QRectF& place, QTextDocument*, int, const QTextFormat& format)
{
    if (const Drawing* drawing = drawingOf(format))
        drawing->paint(*painter, place);
}

}  // namespace taskfold
