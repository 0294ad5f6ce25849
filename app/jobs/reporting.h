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
};

/// Everything the report says, from the database: the newest comparison and what it rests on.
Result<report::ReportData> reportData(const Project& project, const ReportWish& wish, const JobContext& context);

/// html, md, csv or tex by the file's ending, written beside and renamed. Unsupported for others.
Result<void> writeReport(const report::ReportData& data, const std::filesystem::path& file);

/// Writes text beside the file, syncs it and renames it.
Result<void> writeWhole(const std::filesystem::path& file, const std::string& text);

}  // namespace taskfold::jobs
