#pragma once

#include "app/jobs/importdata.h"

namespace taskfold::jobs {

/// How a version's files were read: format, encoding, columns, labels, as JSON to be kept and used again.
std::string mappingText(const DatasetVersion& version);

/// Takes everything that such a text says into the source. InvalidInput names what can't be read.
Result<void> useMapping(const std::string& text, ImportSource& source);

/// The same from a file.
Result<void> useMappingFile(const std::filesystem::path& file, ImportSource& source);

/// Writes how the source's file is read, everything detected included, so that useMappingFile can take it up.
Result<void> saveMapping(const ImportSource& source, const std::filesystem::path& file, const std::filesystem::path& to);

struct SourceLabels {
    std::vector<std::pair<std::string, std::int64_t>> counts;  // the most frequent first
    std::vector<std::string> declared;  // of the task that the source is for, where there is one
};
/// The labels of a source's file, all rows read. InvalidInput where the targets are no labels.
Result<SourceLabels> labelsOf(const Project& project, const ImportSource& source, const std::filesystem::path& file, const JobContext& context);

/// The mapping of the task's newest training version (of its newest, where it has none). NotFound.
Result<std::string> mappingOfTask(const Project& project, const std::string& task);

/// The kept rows of a task's split as .jsonl or .parquet, masked ones left out of a training split. Answers how many.
Result<std::int64_t> exportTaskRows(const Project& project, const std::string& task, Split split,
    const std::filesystem::path& out, const JobContext& context);

/// The documents of a corpus, or (validation) those held out.
Result<std::int64_t> exportDocuments(const Project& project, CorpusId corpus, Split split, const std::filesystem::path& out, const JobContext& context);

/// All issues of a task as CSV that a spreadsheet can open safely. Answers how many.
Result<std::int64_t> exportIssues(const Project& project, const std::string& task, const std::filesystem::path& out);

Result<std::int64_t> exportCorpusIssues(const Project& project, CorpusId corpus, const std::filesystem::path& out);

}  // namespace taskfold::jobs
