#include "app/gui/reportfigures.h"

#include "engine/report/block.h"
#include "widgets/models/text.h"

#include <QByteArray>

namespace taskfold {

Figures reportFigures(const report::ReportData& data)
{
    Figures figures;
    for (const report::FigureKind kind : report::allFigures())
        for (std::size_t part = 0; part < report::partsOf(kind, data); ++part)
            if (const std::string svg = report::svgOf(kind, data, part); !svg.empty())
                figures[toQt(report::nameOf(kind, part))] = Drawing::of(QByteArray::fromStdString(svg));
    return figures;
}

}  // namespace taskfold
