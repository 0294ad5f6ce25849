#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"

namespace SQLite {
class Database;
}

namespace taskfold::jobs {

/// What is masked besides rows whose very input stands in a validation or test split.
struct MaskRules {
    bool nearLeaks = false;  // rows nearly the same as one there
    bool nearDuplicates = false;  // rows nearly the same as an earlier one of the same training split

    bool operator==(const MaskRules&) const = default;
};

Result<MaskRules> maskRules(const Project& project);

/// refreshMasks with the caller's connection; takes the note away that they are out of date. Of any number of rows in
/// bounded memory.
Result<void> refreshMasksIn(const Project& project, SQLite::Database& database, const JobContext& context);
/// Notes, in the caller's transaction, that masks don't know of a new version yet.
Result<void> noteOldMasks(SQLite::Database& database);
Result<bool> haveOldMasks(SQLite::Database& database);
/// Keeps the rules and finds the masks anew.
Result<void> setMaskRules(const Project& project, const MaskRules& rules, const JobContext& context);

}  // namespace taskfold::jobs
