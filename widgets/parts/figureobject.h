#pragma once

#include "widgets/parts/pdf.h"

#include <QObject>
#include <QTextObjectInterface>

namespace taskfold {

/// Draws the figures of a document where it has images of the name figure:NAME. Lives as long as the document.
class FigureObject : public QObject, public QTextObjectInterface {
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)

public:
    FigureObject(const Figures& figures, QTextDocument& document);

    QSizeF intrinsicSize(QTextDocument* document, int position, const QTextFormat& format) override;
    void drawObject(QPainter* painter, const QRectF& place, QTextDocument* document, int position, const QTextFormat& format) override;

private:
    const Drawing* drawingOf(const QTextFormat& format) const;

    Figures m_figures;
};

}  // namespace taskfold
