#pragma once

#include "engine/core/comparison.h"

#include <QColor>
#include <QString>

/// How plots show a verdict: a colour and a shape, for neither is the only sign. For plots' sources.
namespace taskfold {

QColor colourOf(Verdict verdict);
/// A QCPScatterStyle::ScatterShape.
int shapeOf(Verdict verdict);
/// A task's name in the room that plots have.
QString plotName(const std::string& name);

}  // namespace taskfold
