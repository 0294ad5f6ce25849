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
    ComparisonId comparison;  // none: the newest
    std::string date;  // empty: now; fixed, the same project gives the same bytes
};

/// A wish as it is typed: sections as words with commas between them (empty: all), en or zh. InvalidInput names what isn't known.
Result<ReportWish> reportWish(
    const std::string& title, const std::string& sections, const std::string& language, const std::string& date, std::int64_t comparison);

/// Everything the report says, from the database: a comparison and what it rests on.
Result<report::ReportData> reportData(const Project& project, const ReportWish& wish, const JobContext& context);

/// html, md, csv, tex or json by the file's ending, written beside and renamed. csv: the tasks there, every other table in
/// NAME-TABLE.csv beside it. Unsupported for others.
Result<void> writeReport(const report::ReportData& data, const std::filesystem::path& file);

/// Everything a report knows, for programs.
std::string jsonReport(const report::ReportData& data);

/// Writes text beside the file, syncs it and renames it.
Result<void> writeWhole(const std::filesystem::path& file, const std::string& text);

}  // namespace taskfold::jobs
