#pragma once

#include "app/jobs/project.h"
#include "engine/core/dataset.h"
#include "engine/core/rowsource.h"

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// A version's rows where they are stored, without masked ones: they are read as they are wanted. `cap` > 0: that many, chosen
/// by a fixed shuffle and put back in file order. Reading one from a damaged part of its file throws.
Result<Rows> storedRows(const Project& project, SQLite::Database& database, const DatasetVersion& version, std::int64_t cap = 0);

/// The same in memory; Damaged where its file is.
Result<std::vector<Row>> rowsOf(
    const Project& project, SQLite::Database& database, const DatasetVersion& version, std::int64_t cap = 0);

}  // namespace taskfold::jobs
