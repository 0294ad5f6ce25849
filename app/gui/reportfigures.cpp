#include "app/gui/reportfigures.h"

#include "engine/report/block.h"
#include "widgets/models/text.h"

#include <QByteArray>
#include <QPainter>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

namespace taskfold {

namespace {

// What the HTML report's style sheet says, as attributes: Qt's SVG knows no style sheet outside the drawing.
QByteArray styled(std::string svg)
{
    const QByteArray style = "<style>.text{fill:#1b2430} .muted{fill:#5b6675} .grid{stroke:#d5dbe3} .line{stroke:#5b6675}"
                             " .margin{stroke:#5b6675;stroke-width:2;stroke-dasharray:3,2} .a{stroke:#0072b2;stroke-width:2;fill:#0072b2}"
                             " .b{fill:#9aa7b5} circle.line{fill:#ffffff} .bad{stroke:#b3261e;stroke-width:2;fill:#b3261e} .open{stroke:#b7791f;stroke-width:2;fill:#ffffff}"
                             " text{font-family:sans-serif;font-size:12px}</style>";
    QByteArray drawing = QByteArray::fromStdString(svg);
    return drawing.insert(drawing.indexOf('>') + 1, style);
}

QImage drawn(report::FigureKind kind, const report::ReportData& data)
{
    const std::string svg = report::svgOf(kind, data);
    if (svg.empty())
        return {};
    QSvgRenderer renderer(styled(svg));
    QImage image(renderer.defaultSize() * 2, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    renderer.render(&painter);
    return image;
}

}  // namespace

Figures reportFigures(const report::ReportData& data)
{
    Figures figures;
    for (const report::FigureKind kind : report::allFigures())
        figures[toQt(report::wordOf(kind))] = drawn(kind, data);
    return figures;
}

}  // namespace taskfold
