#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"
#include "engine/report/reportdata.h"

#include <filesystem>
#include <string>
#include <vector>

namespace taskfold::jobs {

struct ReportWish {
    std::string title;  // empty: the project's name
    std::vector<report::Section> sections = report::allSections();
    report::Language language = report::Language::English;
    std::string date;  // empty: now; fixed, the same project gives the same bytes
};

/// Everything the report says, from the database: the newest comparison and what it rests on.
Result<report::ReportData> reportData(const Project& project, const ReportWish& wish, const JobContext& context);

/// html, md, csv, tex or json by the file's ending, written beside and renamed. csv: the tasks there, every other table in
/// NAME-TABLE.csv beside it. Unsupported for others.
Result<void> writeReport(const report::ReportData& data, const std::filesystem::path& file);

/// Everything a report knows, for programs.
std::string jsonReport(const report::ReportData& data);

/// Writes text beside the file, syncs it and renames it.
Result<void> writeWhole(const std::filesystem::path& file, const std::string& text);

}  // namespace taskfold::jobs
