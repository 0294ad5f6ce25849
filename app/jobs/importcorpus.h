#pragma once

#include "app/jobs/importdata.h"

#include <vector>

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// Documents of the source's files without empty ones and twins; a twentieth (at least one) is held out by hash. Rows are
/// stored; the database isn't touched.
Result<Corpus> readCorpus(
    const Project& project, const ImportSource& source, ImportOutcome& outcome, const JobContext& context);

Result<void> writeCorpora(SQLite::Database& database, const std::vector<Corpus>& corpora);

}  // namespace taskfold::jobs
