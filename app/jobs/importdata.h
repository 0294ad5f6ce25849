#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/data/reader.h"
#include "engine/jobs/job.h"

#include <filesystem>
#include <map>
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
    std::map<std::string, std::string> labels{};  // as they are in the files, to what they shall be
};

struct ImportRequest {
    std::vector<ImportSource> sources;
    BadRows badRows = BadRows::Quarantine;
    bool dryRun = false;  // say what would happen
    int threads = 0;  // 0: as many as there are
};

/// What an import changed of the rows that the split held before. Rows are the same when input, target and references are.
struct VersionDifference {
    std::int64_t added = 0, removed = 0, same = 0;
};

struct ImportedSplit {
    std::string task;
    DatasetVersion version;
    std::int64_t medianLength = 0, longLength = 0;  // bytes of the training rows: half of them, and 99 in 100, have no more
    std::optional<VersionDifference> difference;  // none: there was no version before
};

struct ImportOutcome {
    bool accepted = true;  // else nothing was changed: `refused` says why
    std::vector<ImportedSplit> versions;
    std::vector<Corpus> corpora;
    std::vector<RowIssue> refused;  // rows that were quarantined or stopped the import; the first ten thousand of a task
    std::int64_t refusedTotal = 0;
    std::vector<RowIssue> examples;  // a few of each reason
    std::vector<std::string> notes;  // what the user should know: "airline has no test rows"
};

/// Reads everything, then writes in one transaction: project and disk are unchanged unless all of it went well. Files of
/// one task, from whatever sources, make one version; their order doesn't matter.
Result<ImportOutcome> importData(const Project& project, const ImportRequest& request, const JobContext& context);

/// Finds anew which training rows lie in any task's validation or test split.
Result<void> refreshMasks(const Project& project, const JobContext& context);

struct PreviewedRow {
    std::int64_t line = 0;
    std::vector<std::string> cells;  // by column
    std::string input, target;  // as they would be imported
    std::string problem;
};

struct PreviewedFile {
    std::filesystem::path path;
    std::string task;
    std::optional<Split> split;
    std::int64_t bytes = 0;
    std::filesystem::path partner;  // of parallel files
};

struct Previewed {
    std::vector<PreviewedFile> files;
    std::filesystem::path file;
    data::ReadOptions used;
    std::vector<std::string> columns;
    std::vector<data::Column> tree;
    std::vector<std::string> lists;
    std::vector<data::Guess> guesses;
    std::vector<PreviewedRow> rows;
    std::string problem;  // why it can't be imported like this: no column is known to be the target
};

/// The beginning of one of the source's files (the first when none is named), as an import would read it.
Result<Previewed> previewImport(const ImportSource& source, const std::filesystem::path& file, const JobContext& context);

}  // namespace taskfold::jobs
