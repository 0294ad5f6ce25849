#pragma once

#include "engine/report/reportdata.h"

#include <string>

namespace taskfold::report {

/// One file that needs nothing else: styles and figures inside, no script, light and dark.
std::string htmlReport(const ReportData& data);
std::string markdownReport(const ReportData& data);
/// One line a task, RFC 4180. Text cells can't become formulas (OWASP ASVS 1.2.10).
std::string csvReport(const ReportData& data);
/// A table for a paper (booktabs).
std::string texReport(const ReportData& data);

/// For QTextDocument: plain HTML; figures as <img src="figure:forest">, "figure:bars", "figure:volume".
std::string documentReport(const ReportData& data);

}  // namespace taskfold::report
