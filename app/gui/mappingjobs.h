#pragma once

#include "app/jobs/project.h"
#include "app/jobs/relabel.h"
#include "engine/jobs/job.h"
#include "widgets/models/importvalues.h"
#include "widgets/models/rowsmodel.h"

#include <memory>

/// Mappings that were used before, labels, and what is written out of the Data page, as jobs. What one found is in `found`
/// once it has completed.
namespace taskfold {

struct MappingFound {
    ReadSettings settings;
    std::map<QString, QString> labels;
};

struct LabelsFound {
    std::vector<LabelCount> labels;  // the most frequent first
    QStringList declared;  // of the task, where it exists
};

struct OverlapMatrix;

Job mappingOfTaskJob(const Project& project, const QString& task, std::shared_ptr<MappingFound> found);
Job mappingInFileJob(const QString& file, std::shared_ptr<MappingFound> found);
Job saveMappingJob(const ImportItem& item, const QString& file, const QString& to);
Job labelsJob(const Project& project, const ImportItem& item, const QString& file, std::shared_ptr<LabelsFound> found);
/// What the task was before is in `before` once it has completed.
Job relabelJob(const Project& project, TaskId task, const std::map<QString, QString>& renamed, std::shared_ptr<jobs::Labelled> before);
/// Nothing where that never completed.
Job putBackJob(const Project& project, std::shared_ptr<jobs::Labelled> before);
Job overlapJob(const Project& project, std::shared_ptr<OverlapMatrix> found);
Job exportRowsJob(const Project& project, TaskId task, Split split, const QString& to);
Job exportIssuesJob(const Project& project, TaskId task, const QString& to);

}  // namespace taskfold
