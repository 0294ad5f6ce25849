#pragma once

#include "engine/report/reportdata.h"
#include "widgets/parts/pdf.h"

namespace taskfold {

/// The figures of a report on paper. On the GUI thread.
Figures reportFigures(const report::ReportData& data);

}  // namespace taskfold
