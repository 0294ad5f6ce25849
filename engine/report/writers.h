#pragma once

#include "engine/report/reportdata.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskfold::report {

/// One file that needs nothing else: styles and figures inside, light and dark. Tables are sorted by the one script in it, which
/// a strict content policy names by its hash: no other script can run, whatever the texts hold.
std::string htmlReport(const ReportData& data);
std::string_view reportScript();
std::string markdownReport(const ReportData& data);
/// One line a task, RFC 4180. Text cells can't become formulas (OWASP ASVS 1.2.10).
std::string csvReport(const ReportData& data);
/// Every table of the report but that of the tasks, by its key.
std::vector<std::pair<std::string, std::string>> csvTables(const ReportData& data);
/// Tables for a paper (booktabs, longtable), for XeLaTeX or LuaLaTeX.
std::string texReport(const ReportData& data);

/// For QTextDocument: plain HTML that begins with a table of contents, a line each heading, whose last column is left empty
/// for page numbers; figures as <img src="figure:NAME">, NAME being nameOf(kind, part).
std::string documentReport(const ReportData& data);

}  // namespace taskfold::report
