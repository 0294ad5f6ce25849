#include "widgets/plots/verdictlook.h"

#include "widgets/models/text.h"
#include "widgets/parts/theme.h"

#include <qcustomplot.h>

namespace taskfold {

QColor colourOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Better:
    case Verdict::NotWorse: return theme::series(0);
    case Verdict::Worse: return theme::tone(theme::Tone::Bad);
    default: return theme::tone(theme::Tone::Warning);
    }
}

int shapeOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Better: return QCPScatterStyle::ssTriangle;
    case Verdict::NotWorse: return QCPScatterStyle::ssDisc;
    case Verdict::Worse: return QCPScatterStyle::ssTriangleInverted;
    default: return QCPScatterStyle::ssCircle;
    }
}

QString plotName(const std::string& name)
{
    constexpr int kMost = 24;
    return excerptText(toQt(name), kMost);
}

}  // namespace taskfold
