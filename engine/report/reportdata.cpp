#include "engine/report/reportdata.h"

#include <algorithm>

namespace taskfold::report {

std::string_view wordOf(Section section)
{
    switch (section) {
    case Section::Summary: return "summary";
    case Section::Tasks: return "tasks";
    case Section::Ledger: return "ledger";
    case Section::Data: return "data";
    case Section::Filter: return "filter";
    case Section::Plan: return "plan";
    case Section::Runs: return "runs";
    case Section::Rows: return "rows";
    case Section::Method: return "method";
    }
    return {};
}

const std::vector<Section>& allSections()
{
    static const std::vector<Section> all{Section::Summary, Section::Tasks, Section::Ledger, Section::Data, Section::Filter,
        Section::Plan, Section::Runs, Section::Rows, Section::Method};
    return all;
}

bool ReportData::has(Section section) const
{
    return std::find(sections.begin(), sections.end(), section) != sections.end();
}

}  // namespace taskfold::report
