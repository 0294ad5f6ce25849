#pragma once

#include "app/jobs/project.h"
#include "app/jobs/rowview.h"
#include "engine/core/dataset.h"
#include "engine/core/row.h"
#include "engine/jobs/job.h"

#include <optional>
#include <string>
#include <vector>

namespace taskfold::jobs {

/// Everything there is to say about each task's data. Tokens are counted by the base model of that name where it is known
/// to the project, else by bytes; counts are kept.
Result<std::vector<TaskVolume>> volumesOf(const Project& project, const std::string& base, const JobContext& context);

/// The same of texts for stage 0: documents kept stand as training rows, those held out as validation rows. The task's number is
/// the corpus', below zero.
Result<std::vector<TaskVolume>> corpusVolumesOf(const Project& project, const std::string& base, const JobContext& context);

/// The base that tokens are counted by when nobody says: the newest real one, else tiny, else none.
Result<std::string> usualBase(const Project& project);

struct IssuesWanted {
    std::optional<Split> split;
    std::optional<Reason> reason;
    std::int64_t offset = 0, limit = 1000;
};

/// Documents that a corpus left out, a page of them.
Result<std::vector<RowIssue>> corpusIssuesOf(const Project& project, CorpusId corpus, const IssuesWanted& wanted);

/// Issues of a task's newest versions, those of masked rows included, a page of them.
Result<std::vector<RowIssue>> issuesOf(const Project& project, const std::string& task, const IssuesWanted& wanted);
Result<std::int64_t> issueCountOf(const Project& project, const std::string& task, std::optional<Split> split);

}  // namespace taskfold::jobs
