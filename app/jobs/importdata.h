#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/data/reader.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace taskfold::jobs {

enum class BadRows { Quarantine, Stop, Skip };

/// One file or folder as the user gave it.
struct ImportSource {
    std::filesystem::path path;
    std::string task;  // empty: by task.json or the name of file or folder
    std::optional<Split> split;  // none: by the file's name, else split up
    data::ReadOptions read;
    bool corpus = false;  // plain text for stage 0
    bool domain = true;
};

struct ImportRequest {
    std::vector<ImportSource> sources;
    BadRows badRows = BadRows::Quarantine;
    bool dryRun = false;  // say what would happen
};

struct ImportedSplit {
    std::string task;
    DatasetVersion version;
};

struct ImportOutcome {
    bool accepted = true;  // else nothing was changed: `refused` says why
    std::vector<ImportedSplit> versions;
    std::vector<Corpus> corpora;
    std::vector<RowIssue> refused;  // every row that was quarantined or stopped the import
    std::vector<RowIssue> examples;  // a few of each reason
};

/// Reads everything, then writes in one transaction: the database is unchanged unless all of it went well.
Result<ImportOutcome> importData(const Project& project, const ImportRequest& request, const JobContext& context);

/// Finds anew which training rows lie in any task's validation or test split.
Result<void> refreshMasks(const Project& project, const JobContext& context);

struct PreviewedRow {
    std::int64_t line = 0;
    std::vector<std::string> cells;  // by column
    std::string problem;
};

struct PreviewedFile {
    std::filesystem::path path;
    std::string task;
    std::optional<Split> split;
    std::int64_t bytes = 0;
};

struct Previewed {
    std::vector<PreviewedFile> files;
    std::filesystem::path file;
    data::ReadOptions used;
    std::vector<std::string> columns;
    std::vector<PreviewedRow> rows;
};

/// The beginning of one of the source's files (the first when none is named), as an import would read it.
Result<Previewed> previewImport(const ImportSource& source, const std::filesystem::path& file, const JobContext& context);

}  // namespace taskfold::jobs
