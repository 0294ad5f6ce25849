#pragma once

#include "app/jobs/project.h"
#include "engine/jobs/job.h"

#include <string>
#include <vector>

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

/// refreshMasks with the caller's connection; takes the note away that they are out of date.
Result<void> refreshMasksIn(const Project& project, SQLite::Database& database, const JobContext& context);
/// Notes, in the caller's transaction, that masks don't know of a new version yet.
Result<void> noteOldMasks(SQLite::Database& database);
Result<bool> haveOldMasks(SQLite::Database& database);
/// Keeps the rules and finds the masks anew.
Result<void> setMaskRules(const Project& project, const MaskRules& rules, const JobContext& context);

/// Shared inputs of two splits: by how many rows of the first stand in the second, how many of those have another
/// target there, and how many rows are nearly the same as one there, equal ones included.
struct OverlapCell {
    std::string task, split, otherTask, otherSplit;
    std::int64_t shared = 0, otherTarget = 0, near = 0;
};

/// Every pair of splits that share an input, exactly or (when asked) nearly.
Result<std::vector<OverlapCell>> overlapsOf(const Project& project, bool near, const JobContext& context);

}  // namespace taskfold::jobs
