#pragma once

#include "app/jobs/importdata.h"
#include "engine/data/sealedfile.h"

#include <memory>
#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// A corpus whose files have no names yet.
struct ReadyCorpus {
    Corpus corpus;
    std::unique_ptr<data::SealedFile> rows, heldOut, issues;  // issues: null where there are none
    std::string issuesHash;
};

/// Documents of the source's files, without empty, poor, repeated and nearly repeated ones and those that hold an input of
/// a validation or test split; a twentieth (at least one) is held out by hash. The database isn't touched.
Result<ReadyCorpus> readCorpus(
    const Project& project, const ImportSource& source, ImportOutcome& outcome, const JobContext& context);

Result<void> writeCorpora(SQLite::Database& database, const std::vector<ReadyCorpus>& corpora);

}  // namespace taskfold::jobs
