#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/jobs/job.h"
#include "widgets/models/importvalues.h"
#include "widgets/models/rowsmodel.h"

#include <memory>
#include <vector>

/// The Data page's reading and importing as jobs. What a job found is in `found` once it has completed.
namespace taskfold {

struct VolumesFound {
    std::vector<TaskVolume> tasks;
    std::vector<Corpus> corpora;
    std::vector<TaskVolume> documents;  // of the corpora
};

struct RowsFound {
    std::int64_t total = 0;
    std::vector<ShownRow> rows;
};

struct IssuesFound {
    std::int64_t total = 0;
    std::vector<RowIssue> issues;  // the first ones
};

/// A number below zero is a corpus'.
Job issuesJob(const Project& project, TaskId task, std::int64_t limit, std::shared_ptr<IssuesFound> found);
Job volumesJob(const Project& project, std::shared_ptr<VolumesFound> found);
/// The rows of a query from an offset on; a limit of 0 only counts them.
Job rowsJob(const Project& project, const RowsQuery& query, std::int64_t offset, std::int64_t limit,
    std::shared_ptr<RowsFound> found);
Job previewJob(const ImportItem& item, const QString& file, std::shared_ptr<ImportPreview> found);
Job importJobOf(const Project& project, const ImportForm& form, std::shared_ptr<ImportSummary> found);

/// Small writes.
Job putTaskJob(const Project& project, const Task& task);
Job removeTaskJob(const Project& project, const Task& task);
Job removeCorpusJob(const Project& project, CorpusId corpus);

}  // namespace taskfold
